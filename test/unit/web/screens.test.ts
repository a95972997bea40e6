/**
 * The screens of the page as text.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { HoldfastError } from '../../../src/base/errors.ts';
import { ACTIONS, actionsFor } from '../../../src/core/actions.ts';
import type { ActionId } from '../../../src/core/actions.ts';
import { REASONS } from '../../../src/core/reasons.ts';
import type { ReasonId } from '../../../src/core/reasons.ts';
import type { Snapshot } from '../../../src/core/snapshot.ts';
import { actionLabel } from '../../../src/core/telling.ts';
import { errorNote } from '../../../src/web/acts/outcome.ts';
import { WaitingLogins } from '../../../src/web/acts/waiting.ts';
import { approveScreen } from '../../../src/web/screens/ask.ts';
import { documentOf } from '../../../src/web/screens/layout.ts';
import type { Frame, Screen } from '../../../src/web/screens/layout.ts';
import { listScreen } from '../../../src/web/screens/list.ts';
import type { ListData } from '../../../src/web/screens/list.ts';
import { doctorScreen } from '../../../src/web/screens/doctor.ts';
import { openUrl } from '../../../src/web/screens/entry-form.ts';
import { messageScreen } from '../../../src/web/screens/messages.ts';
import { serverScreen } from '../../../src/web/screens/server.ts';
import type { ServerData } from '../../../src/web/screens/server.ts';
import { spanWords } from '../../../src/web/screens/times.ts';
import { snapshotOf } from '../../support/recording-fleet.ts';

const NOW = Date.parse('2026-01-01T00:01:00.000Z');
const frame: Frame = { now: NOW, csrf: 'proof', home: '/home/me', program: 'holdfast', suffix: ' --config a.json' };
const show = (screen: Screen): string => documentOf(frame, screen);

const list = (snapshots: readonly Snapshot[], more: Partial<ListData> = {}): string =>
  show(
    listScreen(
      {
        snapshots,
        sources: { files: [], notLoaded: [], variables: [] },
        filter: { text: '', status: '', by: 'need' },
        ...more,
      },
      frame,
    ),
  );
const server = (snapshot: Snapshot, more: Partial<ServerData> = {}): string =>
  show(
    serverScreen(
      {
        snapshot,
        lists: { tools: [], prompts: [], resources: [], resourceTemplates: [] },
        log: [],
        helper: undefined,
        hidden: [],
        ...more,
      },
      frame,
    ),
  );
const names = (text: string): readonly string[] =>
  [...text.matchAll(/id="server-([^"]+)"/g)].map((match) => match[1] ?? '');
const text = (markup: string): string => markup.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');

const WELL = snapshotOf('well', { tools: 3 });
const OFF = snapshotOf('off', { status: 'disabled', reason: 'disabled-by-user', next: ['enable'] });
const WAITS = snapshotOf('waits', { status: 'pending', reason: 'awaiting-approval', next: ['approve', 'reject'] });
const TRIES = snapshotOf('tries', {
  status: 'pending',
  reason: 'http-5xx',
  httpStatus: 503,
  attempt: 2,
  maxAttempts: 4,
  nextRetryAt: '2026-01-01T00:01:02.000Z',
  next: ['retry-now', 'stop'],
});
const GONE = snapshotOf('gone', { status: 'failed', reason: 'http-404', httpStatus: 404, next: ['edit', 'reconnect'] });
const SIGNS = snapshotOf('signs', {
  status: 'needs-auth',
  reason: 'sign-in-required',
  offersOAuth: true,
  next: ['authenticate'],
});
const MORE = snapshotOf('more', {
  stepUp: { scopes: ['files:write'], tool: 'save' },
  next: ['grant-access', 'not-now'],
});
const ALL = [WELL, OFF, WAITS, TRIES, GONE, SIGNS, MORE];

describe('[page.list] the list', () => {
  test('has first who needs a person, then what fails, then what tries, then what works', () => {
    expect(names(list(ALL))).toEqual(['more', 'signs', 'waits', 'gone', 'tries', 'well', 'off']);
    expect(text(list(ALL))).toContain('2 of 7 connected. 3 need you, 1 failed, 1 connecting, 1 off.');
  });

  test('tells of each its word, why, what next, how it signs in, tools, age and file', () => {
    const shown = text(list([TRIES, WELL]));
    for (const words of [
      'pending',
      'http-5xx',
      'HTTP 503',
      'try 2 of 4',
      'Next try in 2 s',
      'no sign-in',
      '3 tools',
      '60 s ago',
      'Holdfast /cfg/servers.json:1',
    ])
      expect(shown).toContain(words);
  });

  test.each([
    ['a name', { text: 'SIG', status: '' }, ['signs']],
    ['a reason', { text: 'http-404', status: '' }, ['gone']],
    ['a status', { text: '', status: 'pending' }, ['waits', 'tries']],
    ['nothing that is there', { text: 'xyz', status: '' }, []],
  ])('is filtered by %s', (_what, filter, expected) => {
    const shown = list(ALL, { filter: { ...filter, by: 'need' } });
    expect(names(shown)).toEqual(expected);
    expect(shown.includes('No server matches')).toBe(expected.length === 0);
  });

  test('is grouped by file as well', () => {
    const other = {
      ...WELL,
      name: 'other',
      source: { ...WELL.source, client: 'claude-code', file: '/home/me/.claude.json' },
    } as const;
    const shown = text(list([...ALL, other], { filter: { text: '', status: '', by: 'file' } }));
    expect(shown).toContain('Holdfast: /cfg/servers.json 7');
    expect(shown).toContain('Claude Code: ~/.claude.json 1');
  });

  test('says what to do where there is none, and what was not loaded', () => {
    expect(text(list([]))).toContain('No servers yet');
    expect(text(list([]))).toContain('holdfast add NAME URL --config a.json');
    const sources: ListData['sources'] = {
      files: [
        {
          client: 'claude-code',
          scope: 'user',
          path: '/home/me/.claude.json',
          exists: true,
          servers: 0,
          problem: '3: a comma',
          writable: true,
        },
      ],
      notLoaded: [
        { name: 'well', source: WELL.source, reason: 'duplicate-shadowed', text: 'the one of the project wins' },
      ],
      variables: [],
    };
    const shown = text(list(ALL, { sources }));
    for (const words of ['Not loaded 2', '~/.claude.json cannot be read whole', 'the one of the project wins'])
      expect(shown).toContain(words);
  });
});

/** Buttons and links of a bar, in order. */
const offered = (markup: string): readonly string[] => {
  const bar = /<ul class="actions"[\s\S]*?<\/ul>/.exec(markup)?.[0] ?? '';
  return [...bar.matchAll(/data-action="([^"]+)"/g)].map((match) => match[1] ?? '');
};

