/**
 * Signing in and out through the fleet, and what changes of a login do to its connections (BEHAVIOUR §5, §6, §8).
 *
 * @module
 */
import { afterEach, describe, expect, test } from 'vitest';
import { HoldfastError } from '../../../src/base/errors.ts';
import { resolveNumbers } from '../../../src/core/numbers.ts';
import type { MemoryRig, SignInServer } from '../../support/memory-rig.ts';
import { memoryRig, signedIn } from '../../support/memory-rig.ts';

type Signed = MemoryRig & { readonly server: SignInServer };
let rig: Signed | undefined;
let other: MemoryRig | undefined;
afterEach(async () => {
  await rig?.end();
  await other?.end();
  rig = undefined;
  other = undefined;
});

const failure = async (work: Promise<unknown>): Promise<HoldfastError> => {
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(HoldfastError);
  return error as HoldfastError;
};

async function signedOut(): Promise<Signed> {
  rig = await signedIn({ out: true });
  expect(await rig.fleet.snapshot('a')).toMatchObject({ status: 'needs-auth', reason: 'sign-in-required' });
  return rig;
}

describe('a sign-in', () => {
  test('[login.acts] [login.snapshot] waits for a person, is shown while it waits, and ends connected', async () => {
    const r = await signedOut();
    const before = await r.fleet.snapshot('a');
    expect(before).toMatchObject({ signIn: 'none', offersOAuth: true });
    expect(before.next[0]).toBe('authenticate');
    const started = await r.soon(r.fleet.startLogin('a'));
    expect(started).toMatchObject({ kind: 'waiting', server: 'a', scopes: ['mcp:read'] });
    if (started.kind !== 'waiting') return;
    expect(await r.fleet.snapshot('a')).toMatchObject({
      signingIn: { flow: started.flow, url: started.url, expiresAt: started.expiresAt, stepUp: false },
    });
    expect(r.told('auth.url')).toMatchObject([{ url: started.url, flow: started.flow }]);
    const waiting = r.fleet.loginResult(started.flow);
    await r.clock.advance(5_000);
    r.world.signIns.approve();
    const report = await r.soon(waiting);
    expect(report.did[0]).toContain('signed in at https://auth.test (mcp:read)');
    expect(report.snapshot).toMatchObject({
      status: 'connected',
      signIn: 'oauth',
      login: { issuer: 'https://auth.test', scopes: ['mcp:read'] },
      expiresAt: report.snapshot.login?.expiresAt,
    });
    expect(report.snapshot).not.toHaveProperty('signingIn');
    expect(report.snapshot.next.slice(0, 3)).toEqual(['reconnect', 're-authenticate', 'clear-authentication']);
    expect(r.told('auth.completed')).toMatchObject([{ server: 'a', scopes: ['mcp:read'], flow: started.flow }]);
    expect(JSON.stringify([report, r.events])).not.toContain('memory-token');
    // One contact with the login, however many told of it.
    expect(r.server.opens.filter(({ headers }) => headers['authorization'] !== undefined)).toHaveLength(1);
  });

  test('[login.acts] begins when the first contact has told what the server asks for', async () => {
    rig = await signedIn({
      out: true,
      before: (server) => {
        server.latencyMs = 2_000;
      },
    });
    const r = rig;
    expect(await r.fleet.snapshot('a')).toMatchObject({ status: 'pending' });
    const starting = r.fleet.startLogin('a');
    await r.clock.advance(500);
    expect(r.world.signIns.begun).toEqual([]);
    const started = await r.soon(starting, 3_000);
    expect(started).toMatchObject({ kind: 'waiting', scopes: ['mcp:read'] });
    expect(r.server.opens).toHaveLength(1);
  });

  test('[login.acts] does not wait for a server that says nothing', async () => {
    rig = await signedIn({ out: true, before: (server) => server.down('hang') });
    const r = rig;
    const starting = r.fleet.startLogin('a');
    await r.clock.advance(4_000);
    expect(r.world.signIns.begun).toEqual([]);
    expect(await r.soon(starting, 1_200)).toMatchObject({ kind: 'waiting' });
    expect(await r.soon(failure(r.fleet.grantStepUp('a')), 6_000)).toMatchObject({ code: 'ERR_USAGE' });
  });

  test('[login.acts] is finished by the pasted address; that of another sign-in changes nothing', async () => {
    const r = await signedOut();
    const started = await r.soon(r.fleet.startLogin('a', { byHand: true }));
    if (started.kind !== 'waiting') throw new Error('it was to wait');
    const wrong = await r.soon(
      failure(r.fleet.finishLogin(started.flow, 'http://localhost/callback?code=1&state=other')),
    );
    expect(wrong.code).toBe('ERR_USAGE');
    const report = await r.soon(
      r.fleet.finishLogin(started.flow, `http://localhost/callback?code=1&state=${started.flow}`),
    );
    expect(report.snapshot.status).toBe('connected');
  });

  test('[login.acts] a second start gives the one that waits; one with other wishes is another', async () => {
    const r = await signedOut();
    const [one, two] = await r.soon(Promise.all([r.fleet.startLogin('a'), r.fleet.startLogin('a', { scopes: ['x'] })]));
    const again = await r.soon(r.fleet.startLogin('a'));
    expect(again).toEqual(one);
    expect(two).not.toEqual(one);
    expect(two).toMatchObject({ scopes: ['x'] });
  });

  test.each([
    ['the person says no', async (r: MemoryRig) => r.world.signIns.deny(), 'access_denied'],
    ['it is cancelled', (r: MemoryRig) => r.fleet.cancelLogin(r.world.signIns.waiting[0]?.flow ?? ''), 'cancelled'],
    ['nobody comes', (r: MemoryRig) => r.clock.advance(600_000), 'expired'],
  ])('[login.acts] fails when %s, and the server stays as it is', async (_when, act, error) => {
    const r = await signedOut();
    const started = await r.soon(r.fleet.startLogin('a'));
    if (started.kind !== 'waiting') throw new Error('it was to wait');
    const result = failure(r.fleet.loginResult(started.flow));
    await act(r);
    await r.clock.settle();
    expect(await result).toMatchObject({ code: 'ERR_LOGIN_FAILED', data: { server: 'a', error, flow: started.flow } });
    expect(r.told('auth.failed')).toMatchObject([{ server: 'a', error, flow: started.flow }]);
    const snapshot = await r.fleet.snapshot('a');
    expect(snapshot).toMatchObject({ status: 'needs-auth', reason: 'sign-in-required' });
    expect(snapshot).not.toHaveProperty('signingIn');
  });

  test('[login.acts] the wait for it has limits, and its id must be one', async () => {
    const r = await signedOut();
    const started = await r.soon(r.fleet.startLogin('a'));
    if (started.kind !== 'waiting') throw new Error('it was to wait');
    const late = failure(r.fleet.loginResult(started.flow, { timeoutMs: 1_000 }));
    const stop = new AbortController();
    const left = r.fleet.loginResult(started.flow, { signal: stop.signal }).catch((error: unknown) => error);
    stop.abort(new Error('enough'));
    expect(await left).toMatchObject({ message: 'enough' });
    expect(await r.soon(late, 1_100)).toMatchObject({ code: 'ERR_PENDING', data: { flow: started.flow } });
    expect(await r.soon(failure(r.fleet.loginResult('nothing')))).toMatchObject({ code: 'ERR_LOGIN_UNKNOWN' });
    expect(await r.soon(failure(r.fleet.finishLogin('nothing', 'x')))).toMatchObject({ code: 'ERR_LOGIN_UNKNOWN' });
  });

  test('[login.acts] is done at once where the grant takes no person', async () => {
    rig = await signedIn({ entry: { url: 'http://a.test/mcp', oauth: { grant: 'client_credentials' } }, out: true });
    const started = await rig.soon(rig.fleet.startLogin('a'));
    expect(started).toMatchObject({ kind: 'done', report: { snapshot: { status: 'connected' } } });
    expect(rig.told('auth.completed')).toHaveLength(1);
  });

  test('[login.acts] says why none is possible; a refused registration becomes the state until the next contact', async () => {
    const r = await signedOut();
    r.server.authority.impossible = { reason: 'client-registration-refused', detail: 'only known clients' };
    const error = await r.soon(failure(r.fleet.startLogin('a')));
    expect(error).toMatchObject({ code: 'ERR_LOGIN_FAILED', data: { reason: 'client-registration-refused' } });
    expect(error.message).toContain('only known clients');
    const snapshot = await r.fleet.snapshot('a');
    expect(snapshot).toMatchObject({ status: 'needs-auth', reason: 'client-registration-refused' });
    expect(snapshot.nextRetryAt).toBeDefined();
    expect(snapshot.next).toContain('edit');
    r.server.authority.impossible = { reason: 'timeout', detail: 'nobody answers' };
    await r.soon(failure(r.fleet.startLogin('a')));
    const report = await r.soon(r.fleet.reconnect('a'));
    expect(report.snapshot.reason).toBe('sign-in-required');
  });

  test('[login.acts] is none of a process, and none where a person must decide first', async () => {
    other = await memoryRig((world) => {
      world.add('p', { command: 'run' });
      world.add('off', { url: 'http://off.test/mcp', disabled: true });
      world.add('asks', { url: 'http://asks.test/mcp' }, 'awaiting');
    });
    const r = other;
    expect(await r.soon(failure(r.fleet.startLogin('p')))).toMatchObject({ code: 'ERR_USAGE' });
    expect(await r.soon(failure(r.fleet.logout('p')))).toMatchObject({ code: 'ERR_USAGE' });
    expect(await r.soon(failure(r.fleet.startLogin('off')))).toMatchObject({ code: 'ERR_BLOCKED' });
    expect(await r.soon(failure(r.fleet.startLogin('asks')))).toMatchObject({ code: 'ERR_BLOCKED' });
    expect(await r.soon(failure(r.fleet.startLogin('no')))).toMatchObject({ code: 'ERR_SERVER_UNKNOWN' });
  });

  test('[heal.no-oauth-over-headers] over a server with headers is only a person’s wish, and then its own', async () => {
    other = await memoryRig((world) => {
      const server = world.addSignIn('a', { url: 'http://a.test/mcp', headers: { authorization: 'Bearer old' } });
      server.authority.asks = false;
    });
    const r = other;
    const before = await r.fleet.snapshot('a');
    expect(before).toMatchObject({ status: 'needs-auth', reason: 'credentials-rejected', signIn: 'headers' });
    expect(before.next[0]).toBe('reconnect');
    expect(before.next).toContain('authenticate');
    await r.clock.advance(3_600_000);
    expect(r.world.signIns.begun).toEqual([]);
    expect((await r.soon(r.fleet.startLogin('a'))).kind).toBe('done');
    expect(await r.fleet.snapshot('a')).toMatchObject({ status: 'connected', signIn: 'headers', login: {} });
    const off = (await r.soon(r.fleet.disable('a'))).snapshot;
    expect(off.next.slice(0, 2)).toEqual(['enable', 'clear-authentication']);
  });
});

