import { describe, expect, test } from 'vitest';
import { HoldfastError } from '../../../src/base/errors.ts';
import type { ErrorCode } from '../../../src/base/errors.ts';
import type { CredentialInfo } from '../../../src/core/credential.ts';
import type { ActionReport } from '../../../src/core/fleet.ts';
import type { LoginStarted } from '../../../src/core/fleet-sign-in.ts';
import type { LoginOptions, LoginWaiting } from '../../../src/core/sign-in.ts';
import type { Snapshot } from '../../../src/core/snapshot.ts';
import { cliRig, VIEW } from '../../support/cli-rig.ts';
import type { CliRig, RigOptions } from '../../support/cli-rig.ts';
import { snapshotOf } from '../../support/recording-fleet.ts';

const URL =
  'https://as.example/authorize?response_type=code&client_id=c&state=s&redirect_uri=http%3A%2F%2Flocalhost%3A4001%2Fcallback';
const CALLBACK = 'http://localhost:4001/callback?code=canary-code&state=s';
const FLOW = 'ab12cd34';
const WAITING: LoginWaiting = {
  kind: 'waiting',
  flow: FLOW,
  server: 'notion',
  url: URL,
  scopes: ['read', 'write'],
  issuer: 'https://as.example',
  expiresAt: '2026-01-01T00:10:00.000Z',
  redirectUri: 'http://localhost:4001/callback',
  listening: true,
};
const LOGIN: CredentialInfo = {
  id: 'd5c98cb7e277523479f53b40e727bf8e',
  server: 'https://notion.example/mcp',
  issuer: 'https://as.example',
  resource: 'https://notion.example/mcp',
  clientId: 'c',
  profile: 'default',
  registration: 'dynamic',
  grant: 'authorization_code',
  scopes: ['read'],
  obtainedAt: '2025-12-31T23:50:00.000Z',
  expiresAt: '2026-01-01T00:50:00.000Z',
  renewable: true,
  status: 'live',
  generation: 1,
};

const needing = (name: string, more: Partial<Snapshot> = {}): Snapshot =>
  snapshotOf(name, {
    status: 'needs-auth',
    reason: 'sign-in-required',
    offersOAuth: true,
    next: ['authenticate', 'reconnect', 'reset'],
    ...more,
  });
const connected = (name = 'notion'): Snapshot => snapshotOf(name, { tools: 5, login: LOGIN });
const report = (name = 'notion', did: readonly string[] = ['signed in at https://as.example']): ActionReport => ({
  snapshot: connected(name),
  did,
});
const failed = (code: ErrorCode, message: string): HoldfastError =>
  new HoldfastError(code, message, { hint: 'Again.' });
const never = (signal?: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason as Error));
  });

interface Asked {
  readonly rig: CliRig;
  /** Arguments of one method, call by call. */
  readonly args: (method: string) => readonly (readonly unknown[])[];
}

/** A command line with a server that wants a sign-in. */
function asked(fleet: RigOptions['fleet'] & object = {}, more: RigOptions = {}): Asked {
  const rig = cliRig({
    snapshots: [needing('notion')],
    daemon: true,
    ...more,
    fleet: {
      startLogin: async () => WAITING,
      loginResult: (_flow, options) => never(options?.signal),
      finishLogin: async () => report(),
      cancelLogin: async () => undefined,
      setProfile: async (name) => report(name, ['uses the account here']),
      ...fleet,
    },
  });
  return { rig, args: (method) => rig.calls.filter((call) => call.method === method).map((call) => call.args) };
}

const TTY = { isTTY: true } as const;