describe('[page.actions] the buttons of a server', () => {
  const models: readonly Snapshot['signIn'][] = ['none', 'headers', 'helper', 'oauth', 'stdio'];
  const cases = (Object.keys(REASONS) as ReasonId[]).flatMap((reason) =>
    models.map((signIn) => [reason, signIn] as const),
  );

  test.each(cases)('of %s, %s are those of the table, in its order', (reason, signIn) => {
    const { status } = REASONS[reason];
    const next = actionsFor({ status, reason, signIn, offersOAuth: true });
    const snapshot = snapshotOf('one', { status, reason, signIn, next });
    expect(offered(server(snapshot))).toEqual(next.filter((action) => action !== 'details'));
  });

  test('name their server, so that they are told apart without being seen', () => {
    const bar = text(/<ul class="actions"[\s\S]*?<\/ul>/.exec(server(SIGNS))?.[0] ?? '');
    expect(bar).toContain('Authenticate signs');
  });

  test('of a process say that it is started again', () => {
    const process = snapshotOf('p', { signIn: 'stdio' });
    const words = (Object.keys(ACTIONS) as ActionId[]).map((action) => actionLabel(action, process));
    expect(words).toEqual(expect.arrayContaining(['Restart', 'Restart now', 'Disable']));
    expect(words).not.toContain('Reconnect');
  });
});

