import { describe, expect, test } from 'vitest';
import { exitOfSnapshot, worstExit } from '../../../src/cli/exit.ts';
import type { ExitCode } from '../../../src/cli/exit.ts';
import { isCi, ownershipFor } from '../../../src/cli/session.ts';
import { statusSchema } from '../../../src/cli/status-schema.ts';
import type { StatusRecord } from '../../../src/cli/record.ts';
import { REASONS } from '../../../src/core/reasons.ts';
import type { ReasonId } from '../../../src/core/reasons.ts';
import { actionsFor } from '../../../src/core/actions.ts';
import type { SourcesReport } from '../../../src/core/fleet.ts';
import type { Snapshot } from '../../../src/core/snapshot.ts';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { onlyServers } from '../../../src/cli/only.ts';
import { cliRig, configured, OWNER, VIEW } from '../../support/cli-rig.ts';
import { snapshotOf } from '../../support/recording-fleet.ts';

const NOW = '2026-01-01T00:00:00.000Z';
const of = (name: string, reason: ReasonId, more: Partial<Snapshot> = {}): Snapshot => {
  const { status } = REASONS[reason];
  const signIn = more.signIn ?? 'none';
  const offersOAuth = more.offersOAuth ?? false;
  return snapshotOf(name, {
    status,
    reason,
    since: NOW,
    next: actionsFor({ status, reason, signIn, offersOAuth }),
    ...more,
  });
};

const FIVE: readonly Snapshot[] = [
  snapshotOf('files', { since: NOW, tools: 11, signIn: 'stdio', transport: 'stdio' }),
  of('notion', 'sign-in-required', { offersOAuth: true }),
  snapshotOf('accounts', {
    status: 'pending',
    reason: 'http-5xx',
    httpStatus: 503,
    attempt: 2,
    maxAttempts: 5,
    nextRetryAt: '2026-01-01T00:00:04.000Z',
    since: NOW,
    signIn: 'headers',
    tools: 9,
    listsLastKnown: true,
    next: ['retry-now', 'stop'],
  }),
  of('internal', 'helper-failed', { signIn: 'helper', message: 'The command ended with code 1.' }),
  of('old-db', 'disabled-by-user', { signIn: 'stdio' }),
];