describe('[login.browser] login at a terminal', () => {
  test('shows the address whole, opens the browser, waits, and tells how the server is then', async () => {
    const { rig, args } = asked({ loginResult: async () => report() }, { terminal: TTY });
    expect(await rig.type('login', 'notion')).toBe(0);
    expect(rig.browsed).toEqual([URL]);
    expect(rig.err.split('\n')).toEqual(expect.arrayContaining(['  asks for: read write', `  ${URL}`]));
    expect(rig.err).toContain('Sign in to notion at https://as.example');
    expect(rig.err).toContain('Opened in your browser.');
    expect(rig.out).toBe('notion: connected · 5 tools\n  signed in at https://as.example\n');
    expect(args('startLogin')).toEqual([['notion', {}, VIEW]]);
    expect(args('loginResult')[0]).toMatchObject([FLOW, { timeoutMs: 605_000, view: VIEW }]);
  });

  test('counts down, and what is typed is counted and not shown', async () => {
    const { rig } = asked(
      { loginResult: async (_flow, options) => never(options?.signal) },
      { terminal: { ...TTY, hidden: [2_500, CALLBACK] } },
    );
    expect(await rig.type('login', 'notion')).toBe(0);
    for (const left of ['10:00', '9:59', '9:58']) expect(rig.err).toContain(`${left} left`);
    expect(rig.err).toContain(`${CALLBACK.length} characters, Enter sends them`);
  });

  test('[login.paste] takes a pasted address meanwhile; it is nowhere in what is printed', async () => {
    const { rig, args } = asked({}, { terminal: { ...TTY, hidden: ['', `  ${CALLBACK}  `] } });
    expect(await rig.type('login', 'notion')).toBe(0);
    expect(args('finishLogin')).toEqual([[FLOW, CALLBACK, VIEW]]);
    expect(rig.out + rig.err).not.toContain('canary-code');
    expect(rig.out).toContain('notion: connected');
  });

  test('[login.paste] says why a wrong one is not taken, and asks again', async () => {
    let tries = 0;
    const finishLogin = async (): Promise<ActionReport> => {
      tries += 1;
      if (tries < 3) throw new HoldfastError('ERR_USAGE', 'the text is not the answer to this sign-in');
      return report();
    };
    const { rig } = asked({ finishLogin }, { terminal: { ...TTY, hidden: ['wrong-canary', 'again', CALLBACK] } });
    expect(await rig.type('login', 'notion')).toBe(0);
    expect(rig.err.match(/Not taken: the text is not the answer to this sign-in\./g)).toHaveLength(2);
    expect(rig.out + rig.err).not.toContain('canary');
  });

  test('[login.paste] one that comes after the browser was done leaves the outcome to the browser', async () => {
    const { rig } = asked(
      {
        finishLogin: () => Promise.reject(failed('ERR_LOGIN_UNKNOWN', 'it is over')),
        loginResult: async () => {
          await rig.clock.sleep(3_000);
          return report();
        },
      },
      { terminal: { ...TTY, hidden: [CALLBACK] } },
    );
    expect(await rig.type('login', 'notion')).toBe(0);
    expect(rig.out).toContain('notion: connected');
  });

  test('a person who closes the input still finishes in the browser', async () => {
    const { rig } = asked(
      {
        loginResult: async () => {
          await rig.clock.sleep(2_000);
          return report();
        },
      },
      { terminal: TTY },
    );
    expect(await rig.type('login', 'notion')).toBe(0);
  });

  test.each([
    ['typed into the prompt', ['\u0003'], false],
    ['as a signal', [], true],
  ])('[login.cancel] Ctrl-C %s cancels the flow and ends with 130', async (_how, hidden, signal) => {
    const { rig, args } = asked({}, { terminal: { ...TTY, hidden } });
    if (signal) rig.clock.after(3_000, () => rig.interrupt());
    expect(await rig.type('login', 'notion')).toBe(130);
    expect(args('cancelLogin')).toEqual([[FLOW, VIEW]]);
    expect(rig.out).toBe('');
  });

  test.each<[ErrorCode, string, number, string]>([
    ['ERR_LOGIN_FAILED', 'access_denied', 3, 'holdfast: access_denied'],
    ['ERR_PENDING', 'the limit', 3, 'holdfast: notion: nobody finished the sign-in in time'],
    ['ERR_STORE_UNWRITABLE', 'the disk is full', 1, 'holdfast: the disk is full'],
  ])('%s at the end exits %#', async (code, message, exit, text) => {
    const { rig } = asked({ loginResult: () => Promise.reject(failed(code, message)) }, { terminal: TTY });
    expect(await rig.type('login', 'notion')).toBe(exit);
    expect(rig.err).toContain(text);
  });

  test('a server that is not well after the sign-in decides the exit code', async () => {
    const after: ActionReport = { snapshot: snapshotOf('notion', { status: 'failed', reason: 'refused' }), did: [] };
    const { rig } = asked({ loginResult: async () => after }, { terminal: TTY });
    expect(await rig.type('login', 'notion')).toBe(4);
  });

  test.each([
    ['--no-browser', ['--no-browser'], {}, 'Open the address in a browser.'],
    ['a BROWSER that says none', [], { env: { BROWSER: 'none' } }, 'No browser can be opened from here'],
    ['no display', [], { platform: 'linux' as const }, 'No browser can be opened from here (without a display)'],
    ['SSH', [], { env: { SSH_CONNECTION: '1 2 3 4' } }, 'No browser can be opened from here (an SSH session)'],
  ])('opens nothing with %s, and says so', async (_what, words, more, text) => {
    const { rig } = asked({ loginResult: async () => report() }, { terminal: TTY, ...more });
    expect(await rig.type('login', 'notion', ...words)).toBe(0);
    expect(rig.browsed).toEqual([]);
    expect(rig.err).toContain(text);
    expect(rig.err).toContain(URL);
  });

  test('says so when the browser does not start', async () => {
    const { rig } = asked({ loginResult: async () => report() }, { terminal: TTY, browser: false });
    await rig.type('login', 'notion');
    expect(rig.err).toContain('Your browser could not be started.');
  });

  test('[login.remote-shell] over SSH the fixed port is asked for, and how to forward it is said', async () => {
    const env = { SSH_TTY: '/dev/pts/1', USER: 'ada' };
    const { rig, args } = asked({ loginResult: async () => report() }, { terminal: TTY, env });
    await rig.type('login', 'notion');
    expect(args('startLogin')[0]?.[1]).toEqual({ remoteShell: true });
    expect(rig.err).toContain('ssh -L 4001:localhost:4001 ada@box');
  });

  test('[login.device] a device sign-in shows address and code, and asks for no paste', async () => {
    const { redirectUri: _, ...rest } = WAITING;
    const device: LoginStarted = { ...rest, url: 'https://as.example/device', userCode: 'WDJB-MJHT', listening: false };
    const { rig, args } = asked(
      { startLogin: async () => device, loginResult: async () => report() },
      { terminal: TTY },
    );
    expect(await rig.type('login', 'notion', '--device')).toBe(0);
    expect(args('startLogin')[0]?.[1]).toEqual({ method: 'device' });
    expect(rig.err).toContain('Code to type there:  WDJB-MJHT');
    expect(rig.err).toContain('  https://as.example/device\n');
    expect(rig.err).not.toContain('paste');
  });
});