describe('[page.server] the page of a server', () => {
  test('says what happened, what to do next, the tries and when the next one comes', () => {
    const shown = text(server(TRIES));
    for (const words of ['tries', 'pending', 'What to do next:', 'try 2 of 4', 'Next try in 2 s'])
      expect(shown).toContain(words);
  });

  test('tells the words of a server as such, and codes of this machine as codes', () => {
    const failed = { status: 'failed', reason: 'http-4xx', detail: 'no such tenant' } as const;
    expect(server(snapshotOf('a', { ...failed, httpStatus: 400 }))).toContain('<q>no such tenant</q>');
    const refused = { status: 'failed', reason: 'refused', detail: 'ECONNREFUSED' } as const;
    expect(text(server(snapshotOf('a', refused)))).toMatch(/Detail\s+ECONNREFUSED/);
  });

  test('shows a sign-in that waits: where, for what, how long, and a field for a pasted answer', () => {
    const logins = new WaitingLogins();
    const signingIn = {
      flow: 'f',
      url: 'https://auth.example/go?scope=read+write&state=s',
      expiresAt: '2026-01-01T00:11:00.000Z',
      stepUp: false,
    };
    const markup = server({ ...SIGNS, signingIn }, { signIn: logins.view({ ...SIGNS, signingIn }) });
    expect(text(markup)).toContain('Sign in at auth.example');
    expect(text(markup)).toContain('ends in 10 min');
    expect(markup).toContain('href="https://auth.example/go?scope=read+write&amp;state=s"');
    expect(markup).toContain('name="callback"');
    expect([...markup.matchAll(/<li>\s*<code>(\w+)<\/code>/g)].map((match) => match[1])).toEqual(['read', 'write']);
  });

  test('marks which rights are new', () => {
    const logins = new WaitingLogins();
    const login = { scopes: ['read'], issuer: 'https://auth.example', profile: 'default' } as unknown as NonNullable<
      Snapshot['login']
    >;
    const signingIn = {
      flow: 'f',
      url: 'https://auth.example/go?scope=read+write',
      expiresAt: '2026-01-01T00:11:00.000Z',
      stepUp: true,
    };
    expect(logins.view({ ...MORE, login, signingIn })).toMatchObject({
      scopes: ['read', 'write'],
      fresh: ['write'],
      stepUp: true,
    });
  });

  test('tells of the helper by header names, and shows stderr apart', () => {
    const helper = {
      at: NOW - 5_000,
      durationMs: 41,
      exitCode: 3,
      headerNames: ['X-Key'],
      stderr: ['no vault'],
      outcome: 'helper-failed',
    } as const;
    const log = [
      { at: '2026-01-01T00:00:59.000Z', stream: 'stderr', text: 'boom' },
      { at: '2026-01-01T00:00:59.000Z', stream: 'log', text: 'a message' },
      { at: '2026-01-01T00:00:59.000Z', stream: 'timeline', text: 'not again' },
    ] as const;
    const shown = text(server(snapshotOf('h', { signIn: 'helper' }), { helper, log }));
    for (const words of [
      'failed',
      '5 s ago , for 41 ms',
      'Exit code 3',
      'X-Key',
      'no vault',
      '00:00:59 boom',
      'a message',
    ])
      expect(shown).toContain(words);
    expect(shown).not.toContain('not again');
  });

  test('[page.escaped] lets nothing of a server become markup', () => {
    const evil = '<img src=x onerror=alert(1)>"\'\u001B[31m\u202E';
    const snapshot = snapshotOf('evil', {
      status: 'failed',
      reason: 'http-4xx',
      message: evil,
      detail: evil,
      endpoint: evil,
      redirectTo: evil,
      serverInfo: { name: evil, version: evil },
      protocolVersion: evil,
      missingScopes: [evil],
      stepUp: { scopes: [evil], tool: evil },
      timeline: [{ at: evil, kind: evil, text: evil }],
      source: { client: 'file', scope: 'file', file: `/${evil}`, line: 1, pointer: evil },
      next: actionsFor({ status: 'failed', reason: 'http-4xx', signIn: 'none', offersOAuth: false }),
    });
    const tool = { name: evil, description: evil };
    const hidden = [{ name: evil, source: snapshot.source, reason: 'duplicate-shadowed', text: evil }] as const;
    const markup = [
      server(snapshot, {
        lists: { tools: [tool, { name: 7 }, null], prompts: [tool], resources: [{ uri: evil }], resourceTemplates: [] },
        log: [{ at: evil, stream: 'stderr', text: evil }],
        hidden,
        signIn: {
          server: evil,
          flow: evil,
          url: 'https://x.example/',
          expiresAt: evil,
          stepUp: true,
          scopes: [evil],
          fresh: [evil],
          lacking: [evil],
          userCode: evil,
          comesHere: false,
        },
      }),
      list([snapshot], {
        sources: { files: [], notLoaded: hidden, variables: [] },
        filter: { text: '', status: '', by: 'file' },
      }),
      show(doctorScreen([{ level: 'problem', server: evil, text: evil, hint: evil }], evil)),
    ].join('');
    expect(markup).toContain('&lt;img');
    expect(markup).not.toMatch(/<img|\u001B|\u202E/);
    expect(markup).not.toMatch(/="[^"]*"\s*'/);
  });
});

