import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { completionScript, SHELLS } from '../../../src/cli/completion.ts';
import { REASONS } from '../../../src/core/reasons.ts';
import type { EntrySource } from '../../../src/core/entry.ts';
import type { ConfiguredServer } from '../../../src/core/config-model.ts';
import { cliRig, COMMANDS, configured } from '../../support/cli-rig.ts';
import { snapshotOf } from '../../support/recording-fleet.ts';

const CANARY = 'c4n4ry';
const shadow: EntrySource = {
  client: 'mcp-json',
  scope: 'project',
  file: '/code/app/.mcp.json',
  line: 3,
  pointer: 'mcpServers.api',
};
const api: ConfiguredServer = configured('api', {
  entry: {
    name: 'api',
    source: configured('api').source,
    endpoint: {
      kind: 'http',
      url: `https://me:${CANARY}@api.example/mcp?key=${CANARY}`,
      headers: { Authorization: `Bearer ${CANARY}`, 'X-Team': '${TEAM}' },
      headersHelper: `./token.sh ${CANARY}`,
      oauth: {
        clientId: 'client-7',
        clientSecret: CANARY,
        privateKey: '${API_KEY}',
        assertion: `\${A:-${CANARY}}`,
        authServerMetadataUrl: `https://as.example/m?k=${CANARY}`,
        identityProvider: {
          issuer: 'https://idp.example',
          tokenEndpoint: `https://me:${CANARY}@idp.example/token`,
          clientId: '${IDP_CLIENT}',
          idToken: CANARY,
        },
      },
    },
    settings: { protocolEra: 'auto', numbers: {} },
  },
  shadows: [shadow],
});
const fs: ConfiguredServer = configured('fs', {
  entry: {
    name: 'fs',
    source: configured('fs').source,
    endpoint: { kind: 'stdio', command: 'npx', args: ['server', '--token', CANARY], env: { API_KEY: CANARY } },
    settings: { protocolEra: 'legacy', numbers: {} },
  },
  enabled: false,
});
const broken = configured('broken', { problem: { reason: 'config-invalid', detail: 'url: must be a text' } });
const waiting = configured('waiting', {
  approval: { state: 'awaiting', hash: 'sha256:1', summary: [], difference: [] },
});
const notLoaded = [{ name: 'api', source: shadow, reason: 'duplicate-shadowed', text: 'hidden by own' }] as const;
const files = [
  {
    client: 'holdfast',
    scope: 'own',
    path: '/home/me/.config/holdfast/servers.json',
    exists: true,
    servers: 2,
    writable: true,
  },
  {
    client: 'mcp-json',
    scope: 'project',
    path: '/code/app/.mcp.json',
    exists: true,
    servers: 0,
    problem: '/code/app/.mcp.json:2: not JSON',
    writable: true,
  },
  { client: 'claude-code', scope: 'user', path: '/home/me/.claude.json', exists: false, servers: 0, writable: true },
] as const;
const SERVERS = [api, fs, broken, waiting];
const rigOf = (more: Parameters<typeof cliRig>[0] = {}): ReturnType<typeof cliRig> =>
  cliRig({
    servers: SERVERS,
    loaded: { notLoaded, files, variables: ['TEAM', 'OTHER'] },
    view: { variables: { TEAM: CANARY } },
    ...more,
  });

describe('[cli.offline] these verbs start nothing and contact nothing', () => {
  test.each([
    ['list'],
    ['list --json'],
    ['list --names'],
    ['get api'],
    ['get fs --json'],
    ['sources'],
    ['explain dns'],
    ['config path'],
    ['config show'],
    ['config validate'],
    ['config schema'],
    ['completion bash'],
    ['help'],
    ['version'],
    ['add x https://x.example/'],
    ['remove api'],
  ])('%s', async (line) => {
    const rig = rigOf({ terminal: { isTTY: true } });
    await rig.type(...line.split(' '));
    expect(rig.opened).toEqual([]);
    expect(rig.calls).toEqual([]);
  });

  test.each([
    'list',
    'list --json',
    'get api',
    'get api --json',
    'get fs',
    'get fs --json',
    'sources',
    'sources --json',
    'config show',
    'config show --json',
    'config validate',
  ])('[security.canaries] %s shows no secret', async (line) => {
    const rig = rigOf();
    await rig.type(...line.split(' '));
    expect(rig.out.length).toBeGreaterThan(0);
    expect(rig.out + rig.err).not.toContain(CANARY);
  });
});