describe('[login.headless] login where nobody can be asked', () => {
  test.each<[string, readonly string[], RigOptions]>([
    ['without a terminal', [], {}],
    ['with CI set', [], { terminal: TTY, env: { CI: 'true' } }],
    ['with --no-input', ['--no-input'], { terminal: TTY }],
    ['with --json', ['--json'], { terminal: TTY }],
  ])('%s no browser is opened and nothing is waited for: exit 3, address and command', async (_where, words, more) => {
    const { rig, args } = asked({}, more);
    const before = rig.clock.now();
    expect(await rig.type('login', 'notion', ...words)).toBe(3);
    expect(rig.clock.now()).toBe(before);
    expect(rig.browsed).toEqual([]);
    expect(args('loginResult')).toEqual([]);
    expect(rig.err).toContain(URL);
    expect(rig.err).toContain(`holdfast login --finish ${FLOW}`);
  });

  test('a process of its own, which ends, opens no listener; a daemon may', async () => {
    const own = asked({}, { daemon: false });
    await own.rig.type('login', 'notion');
    expect(own.args('startLogin')[0]?.[1]).toEqual({ byHand: true });
    const joined = asked();
    await joined.rig.type('login', 'notion');
    expect(joined.args('startLogin')[0]?.[1]).toEqual({});
  });

  test('the error of --json has address, flow and scopes', async () => {
    const { rig } = asked();
    await rig.type('login', 'notion', '--json');
    expect(JSON.parse(rig.err)).toMatchObject({
      error: {
        code: 'ERR_NEEDS_AUTH',
        exit: 3,
        data: { server: 'notion', url: URL, flow: FLOW, scopes: ['read', 'write'], expiresAt: WAITING.expiresAt },
      },
    });
    expect(JSON.parse(rig.out)).toMatchObject({ schema: 'login/v1', state: 'waiting', flow: FLOW });
  });

  test('a very long address is not cut', async () => {
    const url = `https://as.example/authorize?state=${'x'.repeat(6_000)}`;
    const { rig } = asked({ startLogin: async () => ({ ...WAITING, url }) });
    await rig.type('login', 'notion');
    expect(rig.err).toContain(`Open: ${url}\n`);
  });
});