describe('a login that changes', () => {
  const entry = { url: 'http://a.test/mcp' };

  test('[login.taken-over] connects every server of its url and account at once', async () => {
    rig = await signedIn({
      out: true,
      before: (_server, world) => {
        world.add('twin', { ...entry, holdfast: { firstByteMs: 5 } });
        world.addSignIn('else', { url: 'http://else.test/mcp' });
      },
    });
    const r = rig;
    await r.soon(r.fleet.startLogin('a'));
    r.world.signIns.approve();
    await r.clock.advance(50);
    expect((await r.fleet.snapshots()).map(({ name, status }) => [name, status])).toEqual([
      ['a', 'connected'],
      ['twin', 'connected'],
      ['else', 'needs-auth'],
    ]);
  });

  test('[login.taken-over] is taken over by what is connected, without a reconnect and with calls in flight', async () => {
    rig = await signedIn();
    const r = rig;
    const [session] = r.server.sessions;
    const before = session?.headers['authorization'];
    r.server.latencyMs = 500;
    const flying = r.fleet.request('a', 'tools/call', { name: 'echo', arguments: {} });
    await r.clock.advance(20);
    const started = await r.soon(r.fleet.startLogin('a'), 20);
    if (started.kind !== 'waiting') throw new Error('it was to wait');
    r.world.signIns.approve();
    await r.clock.advance(20);
    expect(session?.headers['authorization']).not.toBe(before);
    await expect(r.soon(flying, 1_000)).resolves.toBeDefined();
    expect(r.server.sessions).toEqual([session]);
    expect(r.told('server.status').filter(({ to }) => to !== 'connected')).toEqual([]);
  });

  test('[login.acts] signing out revokes, forgets, and contacts the server without it', async () => {
    rig = await signedIn();
    const r = rig;
    const report = await r.soon(r.fleet.logout('a'));
    expect(report.did).toContain('revoked and forgot the sign-in');
    expect(report.snapshot).toMatchObject({ status: 'needs-auth', reason: 'sign-in-required', signIn: 'none' });
    expect(report.snapshot).not.toHaveProperty('login');
    expect(r.server.opens.at(-1)?.headers).toEqual({});
    expect(await r.fleet.credentials()).toEqual([]);
    const again = await r.soon(r.fleet.logout('a', { local: true, client: true }));
    expect(again.did).toContain('forgot the client registration');
    expect(r.world.signIns.forgotten).toEqual([
      { server: 'a', revoked: true, client: false },
      { server: 'a', revoked: false, client: true },
    ]);
  });

  test('[login.taken-over] that is forgotten elsewhere is used no longer', async () => {
    rig = await signedIn();
    const r = rig;
    const { servers } = await r.world.config.load(r.world.view);
    const effective = await r.world.config.resolve(servers[0] as (typeof servers)[number], r.world.view);
    if ('reason' in effective) throw new Error(effective.reason);
    const signal = new AbortController().signal;
    await r.world.signIns.forget(effective, { revoke: false, numbers: resolveNumbers(), signal });
    await r.clock.advance(50);
    expect(await r.fleet.snapshot('a')).toMatchObject({ status: 'needs-auth', reason: 'sign-in-required' });
  });

  test('[login.snapshot] is listed, and offered to be cleared where the server is switched off', async () => {
    rig = await signedIn();
    const r = rig;
    expect(await r.fleet.credentials()).toMatchObject([
      { server: 'http://a.test/mcp', profile: 'default', scopes: ['mcp:read'] },
    ]);
    await r.soon(r.fleet.disable('a'));
    const snapshot = await r.fleet.snapshot('a');
    expect(snapshot).toMatchObject({ status: 'disabled', login: { scopes: ['mcp:read'] } });
    expect(snapshot.next.slice(0, 2)).toEqual(['enable', 'clear-authentication']);
  });
});