describe('list and sources', () => {
  test('list has the state of every entry, what is not loaded, and the file that cannot be read', async () => {
    const rig = rigOf();
    expect(await rig.type('list')).toBe(0);
    expect(
      rig.out
        .trimEnd()
        .split('\n')
        .map((line) => line.replaceAll(/ {2,}/g, ' | ')),
    ).toEqual([
      'NAME | STATE | TYPE | SIGN-IN | ENDPOINT | SOURCE',
      'api | on | http | helper | https://api.example/mcp | ~/.config/holdfast/servers.json:3 (own)',
      'fs | off | stdio | – | npx server --token [hidden] | ~/.config/holdfast/servers.json:3 (own)',
      'broken | not valid | http | – | url: must be a text | ~/.config/holdfast/servers.json:3 (own)',
      'waiting | awaiting approval | http | – | https://waiting.example/mcp | ~/.config/holdfast/servers.json:3 (own)',
      '',
      'Not readable: /code/app/.mcp.json:2: not JSON',
      'Not loaded (1):',
      ' | api | hidden by own | .mcp.json:3 (project)',
    ]);
  });

  test.each([
    ['list', { loaded: { files } }],
    ['status', { fleet: { sources: async () => ({ files, notLoaded: [], variables: [] }) } }],
  ] as const)('%s does not say that there is no server where a file cannot be read', async (verb, more) => {
    const rig = cliRig(more);
    expect(await rig.type(verb)).toBe(0);
    expect(rig.out).toContain('Not readable: /code/app/.mcp.json:2: not JSON');
    expect(rig.out).not.toMatch(/No server is configured|NAME|0 of 0/);
  });

  test.each([
    ['list', { loaded: { files } }],
    ['status', { fleet: { sources: async () => ({ files, notLoaded: [], variables: [] }) } }],
  ] as const)('%s --json names a file that cannot be read', async (verb, more) => {
    expect(await cliRig(more).json(verb, '--json')).toMatchObject({
      servers: [],
      problems: ['/code/app/.mcp.json:2: not JSON'],
    });
  });

  test('list --names gives one name a line, for completion', async () => {
    const rig = rigOf();
    await rig.type('list', '--names');
    expect(rig.out).toBe('api\nfs\nbroken\nwaiting\n');
  });

  test('sources tells files, their problems and which variables are set', async () => {
    const rig = rigOf();
    await rig.type('sources');
    expect(rig.out).toContain('not readable');
    expect(rig.out).toContain('/code/app/.mcp.json:2: not JSON');
    expect(rig.out).toContain('no such file');
    expect(rig.out).toContain('  TEAM  set\n  OTHER  not set\n');
  });
});

describe('get', () => {
  test('it has names of headers and variables, the source, and says that nobody knows the state', async () => {
    const rig = rigOf();
    expect(await rig.type('get', 'api')).toBe(0);
    for (const part of [
      '~/.config/holdfast/servers.json:3 (own) mcpServers.api',
      'https://api.example/mcp',
      'Authorization, X-Team (values are not shown)',
      './token.sh …',
      'TEAM is set',
      '.mcp.json:3 (project)',
      'no daemon runs',
    ])
      expect(rig.out).toContain(part);
  });

  test('with a daemon it has state, the last 20 lines of the history, and what to type', async () => {
    const timeline = Array.from({ length: 25 }, (_, at) => ({
      at: `2026-01-01T00:00:${String(at).padStart(2, '0')}.000Z`,
      kind: 'attempt',
      text: `try ${at}`,
    }));
    const snapshot = snapshotOf('api', {
      status: 'failed',
      reason: 'http-5xx',
      httpStatus: 503,
      timeline,
      next: ['reconnect', 'doctor', 'details'],
    });
    const helper = {
      at: 0,
      durationMs: 40,
      exitCode: 0,
      headerNames: ['Authorization'],
      stderr: [],
      outcome: 'ok',
    } as const;
    const rig = rigOf({ daemon: true, snapshots: [snapshot], fleet: { helperRun: async () => helper } });
    expect(await rig.type('get', 'api')).toBe(0);
    expect(rig.out).toContain('State  failed');
    expect(rig.out).not.toContain('try 4\n');
    expect(rig.out).toContain('2026-01-01 00:00:05Z  try 5\n');
    expect(rig.out).toContain('try 24');
    expect(rig.out).toContain('Next:\n  holdfast reconnect api\n  holdfast doctor api\n');
    expect(rig.out).toContain('Helper run');
    expect(rig.opened).toEqual(['connect']);
  });

  test('an unknown name is told with the nearest', async () => {
    const rig = rigOf();
    expect(await rig.type('get', 'apu', '--json')).toBe(6);
    expect(JSON.parse(rig.err)).toEqual({
      error: {
        code: 'ERR_SERVER_UNKNOWN',
        message: 'no server is named "apu"',
        hint: 'Did you mean "api"?',
        exit: 6,
        data: { server: 'apu', nearest: ['api'] },
      },
    });
  });
});