describe('[login.two-steps] login --start and --finish', () => {
  test('--start --json is one pinned record, exit 0', async () => {
    const { rig } = asked();
    expect(await rig.json('login', 'notion', '--start', '--json')).toEqual({
      schema: 'login/v1',
      state: 'waiting',
      flow: FLOW,
      server: 'notion',
      url: URL,
      scopes: ['read', 'write'],
      issuer: 'https://as.example',
      expiresAt: '2026-01-01T00:10:00.000Z',
      redirectUri: 'http://localhost:4001/callback',
      listening: true,
      finish: `holdfast login --finish ${FLOW}`,
    });
    expect(rig.err).toBe('');
  });

  test('--start has the address alone on stdout, also on a terminal, and opens nothing', async () => {
    const { rig } = asked({}, { terminal: TTY });
    expect(await rig.type('login', 'notion', '--start')).toBe(0);
    expect(rig.out).toBe(`${URL}\n`);
    expect(rig.err).toBe(`Then: holdfast login --finish ${FLOW}\n`);
    expect(rig.browsed).toEqual([]);
  });

  test.each([
    ['as a word', [CALLBACK], {}],
    ['on standard input', [], { stdin: `${CALLBACK}\n` }],
    ['on standard input, by -', ['-'], { stdin: `${CALLBACK}\n` }],
    ['pasted at a terminal', [], { isTTY: true, hidden: [CALLBACK] }],
  ])('--finish takes the address %s', async (_how, words, terminal) => {
    const { rig, args } = asked({}, { terminal });
    expect(await rig.type('login', '--finish', FLOW, ...words)).toBe(0);
    expect(args('finishLogin')).toEqual([[FLOW, CALLBACK, VIEW]]);
    expect(rig.out).toContain('notion: connected');
    expect(rig.out + rig.err).not.toContain('canary-code');
  });

  test('--finish --json is a pinned record', async () => {
    const { rig } = asked();
    expect(await rig.json('login', '--finish', FLOW, CALLBACK, '--json')).toEqual({
      schema: 'login/v1',
      state: 'completed',
      server: 'notion',
      did: ['signed in at https://as.example'],
      snapshot: connected(),
    });
  });

  test('--finish --wait waits for the browser as long as it says', async () => {
    const { rig, args } = asked({ loginResult: async () => report() });
    expect(await rig.type('login', '--finish', FLOW, '--wait', '2m')).toBe(0);
    expect(args('loginResult')[0]).toMatchObject([FLOW, { timeoutMs: 120_000 }]);
    expect(args('finishLogin')).toEqual([]);
  });

  test('--finish without a daemon starts the server of the flow and no other', async () => {
    const { rig } = asked({}, { daemon: false, logins: { serverOfFlow: async () => 'notion' } });
    await rig.type('login', '--finish', FLOW, CALLBACK);
    expect(rig.limited).toEqual([['notion']]);
  });

  test.each<[ErrorCode, number]>([
    ['ERR_USAGE', 2],
    ['ERR_LOGIN_UNKNOWN', 2],
    ['ERR_LOGIN_FAILED', 3],
  ])('--finish that ends with %s exits %i', async (code, exit) => {
    const { rig } = asked({ finishLogin: () => Promise.reject(failed(code, 'no')) });
    expect(await rig.type('login', '--finish', FLOW, CALLBACK)).toBe(exit);
    expect(rig.err).not.toContain('canary-code');
  });

  test('--finish with nothing to finish with is wrong usage', async () => {
    const { rig } = asked();
    expect(await rig.type('login', '--finish', FLOW)).toBe(2);
    expect(rig.err).toContain('--finish needs the address');
  });
});

