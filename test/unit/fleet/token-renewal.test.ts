/**
 * Tokens that end: refused ones, renewed ones, and those that cannot be renewed for now (BEHAVIOUR §3, §6).
 *
 * @module
 */
import { afterEach, describe, expect, test } from 'vitest';
import type { HoldfastError } from '../../../src/base/errors.ts';
import type { MemoryRig, SignInServer } from '../../support/memory-rig.ts';
import { signedIn } from '../../support/memory-rig.ts';

type Signed = MemoryRig & { readonly server: SignInServer };
let rig: Signed | undefined;
afterEach(async () => {
  await rig?.end();
  rig = undefined;
});

async function connected(): Promise<Signed> {
  rig = await signedIn();
  expect((await rig.fleet.snapshot('a')).status).toBe('connected');
  return rig;
}

const echo = (r: MemoryRig): Promise<unknown> => r.fleet.request('a', 'tools/call', { name: 'echo', arguments: {} });
const failure = (work: Promise<unknown>): Promise<HoldfastError> =>
  work.then(
    () => expect.unreachable('it was to fail'),
    (error: unknown) => error as HoldfastError,
  );
const tokens = ({ server }: Signed): readonly (string | undefined)[] =>
  server.opens.map(({ headers }) => headers['authorization']);

describe('[login.renewed-ahead] a token that is about to end', () => {
  test('is renewed once before that, and the open session goes on with the new one', async () => {
    const r = await connected();
    const [session] = r.server.sessions;
    const before = session?.headers['authorization'];
    const { expiresAt } = await r.fleet.snapshot('a');
    await r.clock.advance(3_530_000);
    expect(r.server.authority.refreshes).toBe(0);
    await r.clock.advance(60_000);
    expect(r.server.authority.refreshes).toBe(1);
    expect(session?.headers['authorization']).not.toBe(before);
    expect(r.server.sessions).toEqual([session]);
    const after = await r.fleet.snapshot('a');
    expect(after.status).toBe('connected');
    expect(Date.parse(after.expiresAt ?? '')).toBeGreaterThan(Date.parse(expiresAt ?? ''));
    expect(r.told('auth.refreshed')).toMatchObject([{ server: 'a', expiresAt: after.expiresAt }]);
  });

  test('is renewed hour after hour, once each', async () => {
    const r = await connected();
    await r.clock.advance(24 * 3_600_000);
    expect(r.server.authority.refreshes).toBe(24);
    expect(r.told('auth.refreshed')).toHaveLength(24);
    expect(r.server.opens.filter(({ outcome }) => outcome === 'ok')).toHaveLength(1);
    expect((await r.fleet.snapshot('a')).status).toBe('connected');
  });

  test('[login.refresh-failed] that cannot be renewed for now keeps the server connected while it lives, then refresh-failed', async () => {
    const r = await connected();
    r.server.authority.refresh = 'down';
    await r.clock.advance(3_590_000);
    const mid = await r.fleet.snapshot('a');
    expect(mid.status).toBe('connected');
    expect(mid.timeline.filter(({ text }) => text.includes('could not be renewed'))).toHaveLength(1);
    // The end of the token is noticed when it comes, not by the next pulse.
    await r.clock.advance(Date.parse(mid.expiresAt ?? '') - r.clock.now() + 2_000);
    expect(await r.fleet.snapshot('a')).toMatchObject({ reason: 'refresh-failed' });
    await r.clock.advance(400_000);
    const late = await r.fleet.snapshot('a');
    expect(late).toMatchObject({ reason: 'refresh-failed', login: { status: 'live' } });
    expect(late.status).not.toBe('needs-auth');
    expect(r.told('server.status').some(({ to }) => to === 'needs-auth')).toBe(false);
    expect(r.world.signIns.waiting).toEqual([]);
    r.server.authority.refresh = 'ok';
    await r.clock.advance(400_000);
    expect((await r.fleet.snapshot('a')).status).toBe('connected');
  });

  test('that the authorization server refuses to renew is used until it ends, then needs-auth', async () => {
    const r = await connected();
    r.server.authority.refresh = 'refused';
    await r.clock.advance(3_560_000);
    expect(await r.fleet.snapshot('a')).toMatchObject({ status: 'connected', login: { status: 'refused' } });
    expect(r.told('auth.failed')).toMatchObject([{ reason: 'sign-in-expired', error: 'invalid_grant' }]);
    await r.clock.advance(400_000);
    const snapshot = await r.fleet.snapshot('a');
    expect(snapshot).toMatchObject({ status: 'needs-auth', reason: 'sign-in-expired', detail: 'invalid_grant' });
    expect(r.told('auth.failed')).toHaveLength(1);
    expect(snapshot.next[0]).toBe('authenticate');
    expect(r.told('auth.required').at(-1)).toMatchObject({ kind: 'sign-in' });
  });
});