describe('an address in a form', () => {
  test.each([
    ['https://a.example/mcp', 'https://a.example/mcp'],
    ['https://a.example/mcp?key=secret', ''],
    ['https://me:secret@a.example/mcp', ''],
    ['${BASE}/mcp', '${BASE}/mcp'],
    ['${BASE}/mcp?key=secret', ''],
    ['https://a.example/s/aB3dE5gH7jK9mN1pQ3/mcp', ''],
    ['https://a.example/a-very-long-name-of-words/mcp', 'https://a.example/a-very-long-name-of-words/mcp'],
    ['nonsense', ''],
  ])('%s is shown only where nothing in it can be secret', (url, shown) => {
    expect(openUrl(url)).toBe(shown);
  });
});

test.each([
  [0, '0 s'],
  [59_400, '59 s'],
  [119_000, '119 s'],
  [121_000, '2 min'],
  [7_200_000, '2 h'],
  [200_000_000, '2 days'],
])('a span of %i ms is %s', (ms, words) => {
  expect(spanWords(ms)).toBe(words);
});

describe('[page.terminal-code] an approval', () => {
  test('shows a long command to its end: what is agreed to is read whole', () => {
    const approval = {
      name: 'db',
      state: 'awaiting',
      hash: 'h',
      summary: [`runs: node ${'x'.repeat(9_000)} --the-end`],
      difference: [],
    } as const;
    const data = { snapshot: snapshotOf('db'), approval, needsCode: true, isAsked: false };
    expect(show(approveScreen(data, frame))).toContain('x --the-end');
  });
});

describe('[page.escaped] what went wrong', () => {
  test('is told in a line of bounded length, and the name of the server stays as it is', () => {
    const said = `notes: the sign-in failed: ${'<img src=x> '.repeat(200)}`;
    const { lines } = errorNote(new HoldfastError('ERR_LOGIN_FAILED', said, { hint: 'sign in again' }));
    expect(lines[0]).toMatch(/^notes: the sign-in failed/);
    expect(lines[0]?.length).toBeLessThanOrEqual(402);
    expect(lines[1]).toBe('Sign in again.');
    const screen = messageScreen({ title: 'Not signed in', text: lines.join(' ') });
    expect(screen.body.toString()).not.toContain('<img');
  });
});