describe('config', () => {
  test('validate names every mistake with its place and exits 2', async () => {
    const rig = rigOf();
    expect(await rig.type('config', 'validate')).toBe(2);
    expect(rig.out).toBe(
      '/code/app/.mcp.json:2: not JSON\n/home/me/.config/holdfast/servers.json:3: mcpServers.broken: url: must be a text\n',
    );
    expect(await cliRig({ servers: [api], loaded: { servers: [api] } }).type('config', 'validate')).toBe(0);
  });

  test('[webhook.config] validate names the webhooks that are not used, unless their whole file cannot be read', async () => {
    const problems = [
      { file: '/code/app/own.json', line: 4, pointer: 'webhooks[0]', index: 0, text: 'url is missing' },
      { file: '/code/app/.mcp.json', line: 0, pointer: '', index: 0, text: '1:2: a value is expected' },
    ];
    const rig = rigOf({ webhooks: { hooks: [], problems } });
    expect(await rig.type('config', 'validate')).toBe(2);
    expect(rig.out).toContain('/code/app/own.json:4: webhooks[0]: url is missing\n');
    expect(rig.out).not.toContain('a value is expected');
  });

  test('path is the path of our own file, alone on stdout', async () => {
    const rig = rigOf();
    await rig.type('config', 'path');
    expect(rig.out).toBe('/home/me/.config/holdfast/servers.json\n');
  });

  test('show is a configuration again, values hidden', async () => {
    const rig = rigOf();
    await rig.type('config', 'show');
    expect(JSON.parse(rig.out)).toMatchObject({
      mcpServers: {
        api: {
          type: 'http',
          url: 'https://api.example/mcp',
          headers: { Authorization: '[hidden]', 'X-Team': '${TEAM}' },
        },
      },
    });
  });

  test('schema is the published one', async () => {
    const rig = rigOf();
    await rig.type('config', 'schema');
    expect(rig.out).toBe('asset schema/config.schema.json\n');
  });

  test('anything else is refused with what was meant', async () => {
    const rig = rigOf();
    expect(await rig.type('config', 'vaildate')).toBe(2);
    expect(rig.err).toContain('Did you mean "validate"?');
  });
});

describe('explain', () => {
  test.each(Object.keys(REASONS))('%s has a sentence, a remedy and commands', async (reason) => {
    const rig = cliRig();
    expect(await rig.type('explain', reason)).toBe(0);
    expect(rig.out.replaceAll(/\s+/g, ' ')).toContain(REASONS[reason as keyof typeof REASONS].sentence);
    expect(rig.out).toContain('Exit code');
  });

  test.each(['connected', 'pending', 'needs-auth', 'failed', 'disabled'])(
    'the status %s lists its reasons',
    async (status) => {
      const rig = cliRig();
      expect(await rig.type('explain', status)).toBe(0);
      for (const [id, reason] of Object.entries(REASONS))
        expect(rig.out.includes(`  ${id} `) || rig.out.includes(`  ${id}\n`)).toBe(reason.status === status);
    },
  );

  test('without a word it lists all; an unknown one is refused', async () => {
    const rig = cliRig();
    expect(await rig.type('explain')).toBe(0);
    expect(rig.out).toContain('credentials-rejected');
    expect(await rig.type('explain', 'needs-oauth')).toBe(2);
    expect(rig.err).toContain('needs-auth');
    const { reasons } = await rig.json<{ reasons: { reason: string }[] }>('explain', 'tls', '--json');
    expect(reasons).toMatchObject([{ reason: 'tls', status: 'failed', exitCode: 4 }]);
  });
});