describe('[login.401-refresh] a token that the server refuses', () => {
  test('is renewed once for all calls that met it, and each call goes once more', async () => {
    const r = await connected();
    await r.clock.advance(120_000);
    r.server.authority.revokeAll();
    const calls = Array.from({ length: 20 }, () => echo(r));
    await r.clock.advance(200);
    expect(await Promise.all(calls)).toHaveLength(20);
    expect(r.server.authority.refreshes).toBe(1);
    expect(r.server.sessions).toHaveLength(1);
    expect((await r.fleet.snapshot('a')).status).toBe('connected');
  });

  test('is renewed where another process had renewed it before, and that token is refused as well', async () => {
    const r = await connected();
    await r.clock.advance(120_000);
    r.server.authority.revokeAll();
    r.server.authority.renewedElsewhere = 1;
    await expect(r.soon(echo(r), 200)).resolves.toBeDefined();
    expect(r.server.authority).toMatchObject({ refreshes: 1, renewedElsewhere: 0 });
    expect(r.told('server.status').some(({ to }) => to !== 'connected')).toBe(false);
  });

  test.each(['connect', 'contact'])('so is one of a %s', async (by) => {
    const r = await connected();
    await r.clock.advance(120_000);
    r.server.authority.revokeAll();
    r.server.authority.renewedElsewhere = 1;
    if (by === 'connect') await r.soon(r.fleet.reconnect('a'), 500);
    else await r.clock.advance(400_000);
    expect(r.server.authority).toMatchObject({ refreshes: 1, renewedElsewhere: 0 });
    expect(r.told('server.status').some(({ to }) => to === 'needs-auth')).toBe(false);
    expect((await r.fleet.snapshot('a')).status).toBe('connected');
  });

  test('is noticed by a contact of our own, too', async () => {
    const r = await connected();
    await r.clock.advance(70_000);
    r.server.authority.revokeAll();
    await r.clock.advance(400_000);
    expect(r.server.authority.refreshes).toBe(1);
    expect(r.told('server.status').some(({ to }) => to !== 'connected')).toBe(false);
  });

  test('ends as sign-in-expired where the authorization server refuses as well', async () => {
    const r = await connected();
    await r.clock.advance(120_000);
    r.server.authority.revokeAll();
    r.server.authority.refresh = 'refused';
    const error = await r.soon(failure(echo(r)), 200);
    expect(error).toMatchObject({ code: 'ERR_NEEDS_AUTH', data: { reason: 'sign-in-expired' } });
    expect(await r.fleet.snapshot('a')).toMatchObject({ status: 'needs-auth', reason: 'sign-in-expired' });
  });

  test('[login.refresh-failed] never ends as needs-auth where the authorization server does not answer', async () => {
    const r = await connected();
    await r.clock.advance(120_000);
    r.server.authority.revokeAll();
    r.server.authority.refresh = 'down';
    const error = await r.soon(failure(echo(r)), 200);
    expect(error).toMatchObject({ code: 'ERR_UNREACHABLE', data: { reason: 'refresh-failed' } });
    expect((await r.fleet.snapshot('a')).reason).toBe('refresh-failed');
    await r.clock.advance(600_000);
    expect(await r.fleet.snapshot('a')).toMatchObject({ status: 'failed', reason: 'refresh-failed' });
    r.server.authority.refresh = 'ok';
    await r.clock.advance(5_100);
    await expect(r.soon(echo(r))).resolves.toBeDefined();
    expect(r.told('server.status').some(({ to }) => to === 'needs-auth')).toBe(false);
  });

  test('[connect.401-token] costs one refresh and one contact more on a connect; then at most one refresh a minute', async () => {
    const r = await connected();
    await r.clock.advance(120_000);
    const good = r.server.authority.check.bind(r.server.authority);
    r.server.authority.check = () => ({ kind: 'http', status: 401, challenges: [] });
    const opens = r.server.opens.length;
    await r.soon(r.fleet.reconnect('a'));
    expect(r.server.opens.length - opens).toBe(2);
    expect(new Set(tokens(r).slice(opens)).size).toBe(2);
    expect(await r.fleet.snapshot('a')).toMatchObject({ status: 'needs-auth', reason: 'sign-in-expired' });
    const before = r.server.authority.refreshes;
    for (let n = 0; n < 60; n += 1) {
      const call = failure(echo(r));
      await r.clock.advance(5_000);
      await call;
    }
    expect(r.server.authority.refreshes - before).toBeLessThanOrEqual(6);
    r.server.authority.check = good;
    await r.clock.advance(5_100);
    await expect(r.soon(echo(r))).resolves.toBeDefined();
  });

  test('is asked about in the background with the token held, so that a server that was wrong heals', async () => {
    const r = await connected();
    await r.clock.advance(120_000);
    const good = r.server.authority.check.bind(r.server.authority);
    r.server.authority.check = () => ({ kind: 'http', status: 401, challenges: [] });
    await r.soon(r.fleet.reconnect('a'));
    expect((await r.fleet.snapshot('a')).status).toBe('needs-auth');
    r.server.authority.check = good;
    await r.clock.advance(400_000);
    expect((await r.fleet.snapshot('a')).status).toBe('connected');
    expect(tokens(r).at(-1)).toMatch(/^Bearer /);
  });
});

test('[login.never-blocks] a login that has ended keeps nobody from a server that asks for none any more', async () => {
  const r = await connected();
  r.server.authority.refresh = 'refused';
  await r.clock.advance(4_000_000);
  expect(await r.fleet.snapshot('a')).toMatchObject({ status: 'needs-auth', reason: 'sign-in-expired' });
  const opens = r.server.opens.length;
  expect((await r.soon(r.fleet.reconnect('a'))).snapshot.status).toBe('needs-auth');
  expect(r.server.opens.length).toBeGreaterThan(opens);
  r.server.authority.check = () => undefined;
  expect((await r.soon(r.fleet.reconnect('a'))).snapshot.status).toBe('connected');
});

test('[heal.sign-in-probe] a server that demands a sign-in only for a while heals by a probe without credentials', async () => {
  rig = await signedIn({ out: true });
  const good = rig.server.authority.check.bind(rig.server.authority);
  rig.server.authority.check = () => undefined;
  await rig.clock.advance(400_000);
  expect((await rig.fleet.snapshot('a')).status).toBe('connected');
  expect(tokens(rig).every((token) => token === undefined)).toBe(true);
  rig.server.authority.check = good;
});