describe('the options of login', () => {
  test.each<[readonly string[], LoginOptions]>([
    [['--scopes', 'admin  read,write'], { scopes: ['admin', 'read,write'] }],
    [['--callback-port', '8123'], { callbackPort: 8_123 }],
    [['--device'], { method: 'device' }],
  ])('%j', async (words, options) => {
    const { rig, args } = asked();
    await rig.type('login', 'notion', '--start', ...words);
    expect(args('startLogin')).toEqual([['notion', options, VIEW]]);
  });

  test('--step-up asks for the consent, --decline takes it away', async () => {
    const granting = asked({ grantStepUp: async () => ({ kind: 'done', report: report() }) });
    expect(await granting.rig.type('login', 'notion', '--step-up')).toBe(0);
    expect(granting.args('grantStepUp')).toEqual([['notion', {}, VIEW]]);
    expect(granting.args('startLogin')).toEqual([]);
    const declining = asked({ declineStepUp: async () => report('notion', ['declined']) });
    expect(await declining.rig.type('login', 'notion', '--decline')).toBe(0);
    expect(declining.args('declineStepUp')).toEqual([['notion', VIEW]]);
    expect(declining.rig.out).toContain('declined');
  });

  test('a grant that needs no person is done at once, without a browser', async () => {
    const { rig } = asked({ startLogin: async () => ({ kind: 'done', report: report() }) });
    expect(await rig.type('login', 'notion')).toBe(0);
    expect(rig.browsed).toEqual([]);
    expect(rig.out).toContain('notion: connected');
  });

  test.each<[readonly string[], string]>([
    [[], 'login needs NAME or --all'],
    [['notion', '--all'], 'give names, or --all'],
    [['notion', '--step-up', '--decline'], '--decline and --step-up do not go together'],
    [['notion', '--start', '--decline'], '--decline and --start do not go together'],
    [['--finish', FLOW, '--all'], '--finish is about one sign-in'],
    [['--finish', FLOW, 'a', 'b'], '--finish takes one address'],
    [['notion', '--wait', '2s'], '--wait goes with --finish'],
    [['notion', '--callback-port', '70000'], '--callback-port needs a port from 1 to 65535'],
    [['notion', '--profile', 'a b'], 'the name of a profile is'],
  ])('%j is refused', async (words, text) => {
    const { rig, args } = asked();
    expect(await rig.type('login', ...words)).toBe(2);
    expect(rig.err).toContain(text);
    expect(args('startLogin')).toEqual([]);
  });

  test('an unknown server is told with the nearest name', async () => {
    const { rig } = asked();
    expect(await rig.type('login', 'notoin')).toBe(6);
    expect(rig.err).toContain('Did you mean "notion"?');
  });
});

describe('[login.all] login --all', () => {
  const servers = [
    needing('one'),
    snapshotOf('fine'),
    needing('two', { reason: 'sign-in-expired' }),
    needing('mine', { reason: 'client-registration-refused', next: ['edit', 'authenticate'] }),
    snapshotOf('more', { stepUp: { scopes: ['x'] }, next: ['grant-access', 'not-now'] }),
    snapshotOf('headers', { status: 'needs-auth', reason: 'credentials-rejected', signIn: 'headers' }),
  ];

  test('signs in one after another to every server that needs it, and to no other', async () => {
    const order: string[] = [];
    const begin = async (name: string): Promise<LoginStarted> => {
      order.push(`begin ${name}`);
      return { ...WAITING, server: name, flow: name };
    };
    const { rig, args } = asked(
      {
        startLogin: begin,
        grantStepUp: begin,
        loginResult: async (flow) => {
          order.push(`end ${flow}`);
          return report(flow);
        },
      },
      { snapshots: servers, terminal: TTY },
    );
    expect(await rig.type('login', '--all')).toBe(0);
    expect(order).toEqual(['begin one', 'end one', 'begin two', 'end two', 'begin more', 'end more']);
    expect(args('grantStepUp')).toHaveLength(1);
  });

  test('one that fails does not keep the others from it, and decides the exit code', async () => {
    const { rig } = asked(
      {
        startLogin: async (name) => {
          if (name === 'one') throw failed('ERR_LOGIN_FAILED', 'one: no way to sign in');
          return { kind: 'done', report: report(name) };
        },
        grantStepUp: async (name) => ({ kind: 'done', report: report(name) }),
      },
      { snapshots: servers },
    );
    expect(await rig.type('login', '--all')).toBe(3);
    expect(rig.err).toContain('one: no way to sign in');
    expect(rig.out).toContain('two: connected');
    expect(rig.out).toContain('more: connected');
  });

  test('Ctrl-C ends the row', async () => {
    const { rig, args } = asked({}, { snapshots: servers, terminal: { ...TTY, hidden: ['\u0003'] } });
    expect(await rig.type('login', '--all')).toBe(130);
    expect(args('startLogin')).toHaveLength(1);
  });

  test('where none needs it that is said, exit 0', async () => {
    const { rig } = asked({}, { snapshots: [snapshotOf('fine')] });
    expect(await rig.type('login', '--all')).toBe(0);
    expect(rig.err).toBe('No server needs a sign-in.\n');
  });
});