describe('[login.reset] a reset', () => {
  test.each([
    [{}, [], true],
    [{ client: true }, [{ server: 'a', revoked: false, client: true }], true],
    [{ credentials: true }, [{ server: 'a', revoked: false, client: false }], false],
    [{ credentials: true, client: true }, [{ server: 'a', revoked: false, client: true }], false],
  ])(
    'with %j forgets what it says, and nothing is told to the authorization server',
    async (options, forgotten, kept) => {
      rig = await signedIn();
      const r = rig;
      const report = await r.soon(r.fleet.reset('a', options));
      expect(r.world.signIns.forgotten).toEqual(forgotten);
      expect(report.snapshot.status).toBe(kept ? 'connected' : 'needs-auth');
      expect(await r.fleet.credentials()).toHaveLength(kept ? 1 : 0);
    },
  );
});

describe('[login.profiles] accounts', () => {
  test('are connections of their own, each with its own login', async () => {
    rig = await signedIn();
    const r = rig;
    const work = { ...r.world.view, profile: 'work' };
    expect(await r.soon(r.fleet.settled({ timeoutMs: 1_000, view: work }))).toMatchObject([{ status: 'needs-auth' }]);
    const started = await r.soon(r.fleet.startLogin('a', {}, work));
    if (started.kind !== 'waiting') throw new Error('it was to wait');
    r.world.signIns.approve();
    const report = await r.soon(r.fleet.loginResult(started.flow, { view: work }));
    expect(report.snapshot).toMatchObject({ status: 'connected', login: { profile: 'work' } });
    expect(await r.fleet.snapshot('a')).toMatchObject({ login: { profile: 'default' } });
    await r.soon(r.fleet.logout('a', {}, work));
    // Nothing of it is this account's business.
    expect(r.told('server.status')).toEqual([]);
    expect(r.told('auth.completed')).toEqual([]);
    expect((await r.fleet.snapshot('a')).status).toBe('connected');
    expect((await r.fleet.snapshot('a', work)).status).toBe('needs-auth');
  });

  test('can be bound to the server, for callers that name none', async () => {
    rig = await signedIn();
    const r = rig;
    const bound = await r.soon(r.fleet.setProfile('a', 'work'));
    expect(bound.did).toEqual(expect.arrayContaining(['bound to the account "work"']) as string[]);
    expect(bound.snapshot.status).toBe('needs-auth');
    const named = { ...r.world.view, profile: 'default' };
    expect(await r.soon(r.fleet.settled({ timeoutMs: 1_000, view: named }))).toMatchObject([{ status: 'connected' }]);
    const free = await r.soon(r.fleet.setProfile('a', undefined));
    expect(free.snapshot).toMatchObject({ status: 'connected', login: { profile: 'default' } });
  });
});

test('[fleet.no-lost-wait] a closed fleet ends every wait for a person, and the sign-ins with it', async () => {
  const r = await signedOut();
  const started = await r.soon(r.fleet.startLogin('a'));
  if (started.kind !== 'waiting') throw new Error('it was to wait');
  const waiting = failure(r.fleet.loginResult(started.flow));
  await r.fleet.close();
  expect(await waiting).toMatchObject({ code: 'ERR_CLOSED' });
  await r.clock.settle();
  expect(r.clock.pending).toBe(0);
});