describe('help', () => {
  test('it lists every verb that is built, and no other', async () => {
    const rig = cliRig();
    expect(await rig.type('--help')).toBe(0);
    const listed = new Set([...rig.out.matchAll(/^ {2}([a-z-]+) {2,}/gm)].map((match) => match[1]));
    const built = COMMANDS.map(({ name }) => name);
    expect(COMMANDS.map(({ name }) => name).filter((name) => listed.has(name))).toEqual(built);
  });

  test.each(COMMANDS.map(({ name }) => name))(
    'help %s and %s --help are the same, and fit 80 columns',
    async (verb) => {
      const rig = cliRig({ terminal: { columns: 80 } });
      expect(await rig.type('help', verb)).toBe(0);
      const page = rig.out;
      expect(await rig.type(verb, '--help')).toBe(0);
      expect(rig.out).toBe(page);
      expect(page.startsWith(`holdfast ${verb}`)).toBe(true);
      const [, ...rest] = page.split('Examples')[0]?.split('\n') ?? [];
      for (const line of rest) expect(line.length).toBeLessThanOrEqual(80);
    },
  );
});

describe('completion', () => {
  test.each(SHELLS)('%s knows every verb, its options and its words', (shell) => {
    const script = completionScript(shell, COMMANDS);
    for (const { name, options } of COMMANDS) {
      expect(script).toContain(name);
      for (const option of options ?? []) expect(script).toContain(option.name);
    }
    expect(script).toContain('holdfast list --names');
  });

  test('the script for bash is one, and completes verbs, options, names and choices', () => {
    const script = completionScript('bash', COMMANDS);
    expect(spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
    const complete = (...words: string[]): string[] => {
      const ask = [
        script,
        'holdfast() { printf "%s\\n" notion "two words"; }',
        `COMP_WORDS=(holdfast ${words.map((word) => `'${word}'`).join(' ')})`,
        `COMP_CWORD=${words.length}`,
        '_holdfast',
        'printf "%s\\n" "${COMPREPLY[@]}"',
      ].join('\n');
      return spawnSync('bash', ['-c', ask], { encoding: 'utf8' }).stdout.trim().split('\n');
    };
    expect(complete('rec')).toEqual(['reconnect']);
    expect(complete('mcp', 'rec')).toEqual(['reconnect']);
    expect(complete('--json', 'rec')).toEqual(['reconnect']);
    expect(complete('reconnect', '')).toEqual(['notion', 'two words']);
    expect(complete('reconnect', 'a', 'no')).toEqual(['notion']);
    expect(complete('reconnect', '--fa')).toEqual(['--failed']);
    expect(complete('add', '-s', 'u')).toEqual(['user']);
    expect(complete('wait', '--for', 'set')).toEqual(['settled']);
    expect(complete('config', 'v')).toEqual(['validate']);
    expect(complete('explain', 'credentials-')).toEqual(['credentials-required', 'credentials-rejected']);
    expect(complete('help', 'vers')).toEqual(['version']);
  });
});

describe('[login.settings] sign-in settings as they are shown', () => {
  test('texts that are secrets are hidden, names of variables and everything else is not', async () => {
    const rig = rigOf();
    const shown = await rig.json<{ oauth: object; variables: readonly { name: string }[] }>('get', 'api', '--json');
    expect(shown.oauth).toEqual({
      clientId: 'client-7',
      clientSecret: '[hidden]',
      privateKey: '${API_KEY}',
      assertion: '[hidden]',
      authServerMetadataUrl: 'https://as.example/m',
      identityProvider: {
        issuer: 'https://idp.example',
        tokenEndpoint: 'https://idp.example/token',
        clientId: '${IDP_CLIENT}',
        idToken: '[hidden]',
      },
    });
    expect(shown.variables.map(({ name }) => name)).toEqual(expect.arrayContaining(['API_KEY', 'A', 'IDP_CLIENT']));
    await rig.type('get', 'api');
    expect(rig.out).toContain('clientId client-7, clientSecret [hidden]');
  });

  test('the account that a server is bound to is shown', async () => {
    const rig = cliRig({ servers: [configured('api', { profile: 'work' })] });
    await rig.type('get', 'api');
    expect(rig.out).toContain('Account   work');
    await rig.type('list');
    expect(rig.out).toContain('oauth · work');
  });
});
