/**
 * Servers in every state that the menu shows, at one moment.
 *
 * @module
 */
import { actionsFor } from '../../../src/core/actions.ts';
import type { NotLoaded } from '../../../src/core/config-model.ts';
import type { CredentialInfo } from '../../../src/core/credential.ts';
import type { ApprovalView, Finding, LogLine } from '../../../src/core/fleet.ts';
import type { HelperRun, Lists } from '../../../src/core/ports.ts';
import type { LoginWaiting } from '../../../src/core/sign-in.ts';
import type { Snapshot } from '../../../src/core/snapshot.ts';

/** 2026-11-21T16:00:00Z. */
export const NOW = Date.parse('2026-11-21T16:00:00.000Z');
export const at = (seconds: number): string => new Date(NOW + seconds * 1_000).toISOString();

type Given = Partial<Snapshot> & Pick<Snapshot, 'name' | 'status'>;

function server(given: Given, line: number): Snapshot {
  const facts = {
    since: at(-180),
    signIn: 'none' as const,
    offersOAuth: false,
    transport: 'http' as const,
    endpoint: `https://mcp.example/${given.name}`,
    timeline: [
      { at: at(-200), kind: 'attempt', text: 'first try' },
      { at: at(-180), kind: 'status', text: `is ${given.status}`, status: given.status, durationMs: 212 },
    ],
    source: {
      client: 'claude-code' as const,
      scope: 'user' as const,
      file: '/home/me/.claude.json',
      line,
      pointer: `mcpServers.${given.name}`,
    },
    ...given,
  };
  return { ...facts, next: actionsFor({ ...facts, signedIn: facts.login !== undefined }) };
}

const LOGIN: CredentialInfo = {
  id: 'c0ffee',
  server: 'https://mcp.example/github',
  issuer: 'https://login.example',
  resource: 'https://mcp.example/github',
  clientId: 'client-7',
  profile: 'work',
  registration: 'dynamic',
  grant: 'authorization_code',
  scopes: ['repo:read', 'issues:read'],
  obtainedAt: at(-900),
  expiresAt: at(2_640),
  renewable: true,
  status: 'live',
  generation: 3,
};

/** In the order of their files. */
export const SERVERS: readonly Snapshot[] = [
  server(
    {
      name: 'files',
      status: 'connected',
      signIn: 'stdio',
      transport: 'stdio',
      endpoint: '/usr/bin/node',
      tools: 14,
      prompts: 0,
      resources: 2,
      era: 'legacy',
      protocolVersion: '2025-11-25',
      serverInfo: { name: 'filesystem', version: '2026.8.31' },
    },
    9,
  ),
  server(
    {
      name: 'wiki',
      status: 'connected',
      signIn: 'headers',
      tools: 6,
      listsLastKnown: true,
      reason: 'lists-failed',
      message: 'The server is connected, but its lists could not be read; the last good ones are shown.',
      era: 'modern',
      protocolVersion: '2026-07-28',
    },
    17,
  ),
  server(
    {
      name: 'github',
      status: 'connected',
      signIn: 'oauth',
      offersOAuth: true,
      tools: 41,
      login: LOGIN,
      stepUp: { scopes: ['issues:write'], tool: 'create_issue' },
      missingScopes: ['issues:write'],
    },
    25,
  ),
  server(
    {
      name: 'notion',
      status: 'needs-auth',
      reason: 'sign-in-required',
      message: 'The server wants a sign-in (HTTP 401).',
      httpStatus: 401,
      signIn: 'none',
      offersOAuth: true,
      nextRetryAt: at(42),
    },
    31,
  ),
  server(
    {
      name: 'keyed',
      status: 'needs-auth',
      reason: 'credentials-rejected',
      message: 'The server rejects the headers of the entry (HTTP 403).',
      httpStatus: 403,
      signIn: 'helper',
      nextRetryAt: at(25),
    },
    38,
  ),
  server(
    {
      name: 'search',
      status: 'failed',
      reason: 'refused',
      message: 'Nothing listens at the address of the server (ECONNREFUSED 127.0.0.1:8931).',
      attempt: 4,
      maxAttempts: 4,
      nextRetryAt: at(58),
      phase: 'probe',
    },
    46,
  ),
  server(
    {
      name: 'local-db',
      status: 'failed',
      reason: 'crash-loop',
      message: 'The server process ended again and again (exit code 1): cannot open /var/db',
      exitCode: 1,
      signIn: 'stdio',
      transport: 'stdio',
      endpoint: 'db-server',
    },
    52,
  ),
  server(
    {
      name: 'gone',
      status: 'failed',
      reason: 'http-404',
      message: 'The server has nothing at the configured url (HTTP 404).',
      httpStatus: 404,
    },
    58,
  ),
  server(
    {
      name: 'flaky',
      status: 'pending',
      reason: 'http-5xx',
      message: 'The server answered with a server error (HTTP 503).',
      httpStatus: 503,
      attempt: 2,
      maxAttempts: 4,
      nextRetryAt: at(3),
      phase: 'startup',
      since: at(-4),
    },
    64,
  ),
  server(
    {
      name: 'deploys',
      status: 'pending',
      reason: 'awaiting-approval',
      message: 'The entry comes from a project file and was not approved yet.',
      signIn: 'stdio',
      transport: 'stdio',
      approvalHash: 'sha256:4f0c',
      source: {
        client: 'mcp-json',
        scope: 'project',
        file: '/code/app/.mcp.json',
        line: 12,
        pointer: 'mcpServers.deploys',
      },
    },
    12,
  ),
  server(
    { name: 'old-db', status: 'disabled', reason: 'disabled-by-user', message: 'A person switched the server off.' },
    70,
  ),
];

