/**
 * What the gateway says of servers to a model or a person: why, and what to do in which file.
 */
import { describe, expect, test } from 'vitest';
import type { Snapshot } from '../../../../src/core/snapshot.ts';
import { statusText } from '../../../../src/gateway/own/own-tools.ts';
import { sentences } from '../../../../src/gateway/own/words.ts';
import { snapshotOf } from '../../../support/recording-fleet.ts';

const FILE = '/home/ada/servers.json';
const source = { client: 'holdfast', scope: 'own', file: FILE, line: 3, pointer: 'mcpServers.a' } as const;
const project = { ...source, client: 'mcp-json', scope: 'project', file: '/home/me/app/.mcp.json' } as const;

const CASES: readonly [string, Partial<Snapshot>, string][] = [
  ['is connected', { status: 'connected', tools: 14 }, '- a: connected, 14 tools'],
  ['has one tool', { status: 'connected', tools: 1 }, '- a: connected, 1 tool'],
  [
    'is being connected for the first time',
    { status: 'pending', next: ['retry-now', 'stop'] },
    '- a: pending. It is being connected.',
  ],
  [
    'is tried again by itself',
    {
      status: 'pending',
      reason: 'refused',
      message: 'Nothing listens at the address of the server.',
      nextRetryAt: '2026-01-01T00:00:02.000Z',
      next: ['retry-now', 'stop'],
    },
    '- a: pending (refused). Nothing listens at the address of the server. Start the server or correct the url; ' +
      `Holdfast keeps probing by itself. The entry: ${FILE}:3. ` +
      'The next try by itself is at 2026-01-01T00:00:02.000Z.',
  ],
  [
    'wants credentials',
    {
      status: 'needs-auth',
      reason: 'credentials-required',
      message: 'The server wants credentials and offers no sign-in (HTTP 401).',
      next: ['reconnect', 'edit'],
    },
    '- a: needs-auth (credentials-required). The server wants credentials and offers no sign-in (HTTP 401). Add headers ' +
      `or a headersHelper to the entry. The entry: ${FILE}:3. Run "holdfast reconnect a".`,
  ],
  [
    'wants a sign-in',
    {
      status: 'needs-auth',
      reason: 'sign-in-required',
      message: 'The server wants a sign-in (HTTP 401).',
      next: ['authenticate', 'reconnect'],
    },
    '- a: needs-auth (sign-in-required). The server wants a sign-in (HTTP 401). Sign in to the server. ' +
      `The entry: ${FILE}:3. Run "holdfast login a", or call the tool a__authenticate.`,
  ],
  [
    'waits for approval',
    {
      status: 'pending',
      reason: 'awaiting-approval',
      message: 'The entry comes from a project file and was not approved yet.',
      source: project,
      next: ['approve', 'reject'],
    },
    '- a: pending (awaiting-approval). The entry comes from a project file and was not approved yet. Read what it would ' +
      'run or contact, then approve or reject it. The entry: /home/me/app/.mcp.json:3. ' +
      'Run "holdfast approve a" in the folder of that project.',
  ],
  [
    'has an entry that is not valid, and says where',
    {
      status: 'failed',
      reason: 'config-invalid',
      message: `The entry is not valid; nothing was sent (${FILE}:9 mcpServers.a.url): url is empty`,
      next: ['edit', 'reconnect'],
    },
    `- a: failed (config-invalid). The entry is not valid; nothing was sent (${FILE}:9 mcpServers.a.url): url is empty. ` +
      'Correct the entry in the file and line named.',
  ],
  [
    'wants more rights',
    {
      status: 'connected',
      tools: 2,
      stepUp: { scopes: ['mcp:write'] },
      next: ['grant-access', 'not-now'],
    },
    `- a: connected, 2 tools. It wants more rights: mcp:write. The entry: ${FILE}:3. ` +
      'Run "holdfast login a --step-up", or call the tool a__authenticate.',
  ],
  [
    'is connected with a mark',
    { status: 'connected', reason: 'lists-failed', message: 'Its lists could not be read.', next: ['reconnect'] },
    '- a: connected (lists-failed). Its lists could not be read. Reconnect, or look at the log of the server. ' +
      `The entry: ${FILE}:3. Run "holdfast reconnect a".`,
  ],
];

describe('[gateway.unread] the status of a server', () => {
  test.each(CASES)('that %s is said with what to do next, and no word of our own making', (_, more, text) => {
    expect(statusText([snapshotOf('a', { source, ...more })])).toBe(text);
  });

  test('whose name needs quotes has a command that a shell takes', () => {
    const odd = snapshotOf('my srv', { status: 'disabled', reason: 'disabled-by-user', source, next: ['enable'] });
    expect(statusText([odd])).toContain('Run "holdfast enable \'my srv\'".');
  });

  test('is a hint how to begin where there is no server', () => {
    expect(statusText([])).toContain('holdfast add');
  });
});

test('sentences that follow each other each have an end, and one only', () => {
  expect(sentences('a', undefined, 'b.', '', 'c?', 'd "e".', 'f…')).toBe('a. b. c? d "e". f…');
});