describe('status tells every server', () => {
  test('the table has name, status, reason, sign-in, tools, since and source, those that need somebody first', async () => {
    const rig = cliRig({ snapshots: FIVE, daemon: true });
    expect(await rig.type('status')).toBe(0);
    expect(rig.out.trimEnd().split('\n')).toEqual(
      [
        'NAME      STATUS      REASON                                SIGN-IN  TOOLS  SINCE  SOURCE',
        'notion    needs-auth  sign-in-required                      oauth    –      now    /cfg/servers.json:1 (own)',
        'internal  failed      helper-failed                         helper   –      now    /cfg/servers.json:1 (own)',
        'accounts  pending     http-5xx (503) · try 2 of 5 · next in 4s  headers  9*     now    /cfg/servers.json:1 (own)',
        'files     connected   –                                     –        11     now    /cfg/servers.json:1 (own)',
        'old-db    disabled    –                                     –        –      now    /cfg/servers.json:1 (own)',
        '* last known list',
        '',
        '1 of 5 connected; 1 needs you; 1 failed; 1 connecting; 1 off. (daemon pid 4321)',
        '',
        'Next:',
        '  holdfast login notion        notion: The server wants a sign-in.',
        '  holdfast reconnect internal  internal: The command ended with code 1.',
      ].map((line, at) => (at < 6 ? expect.stringMatching(pattern(line)) : line)),
    );
    expect(rig.err).toBe('');
  });

  test('a narrow terminal is never overrun', async () => {
    const rig = cliRig({ snapshots: FIVE, daemon: true, terminal: { isTTY: true, columns: 60 } });
    await rig.type('status');
    for (const line of rig.out.trimEnd().split('\n')) expect(line.length).toBeLessThanOrEqual(60);
    expect(rig.out).toContain('needs-auth');
  });

  test('the status is a word whether or not there is colour', async () => {
    const colored = cliRig({ snapshots: FIVE, daemon: true, terminal: { color: true } });
    await colored.type('status');
    const plain = cliRig({ snapshots: FIVE, daemon: true });
    await plain.type('status');
    expect(colored.out).not.toBe(plain.out);
    // oxlint-disable-next-line no-control-regex -- colours are control sequences
    expect(colored.out.replaceAll(/\u001B\[\d+m/g, '')).toBe(plain.out);
  });

  test('[security.safe-text] what a server says cannot steer the terminal', async () => {
    const evil = of('evil', 'protocol-error', { message: 'a\u001B[2Jb\u202Ec', detail: '\u001B]0;x\u0007' });
    const rig = cliRig({ snapshots: [evil], daemon: true });
    await rig.type('status');
    await rig.type('reconnect', 'evil');
    for (const harmful of ['\u001B', '\u202E', '\u0007']) expect(rig.out).not.toContain(harmful);
  });

  test('names limit it, an unknown one is refused with the nearest', async () => {
    const rig = cliRig({ snapshots: FIVE, daemon: true });
    expect(await rig.type('status', 'files')).toBe(0);
    expect(rig.out).not.toContain('notion');
    expect(await rig.type('status', 'notoin')).toBe(6);
    expect(rig.err).toBe('holdfast: no server is named "notoin"\n  Did you mean "notion"?\n');
  });

  test('an empty folder is told what to do', async () => {
    const rig = cliRig({ daemon: true });
    expect(await rig.type('status')).toBe(0);
    expect(rig.out).toContain('No server is configured');
    expect(rig.out).toContain('holdfast add NAME URL');
  });

  test('next steps speak of the same files', async () => {
    const rig = cliRig({ snapshots: FIVE });
    await rig.type('status', '--no-daemon', '--config', 'my servers.json');
    expect(rig.out).toContain("holdfast reconnect internal --config '/code/app/my servers.json'");
    expect(rig.out).toContain("holdfast login notion --config '/code/app/my servers.json'");
    expect(rig.out).toContain('(this process)'.replace('this process', 'daemon pid 4321'));
  });
});

function pattern(line: string): RegExp {
  const escaped = line.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll(/ {2,}/g, ' {2,}')}$`);
}

describe('[cli.status-json] status --json', () => {
  const schema = z.fromJSONSchema(statusSchema());

  test('it prints one status/v1 record in one line and exits 0 whatever the states are', async () => {
    const rig = cliRig({ snapshots: FIVE, daemon: true });
    expect(await rig.type('status', '--json')).toBe(0);
    expect(rig.out.trimEnd()).not.toContain('\n');
    const record = JSON.parse(rig.out) as StatusRecord;
    expect(record).toEqual({ schema: 'status/v1', time: NOW, owner: OWNER, servers: FIVE });
    expect(rig.err).toBe('');
  });

  test('the record obeys the published schema, with every field there is', async () => {
    const whole: Required<Snapshot> = {
      ...snapshotOf('whole'),
      reason: 'http-5xx',
      message: 'm',
      attempt: 1,
      maxAttempts: 3,
      nextRetryAt: NOW,
      phase: 'startup',
      login: {
        id: 'ab',
        server: 'https://a.example/mcp',
        issuer: 'https://auth.example',
        resource: 'https://a.example/mcp',
        clientId: 'c',
        profile: 'default',
        registration: 'dynamic',
        grant: 'authorization_code',
        scopes: ['read'],
        obtainedAt: NOW,
        expiresAt: NOW,
        renewable: true,
        status: 'refused',
        refusal: 'invalid_grant',
        generation: 2,
      },
      signingIn: { flow: 'f', url: 'https://auth.example/authorize', expiresAt: NOW, stepUp: false },
      httpStatus: 503,
      detail: 'd',
      exitCode: 1,
      exitSignal: 'SIGKILL',
      redirectTo: 'https://x.example/',
      stepUp: { scopes: ['a'], tool: 't' },
      missingScopes: ['b'],
      expiresAt: NOW,
      era: 'legacy',
      protocolVersion: '2025-11-25',
      endpoint: 'https://x.example/mcp',
      serverInfo: { name: 'n', version: '1' },
      tools: 1,
      prompts: 2,
      resources: 3,
      listsLastKnown: true,
      configHash: 'sha256:1',
      approvalHash: 'sha256:2',
      timeline: [
        { at: NOW, kind: 'status', text: 't', status: 'failed', reason: 'dns', httpStatus: 1, durationMs: 2.5 },
      ],
    };
    const rig = cliRig({ snapshots: [whole, ...FIVE], daemon: true });
    expect(schema.safeParse(await rig.json('status', '--json')).error).toBeUndefined();
  });

  test.each([
    ['a sixth status word', { status: 'cached' }],
    ['a server without a source', { source: undefined }],
    ['a time that is none', { since: 'yesterday' }],
    ['an unknown reason', { reason: 'because' }],
  ])('the schema refuses %s', (_what, wrong) => {
    const record = { schema: 'status/v1', time: NOW, owner: OWNER, servers: [{ ...snapshotOf('x'), ...wrong }] };
    expect(schema.safeParse(record).success).toBe(false);
  });

  test('the published file is made from the source', () => {
    const published = readFileSync(new URL('../../../schema/status.schema.json', import.meta.url), 'utf8');
    expect(JSON.parse(published)).toEqual(statusSchema());
  });
});

describe('[cli.status-exit-code] status --exit-code', () => {
  test.each<[string, Snapshot, ExitCode]>([
    ['connected', snapshotOf('x'), 0],
    ['connected with a mark', of('x', 'lists-failed'), 0],
    ['pending', snapshotOf('x', { status: 'pending' }), 8],
    ['pending for approval', of('x', 'awaiting-approval'), 7],
    ['needs-auth', of('x', 'credentials-rejected'), 3],
    ['failed', of('x', 'refused'), 4],
    ['an invalid entry', of('x', 'config-invalid'), 2],
    ['a missing variable', of('x', 'variable-missing'), 2],
    ['disabled', of('x', 'disabled-by-user'), 7],
    ['denied', of('x', 'policy-denied'), 7],
  ])('%s', async (_what, snapshot, code) => {
    const rig = cliRig({ snapshots: [snapshot], daemon: true });
    expect(exitOfSnapshot(snapshot)).toBe(code);
    expect(await rig.type('status', '--exit-code')).toBe(code);
    expect(await rig.type('status')).toBe(0);
  });

  test.each<[readonly ExitCode[], ExitCode]>([
    [[], 0],
    [[0, 8], 8],
    [[8, 4], 4],
    [[4, 3], 3],
    [[3, 7], 7],
    [[7, 2], 2],
    [[0, 8, 4, 3, 7, 2], 2],
  ])('of %j the worst is %d', (codes, worst) => {
    expect(worstExit(codes)).toBe(worst);
  });

  test('with --json the reason of a bad end is one line on stderr', async () => {
    const rig = cliRig({ snapshots: FIVE, daemon: true });
    expect(await rig.type('status', '--json', '--exit-code')).toBe(7);
    expect(JSON.parse(rig.err)).toEqual({
      error: {
        code: 'ERR_BLOCKED',
        message: expect.stringContaining('old-db is disabled (disabled-by-user)'),
        hint: REASONS['disabled-by-user'].remedy,
        exit: 7,
        data: { server: 'old-db', status: 'disabled', reason: 'disabled-by-user' },
      },
    });
  });
});

describe('[cli.owner] who owns the connections', () => {
  test.each([
    ['a terminal', { noDaemon: false, isTTY: true, ci: false }, 'start'],
    ['no terminal', { noDaemon: false, isTTY: false, ci: false }, 'join'],
    ['CI on a terminal', { noDaemon: false, isTTY: true, ci: true }, 'join'],
    ['--no-daemon on a terminal', { noDaemon: true, isTTY: true, ci: false }, 'own'],
  ])('%s', (_what, facts, choice) => {
    expect(ownershipFor(facts)).toBe(choice);
  });

  test.each([
    [{}, false],
    [{ CI: 'true' }, true],
    [{ CI: '1' }, true],
    [{ CI: '' }, false],
    [{ CI: 'false' }, false],
    [{ CI: '0' }, false],
  ])('the environment %j is CI: %s', (env, ci) => {
    expect(isCi(env)).toBe(ci);
  });

  test.each<[string, Parameters<typeof cliRig>[0], readonly string[], readonly string[]]>([
    ['a terminal without a daemon', { terminal: { isTTY: true } }, [], ['ensure']],
    ['a terminal with a daemon', { terminal: { isTTY: true }, daemon: true }, [], ['connect']],
    ['a pipe without a daemon', {}, [], ['in-process']],
    ['a pipe with a daemon', { daemon: true }, [], ['connect']],
    ['CI on a terminal', { terminal: { isTTY: true }, env: { CI: '1' } }, [], ['in-process']],
    [
      'a terminal with an older daemon',
      { terminal: { isTTY: true }, daemon: true, outdated: true },
      [],
      ['connect', 'ensure'],
    ],
    ['a pipe with an older daemon', { daemon: true, outdated: true }, [], ['connect']],
    ['--no-daemon beside a daemon', { terminal: { isTTY: true }, daemon: true }, ['--no-daemon'], ['in-process']],
  ])('status on %s', async (_what, options, flags, opened) => {
    const rig = cliRig({ snapshots: [snapshotOf('x')], ...options });
    await rig.type('status', ...flags);
    expect(rig.opened).toEqual(opened);
    expect(rig.calls.map(({ method }) => method)).toContain('close');
  });

  test('[cli.config-exclusive] --config is given to the view as absolute paths', async () => {
    const rig = cliRig({ snapshots: [snapshotOf('x')] });
    await rig.type('status', '--config', 'a.json', '--config=/etc/b.json');
    const { args } = rig.calls.find(({ method }) => method === 'snapshots') ?? { args: [] };
    expect(args[0]).toMatchObject({ files: ['/code/app/a.json', '/etc/b.json'] });
  });
});

describe('a process of its own', () => {
  test.each([
    ['status', []],
    ['status x', ['x']],
    ['reconnect x x', ['x', 'x']],
    ['reconnect --all', []],
    ['call x tool a=1', ['x']],
    ['tools x', ['x']],
    ['doctor x', ['x']],
    ['events x', ['x']],
    ['wait x --timeout 1s', ['x']],
  ])('of "%s" starts %j and no other server', async (line, names) => {
    const rig = cliRig({ snapshots: [snapshotOf('x')], fleet: { lists: async () => LISTS, doctor: async () => [] } });
    await rig.type(...line.split(' '));
    expect(rig.limited).toEqual([names]);
  });

  test('a limited configuration has the named servers, and refuses names that are none', async () => {
    const config = { load: async () => ({ servers: [configured('a'), configured('b')] }) } as never;
    expect((await onlyServers(config, ['b']).load(VIEW)).servers.map(({ name }) => name)).toEqual(['b']);
    expect(onlyServers(config, [])).toBe(config);
    await expect(onlyServers(config, ['aa']).load(VIEW)).rejects.toMatchObject({
      code: 'ERR_SERVER_UNKNOWN',
      data: { nearest: ['a'] },
    });
  });
});

const LISTS = { tools: [], prompts: [], resources: [], resourceTemplates: [] };

describe('[cli.wait] how long status waits', () => {
  const pending = snapshotOf('x', { status: 'pending', phase: 'startup', since: NOW });
  const limits = async (options: Parameters<typeof cliRig>[0], ...words: string[]): Promise<unknown[]> => {
    const rig = cliRig({ snapshots: [pending], ...options });
    await rig.type('status', ...words);
    return rig.calls
      .filter(({ method }) => method === 'settled')
      .map(({ args }) => (args[0] as { timeoutMs: number }).timeoutMs);
  };

  test('[numbers.start-wait] a process of its own waits the start wait', async () => {
    expect(await limits({})).toEqual([5_000]);
  });
  test('the start wait is set by its variable', async () => {
    expect(await limits({ env: { MCP_CONNECT_TIMEOUT_MS: '1500' } })).toEqual([1_500]);
  });
  test('--wait sets the limit, and 0 waits not at all', async () => {
    expect(await limits({}, '--wait', '20s')).toEqual([20_000]);
    expect(await limits({}, '--wait', '0')).toEqual([]);
  });
  test('a daemon that has just met the servers gets the rest of their start', async () => {
    expect(await limits({ daemon: true })).toEqual([5_000]);
    expect(await limits({ daemon: true, snapshots: [{ ...pending, since: '2025-12-31T23:59:57.000Z' }] })).toEqual([
      2_000,
    ]);
  });
  test('a daemon that has known them for long is not waited for', async () => {
    expect(await limits({ daemon: true, snapshots: [{ ...pending, since: '2025-12-31T23:00:00.000Z' }] })).toEqual([]);
    expect(await limits({ daemon: true, snapshots: [{ ...pending, phase: 'reconnect' }] })).toEqual([]);
  });
  test('nobody waits for a person', async () => {
    expect(await limits({ snapshots: [of('x', 'awaiting-approval')] }, '--wait', '20s')).toEqual([]);
  });
});

describe('status --watch', () => {
  test.each([
    [['--json'], /^\{(?!.*"problems").*\n\{.*"problems":\["\/code\/app\/\.mcp\.json:2: not JSON"\]\}\n$/],
    [[], /^(?!Not).*NAME [\S\s]*NAME [\S\s]*Not readable: \/code\/app\/\.mcp\.json:2: not JSON/],
  ])('%j names a file from the time on when it cannot be read', async (flags, said) => {
    let looks = 0;
    const broken = {
      client: 'mcp-json',
      scope: 'project',
      path: '/code/app/.mcp.json',
      exists: true,
      servers: 0,
      writable: true,
      problem: '/code/app/.mcp.json:2: not JSON',
    } as const;
    const sources = async (): Promise<SourcesReport> => {
      looks += 1;
      if (looks === 4) rig.interrupt();
      return { files: looks < 3 ? [] : [broken], notLoaded: [], variables: [] };
    };
    const rig = cliRig({ daemon: true, snapshots: [snapshotOf('x', { since: NOW })], fleet: { sources } });
    expect(await rig.type('status', '--watch', ...flags)).toBe(130);
    expect(rig.out).toMatch(said);
  });

  test('it repeats the table when something has changed, and an interrupt ends it with 130', async () => {
    let state: Snapshot = snapshotOf('x', { status: 'pending', since: NOW });
    let looks = 0;
    const snapshots = async (): Promise<readonly Snapshot[]> => {
      looks += 1;
      if (looks === 3) state = snapshotOf('x', { since: NOW });
      if (looks === 6) rig.interrupt();
      return [state];
    };
    const rig = cliRig({ daemon: true, fleet: { snapshots } });
    expect(await rig.type('status', '--watch')).toBe(130);
    expect(looks).toBe(6);
    expect(rig.out.match(/NAME /g)).toHaveLength(2);
    expect(rig.out).toMatch(/pending[\S\s]*connected/);
  });
});