/** What hostile servers and odd names do. */
export const ODD: readonly Snapshot[] = [
  server(
    {
      name: '日本語サーバー🎉',
      status: 'failed',
      reason: 'config-invalid',
      message: 'キーが無効です：値は文字列でなければなりません。'.repeat(4),
    },
    1,
  ),
  server(
    {
      name: 'evil',
      status: 'failed',
      reason: 'not-mcp',
      message: 'x\u001B[2J\u001B]0;pwned\u0007\u009B31m\u202Egpj.exe\u0000 Z\u0301\u0302\u0303\u0304\u0305algo',
      detail: `<html>${'\u001B[1;1H'.repeat(50)}\r\n\t</html>`,
    },
    2,
  ),
  server(
    { name: '👩‍👩‍👧‍👦-family-🇩🇪🇫🇷', status: 'connected', tools: 3, serverInfo: { name: '\u0301lead', version: '\uFE0F1️⃣' } },
    3,
  ),
];

export const NOT_LOADED: readonly NotLoaded[] = [
  {
    name: 'notion',
    source: {
      client: 'mcp-json',
      scope: 'project',
      file: '/code/app/.mcp.json',
      line: 30,
      pointer: 'mcpServers.notion',
    },
    reason: 'duplicate-shadowed',
    text: 'the entry of ~/.claude.json wins',
  },
  {
    name: 'broken',
    source: {
      client: 'claude-code',
      scope: 'user',
      file: '/home/me/.claude.json',
      line: 80,
      pointer: 'mcpServers.broken',
    },
    reason: 'config-invalid',
    text: 'url must be a text',
  },
];

export const LISTS: Lists = {
  tools: [
    {
      name: 'search',
      description: 'Finds pages by words.',
      inputSchema: {
        type: 'object',
        properties: { query: { type: 'string', description: 'What to look for.' }, limit: { type: 'integer' } },
        required: ['query'],
      },
      annotations: { readOnlyHint: true },
    },
    {
      name: 'update_page',
      title: 'Update a page',
      description: 'Writes a page.\n\nIt replaces what was there, all of it.',
      inputSchema: {
        type: 'object',
        properties: { id: { type: 'string' }, kind: { enum: ['draft', 'final'] } },
        required: ['id'],
      },
      annotations: { destructiveHint: true },
    },
    { name: 'odd\u001B[2J', description: '日本語の説明' },
  ],
  prompts: [],
  resources: [],
  resourceTemplates: [],
};

export const LOGS: readonly LogLine[] = [
  { at: at(-20), stream: 'stderr', text: 'starting\nlistening on stdin' },
  {
    at: at(-10),
    stream: 'stderr',
    text: '\u001B[31merror:\u001B[0m cannot open /var/db: no such file or directory, and the path of it is long enough to be broken over several rows',
  },
  { at: at(-9), stream: 'timeline', text: 'ended' },
  { at: at(-8), stream: 'log', text: 'a message of the server' },
];

export const HELPER: HelperRun = {
  at: NOW - 65_000,
  durationMs: 41,
  exitCode: 0,
  headerNames: ['authorization', 'x-tenant'],
  stderr: ['warning: token is about to end'],
  outcome: 'ok',
};

export const APPROVAL: ApprovalView = {
  name: 'deploys',
  state: 'changed',
  hash: 'sha256:4f0c2a9d',
  summary: [
    `run: /usr/bin/node tools/deploys.mjs --region eu-west-1 --allow ${'all-environments,'.repeat(6)}last`,
    'in the folder /code/app',
    'with the variables DEPLOY_TOKEN, AWS_PROFILE',
    'script tools/deploys.mjs (sha256:99aa)',
  ],
  difference: ['args: + --allow all-environments', 'script tools/deploys.mjs has changed'],
};

// A face shows what it knows of a finding.
export const FINDINGS = [
  { level: 'problem', text: 'Nothing listens at 127.0.0.1:8931.', hint: 'Start the server, or correct the url.' },
  { level: 'ok', text: 'The entry is valid.' },
] as readonly unknown[] as readonly Finding[];

export const WAITING: LoginWaiting = {
  kind: 'waiting',
  flow: 'f10',
  server: 'notion',
  url: `https://login.example/authorize?response_type=code&client_id=client-7&redirect_uri=http%3A%2F%2Flocalhost%3A17471%2Fcallback&state=${'s'.repeat(43)}&code_challenge=${'c'.repeat(43)}&code_challenge_method=S256`,
  scopes: ['pages:read', 'pages:write'],
  issuer: 'https://login.example',
  expiresAt: at(581),
  redirectUri: 'http://localhost:17471/callback',
  listening: true,
};