describe('[login.profile] --profile', () => {
  test('signs in with that account and binds the server to it here', async () => {
    const { rig, args } = asked({ loginResult: async () => report() }, { terminal: TTY });
    expect(await rig.type('login', 'notion', '--profile', 'work')).toBe(0);
    expect(args('startLogin')[0]?.[2]).toEqual({ ...VIEW, profile: 'work' });
    expect(args('setProfile')).toEqual([['notion', 'work', VIEW]]);
    expect(rig.out).toContain('uses the account here');
  });

  test('default takes the binding away', async () => {
    const { rig, args } = asked({ startLogin: async () => ({ kind: 'done', report: report() }) });
    await rig.type('login', 'notion', '--profile', 'default');
    expect(args('setProfile')).toEqual([['notion', undefined, VIEW]]);
  });

  test('is part of the commands that are printed', async () => {
    const { rig } = asked();
    await rig.type('login', 'notion', '--profile', 'work', '--start');
    expect(rig.err).toContain(`holdfast login --finish ${FLOW} --profile work`);
  });

  test('without it nothing is bound, and a binding that fails does not undo the login', async () => {
    const plain = asked({ startLogin: async () => ({ kind: 'done', report: report() }) });
    await plain.rig.type('login', 'notion');
    expect(plain.args('setProfile')).toEqual([]);
    const stuck = asked({
      startLogin: async () => ({ kind: 'done', report: report() }),
      setProfile: () => Promise.reject(failed('ERR_CONFIG_LOCKED', 'the overlay is locked')),
    });
    expect(await stuck.rig.type('login', 'notion', '--profile', 'work')).toBe(0);
    expect(stuck.rig.out).toContain('signed in, but the account could not be made the one of this folder');
  });

  test('other verbs look with that account', async () => {
    const { rig, args } = asked();
    await rig.type('status', '--profile', 'work');
    expect(args('snapshots')[0]?.[0]).toEqual({ ...VIEW, profile: 'work' });
  });
});

describe('[login.logout] logout', () => {
  const after: ActionReport = { snapshot: needing('notion'), did: ['revoked it', 'forgot the sign-in'] };

  test.each<[readonly string[], object]>([
    [[], { local: false, client: false }],
    [['--local'], { local: true, client: false }],
    [['--client'], { local: false, client: true }],
  ])('%j', async (words, options) => {
    const { rig, args } = asked({ logout: async () => after });
    expect(await rig.type('logout', 'notion', ...words)).toBe(0);
    expect(args('logout')).toEqual([['notion', options, VIEW]]);
    expect(rig.out).toContain('revoked it · forgot the sign-in');
    expect(rig.out).toContain('Next: holdfast login notion');
  });

  test('--json has what was done', async () => {
    const { rig } = asked({ logout: async () => after });
    expect(await rig.json('logout', 'notion', '--json')).toEqual({
      schema: 'action/v1',
      action: 'logout',
      results: [{ name: 'notion', ...after }],
    });
  });
});

describe('[login.told] a login in what is shown', () => {
  const held = (more: Partial<CredentialInfo> = {}): Snapshot => snapshotOf('notion', { login: { ...LOGIN, ...more } });

  test.each<[string, Snapshot, string]>([
    ['a login', held(), ' oauth '],
    ['another account', held({ profile: 'work' }), ' oauth · work '],
    ['one that cannot be renewed', held({ renewable: false }), ' oauth · ends in 50m '],
    ['a server that only offers it', needing('notion'), ' oauth '],
    ['one with headers of its own', { ...held(), signIn: 'headers' }, ' headers '],
    ['a process', snapshotOf('x', { signIn: 'stdio' }), ' – '],
  ])('the column SIGN-IN of %s', async (_what, snapshot, cell) => {
    const rig = cliRig({ snapshots: [snapshot], daemon: true });
    await rig.type('status');
    expect(rig.out.split('\n')[1]).toContain(cell);
  });
});
