/**
 * Rights that a connected server asks for in addition (BEHAVIOUR §7).
 *
 * @module
 */
import { afterEach, describe, expect, test } from 'vitest';
import { HoldfastError } from '../../../src/base/errors.ts';
import type { MemoryRig, SignInServer } from '../../support/memory-rig.ts';
import { memoryRig, signedIn } from '../../support/memory-rig.ts';

let rig: (MemoryRig & { readonly server: SignInServer }) | undefined;
let other: MemoryRig | undefined;
afterEach(async () => {
  await rig?.end();
  await other?.end();
  rig = undefined;
  other = undefined;
});

type Interaction = 'none' | 'url' | 'browser';

const call = (r: MemoryRig, interaction?: Interaction, more: object = {}): Promise<unknown> =>
  r.fleet.request(
    'a',
    'tools/call',
    { name: 'write', arguments: { x: 1 } },
    {
      ...(interaction === undefined ? {} : { interaction }),
      ...more,
    },
  );

const failure = async (work: Promise<unknown>): Promise<HoldfastError> => {
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(HoldfastError);
  return error as HoldfastError;
};

/** A signed-in server whose tool `write` needs more than the login has. */
async function lacking(
  scopes: readonly string[] = ['mcp:write'],
): Promise<MemoryRig & { readonly server: SignInServer }> {
  rig = await signedIn({
    before: (server) => {
      server.authority.toolScopes = { write: scopes };
    },
  });
  expect((await rig.fleet.snapshot('a')).status).toBe('connected');
  return rig;
}

describe('a call for which nobody may be asked', () => {
  test('[stepup.headless] [stepup.connected] ends at once with the scopes and the action; the server stays connected', async () => {
    const r = await lacking();
    const error = await r.soon(failure(call(r)), 20);
    expect(error.code).toBe('ERR_STEP_UP_REQUIRED');
    expect(error.data).toMatchObject({
      server: 'a',
      missingScopes: ['mcp:write'],
      action: 'grant-access',
      tool: 'write',
      sent: 'rejected',
    });
    expect(error.data).not.toHaveProperty('url');
    const snapshot = await r.fleet.snapshot('a');
    expect(snapshot).toMatchObject({ status: 'connected', stepUp: { scopes: ['mcp:write'], tool: 'write' } });
    expect(snapshot.next.slice(0, 2)).toEqual(['grant-access', 'not-now']);
    expect(r.told('auth.required')).toMatchObject([{ kind: 'step-up', scopes: ['mcp:write'], tool: 'write' }]);
    expect(r.world.signIns.begun).toHaveLength(1);
    expect(r.server.authority.refreshes).toBe(0);
  });

  test('[stepup.headless] names the consent that waits already', async () => {
    const r = await lacking();
    await r.soon(failure(call(r)), 20);
    const started = await r.soon(r.fleet.grantStepUp('a'));
    expect(started).toMatchObject({ kind: 'waiting', scopes: ['mcp:read', 'mcp:write'] });
    const error = await r.soon(failure(call(r, 'none')), 20);
    expect(error).toMatchObject({
      code: 'ERR_STEP_UP_REQUIRED',
      data: { url: expect.stringContaining('state=') as string },
    });
    expect(await r.fleet.snapshot('a')).toMatchObject({ signingIn: { stepUp: true } });
  });

  test('is told once as an event, however often it is made', async () => {
    const r = await lacking();
    for (let n = 0; n < 3; n += 1) await r.soon(failure(call(r)), 20);
    expect(r.told('auth.required')).toHaveLength(1);
  });

  test('goes on by itself where the grant takes no person', async () => {
    rig = await signedIn({
      entry: { url: 'http://a.test/mcp', oauth: { grant: 'client_credentials' } },
      before: (server) => {
        server.authority.toolScopes = { write: ['mcp:write'] };
      },
    });
    const r = rig;
    await expect(r.soon(call(r, 'none'))).resolves.toMatchObject({ content: expect.any(Array) as unknown[] });
    expect(r.world.signIns.begun.at(-1)).toMatchObject({ stepUp: true, scopes: ['mcp:read', 'mcp:write'] });
  });
});

describe('a call for which a person may be asked', () => {
  test('[stepup.replay] [stepup.person] waits for the consent and is sent once more, with the union of the scopes', async () => {
    const r = await lacking();
    const calling = call(r, 'url');
    await r.clock.advance(20);
    expect(r.told('auth.required')).toMatchObject([
      { kind: 'step-up', scopes: ['mcp:write'], tool: 'write', url: expect.stringContaining('https://') as string },
    ]);
    expect(r.told('auth.url').at(-1)).toMatchObject({ server: 'a', flow: expect.any(String) as string });
    expect(await r.fleet.snapshot('a')).toMatchObject({
      status: 'connected',
      stepUp: { scopes: ['mcp:write'] },
      signingIn: { stepUp: true },
    });
    r.world.signIns.approve();
    await expect(r.soon(calling)).resolves.toMatchObject({ content: expect.any(Array) as unknown[] });
    const after = await r.fleet.snapshot('a');
    expect(after.status).toBe('connected');
    expect(after).not.toHaveProperty('stepUp');
    expect(after).not.toHaveProperty('signingIn');
    expect(after.login?.scopes).toEqual(['mcp:read', 'mcp:write']);
    expect(r.told('auth.completed').at(-1)).toMatchObject({ scopes: ['mcp:read', 'mcp:write'] });
    expect(r.server.authority.refreshes).toBe(0);
    expect(r.server.sessions).toHaveLength(1);
    expect(r.server.opens.filter(({ outcome }) => outcome === 'ok')).toHaveLength(1);
  });

  test('[stepup.person] is asked of a person too where the token has every scope that is named', async () => {
    const r = await lacking(['mcp:read']);
    r.server.authority.toolScopes = {};
    const answer = {
      kind: 'http',
      status: 403,
      challenges: [{ scheme: 'bearer', params: { error: 'insufficient_scope', scope: 'mcp:read' } }],
    } as const;
    let refusals = 1;
    r.server.tools = {
      names: ['write'],
      call: () => {
        refusals -= 1;
        return refusals < 0
          ? { ok: true, result: { content: [] } }
          : { ok: false, fault: { kind: 'http', sent: 'rejected', answer, text: 'refused' } };
      },
    };
    const calling = call(r, 'browser');
    await r.clock.advance(20);
    expect(r.world.signIns.waiting).toHaveLength(1);
    expect(r.server.authority.refreshes).toBe(0);
    r.world.signIns.approve();
    await expect(r.soon(calling)).resolves.toEqual({ content: [] });
  });

  test('[stepup.replay] ten calls that lack the same wait for one consent', async () => {
    const r = await lacking();
    const calls = Array.from({ length: 10 }, () => call(r, 'url'));
    await r.clock.advance(20);
    expect(r.world.signIns.waiting).toHaveLength(1);
    r.world.signIns.approve();
    await r.clock.advance(100);
    expect(await Promise.all(calls)).toHaveLength(10);
    expect(r.told('auth.required')).toHaveLength(1);
    expect(r.world.signIns.begun).toHaveLength(2);
  });

  test('[stepup.refused] fails alone when the person says no; the old login works on and nobody is asked again at once', async () => {
    const r = await lacking();
    const calling = failure(call(r, 'url'));
    await r.clock.advance(20);
    r.world.signIns.deny();
    const error = await r.soon(calling);
    expect(error).toMatchObject({
      code: 'ERR_STEP_UP_REFUSED',
      data: { missingScopes: ['mcp:write'], error: 'access_denied', sent: 'rejected' },
    });
    expect(r.told('auth.failed')).toMatchObject([{ error: 'access_denied' }]);
    expect(await r.soon(r.fleet.request('a', 'tools/call', { name: 'echo' }))).toBeDefined();
    expect(await r.fleet.snapshot('a')).toMatchObject({ status: 'connected', login: { scopes: ['mcp:read'] } });
    const resting = await r.soon(failure(call(r, 'url')), 20);
    expect(resting).toMatchObject({ code: 'ERR_STEP_UP_REFUSED', data: { error: 'resting' } });
    expect(resting.data['retryAfterMs']).toBeGreaterThan(0);
    expect(r.world.signIns.waiting).toHaveLength(0);
    await r.clock.advance(60_000);
    const later = failure(call(r, 'url'));
    await r.clock.advance(20);
    expect(r.world.signIns.waiting).toHaveLength(1);
    r.world.signIns.deny();
    await r.soon(later);
  });

  test('[stepup.tries] the minute in which nobody is asked outlives a loss, a reconnect and the connection itself', async () => {
    const r = await lacking();
    const refused = failure(call(r, 'url'));
    await r.clock.advance(20);
    r.world.signIns.deny();
    await r.soon(refused);
    const resting = async (): Promise<void> => {
      expect(await r.soon(failure(call(r, 'url')), 2_000)).toMatchObject({ data: { error: 'resting' } });
      expect(r.world.signIns.waiting).toHaveLength(0);
    };
    r.server.drop();
    await r.clock.advance(3_000);
    await resting();
    await r.soon(r.fleet.reconnect('a'));
    await resting();
    await r.soon(r.fleet.disable('a'));
    await r.soon(r.fleet.enable('a'));
    await resting();
    // A person who signs in is there, and may be asked.
    const started = await r.soon(r.fleet.startLogin('a', { scopes: ['more'] }));
    if (started.kind !== 'waiting') throw new Error('it was to wait');
    const result = r.fleet.loginResult(started.flow);
    r.world.signIns.approve(started.flow);
    await r.soon(result);
    const asked = call(r, 'url');
    await r.clock.advance(20);
    expect(r.world.signIns.waiting).toHaveLength(1);
    r.world.signIns.approve();
    await expect(r.soon(asked)).resolves.toBeDefined();
  });

  test('[stepup.tries] waits for three consents that do not help, no more, and then nobody is asked for a minute', async () => {
    const r = await lacking();
    r.server.authority.asks = false;
    r.server.authority.consent = () => ['mcp:read'];
    const error = await r.soon(failure(call(r, 'browser')), 500);
    expect(error).toMatchObject({ code: 'ERR_STEP_UP_REFUSED', data: { error: 'useless' } });
    expect(r.world.signIns.begun.filter(({ stepUp }) => stepUp)).toHaveLength(3);
    expect(await r.soon(failure(call(r, 'browser')))).toMatchObject({ data: { error: 'resting' } });
    expect(r.world.signIns.begun.filter(({ stepUp }) => stepUp)).toHaveLength(3);
    expect(await r.fleet.snapshot('a')).toMatchObject({ status: 'connected' });
  });

  test('[stepup.replay] ends at the limit of the wait with what is needed, and the consent may still come', async () => {
    const r = await lacking();
    const calling = failure(call(r, 'url'));
    await r.clock.advance(300_100);
    const error = await calling;
    expect(error).toMatchObject({ code: 'ERR_STEP_UP_REQUIRED', data: { url: expect.any(String) as string } });
    expect(await r.fleet.snapshot('a')).toMatchObject({ stepUp: { scopes: ['mcp:write'] } });
    r.world.signIns.approve();
    await r.clock.advance(100);
    expect(await r.fleet.snapshot('a')).not.toHaveProperty('stepUp');
    await expect(r.soon(call(r, 'none'))).resolves.toBeDefined();
  });

  test('[stepup.replay] ends at once when its caller leaves, or when its own time is up', async () => {
    const r = await lacking();
    const stop = new AbortController();
    const left = failure(call(r, 'url', { signal: stop.signal }));
    const late = failure(call(r, 'url', { timeoutMs: 5_000 }));
    await r.clock.advance(20);
    stop.abort();
    expect(await r.soon(left, 1)).toMatchObject({ code: 'ERR_CALL_CANCELLED' });
    await r.clock.advance(5_000);
    expect(await late).toMatchObject({ code: 'ERR_STEP_UP_REQUIRED', data: { url: expect.any(String) as string } });
    expect(r.world.signIns.waiting).toHaveLength(1);
  });

  test('[stepup.refused] says why where no consent can be begun', async () => {
    const r = await lacking();
    r.server.authority.impossible = { reason: 'timeout', detail: 'the authorization server did not answer' };
    const error = await r.soon(failure(call(r, 'url')));
    expect(error).toMatchObject({ code: 'ERR_STEP_UP_REQUIRED', data: { cause: 'timeout' } });
    expect(error.message).toContain('did not answer');
    expect((await r.fleet.snapshot('a')).status).toBe('connected');
  });

  test('[stepup.refused] fails when the person takes the offer away', async () => {
    const r = await lacking();
    const calling = failure(call(r, 'url'));
    await r.clock.advance(20);
    const report = await r.soon(r.fleet.declineStepUp('a'));
    expect(report.did).toEqual(['declined the rights']);
    expect(report.snapshot).not.toHaveProperty('stepUp');
    expect(await calling).toMatchObject({ code: 'ERR_STEP_UP_REFUSED', data: { error: 'cancelled' } });
    expect((await r.soon(r.fleet.declineStepUp('a'))).did).toEqual(['no rights were asked for']);
  });
});

describe('what a person does about it', () => {
  test('[stepup.replay] a consent that was begun by hand serves every later call', async () => {
    const r = await lacking();
    await r.soon(failure(call(r)));
    const started = await r.soon(r.fleet.grantStepUp('a'));
    expect(started.kind).toBe('waiting');
    r.world.signIns.approve();
    await r.clock.advance(50);
    expect(await r.fleet.snapshot('a')).not.toHaveProperty('stepUp');
    await expect(r.soon(call(r))).resolves.toBeDefined();
  });

  test('[stepup.refused] ends the rest after a refusal: a person may think again', async () => {
    const r = await lacking();
    const refused = failure(call(r, 'url'));
    await r.clock.advance(20);
    r.world.signIns.deny();
    await refused;
    await r.soon(failure(call(r, 'none')), 20);
    await r.soon(r.fleet.grantStepUp('a'));
    const waiting = call(r, 'url');
    await r.clock.advance(20);
    for (const { flow } of r.world.signIns.waiting) r.world.signIns.approve(flow);
    await expect(r.soon(waiting)).resolves.toBeDefined();
  });

  test('[stepup.replay] is taken over also where the store tells nothing of it', async () => {
    rig = await signedIn({
      before: (server, world) => {
        server.authority.toolScopes = { write: ['mcp:write'] };
        Object.assign(world.signIns, { onChange: () => () => undefined });
      },
    });
    const r = rig;
    expect((await r.fleet.snapshot('a')).status).toBe('connected');
    const calling = call(r, 'url');
    await r.clock.advance(20);
    r.world.signIns.approve();
    await expect(r.soon(calling)).resolves.toBeDefined();
    expect(r.world.signIns.begun).toHaveLength(2);
  });

  test('cannot be granted where nothing was asked for', async () => {
    rig = await signedIn();
    expect(await rig.soon(failure(rig.fleet.grantStepUp('a')))).toMatchObject({ code: 'ERR_USAGE' });
  });

  test('[connect.step-up] on a connect it is needs-auth, and signing in asks for the union', async () => {
    rig = await signedIn();
    const r = rig;
    r.server.authority.connectScopes = ['mcp:read', 'mcp:more'];
    await r.soon(r.fleet.reconnect('a'));
    const snapshot = await r.fleet.snapshot('a');
    expect(snapshot).toMatchObject({
      status: 'needs-auth',
      reason: 'step-up-required',
      missingScopes: ['mcp:read', 'mcp:more'],
    });
    expect(snapshot.next[0]).toBe('authenticate');
    expect(r.told('auth.required').at(-1)).toMatchObject({ kind: 'step-up', scopes: ['mcp:read', 'mcp:more'] });
    // No call and no time begins anything by itself.
    await r.soon(failure(call(r, 'url')), 10_000);
    expect(r.world.signIns.begun).toHaveLength(1);
    const started = await r.soon(r.fleet.startLogin('a'));
    expect(started).toMatchObject({ kind: 'waiting', scopes: ['mcp:read', 'mcp:more'] });
    expect(r.world.signIns.begun.at(-1)).toMatchObject({ stepUp: true });
    r.world.signIns.approve();
    await r.clock.advance(100);
    expect((await r.fleet.snapshot('a')).status).toBe('connected');
  });
});

test('[stepup.connected] a contact of our own and a list that lack rights leave the server connected', async () => {
  rig = await signedIn();
  const r = rig;
  r.server.authority.connectScopes = ['mcp:list'];
  await r.clock.advance(400_000);
  expect(await r.fleet.snapshot('a')).toMatchObject({ status: 'connected', stepUp: { scopes: ['mcp:list'] } });
  await r.soon(r.fleet.declineStepUp('a'));
  const answer = {
    kind: 'http',
    status: 403,
    challenges: [{ scheme: 'bearer', params: { error: 'insufficient_scope', scope: 'p q' } }],
  } as const;
  r.server.sessions[0]?.onEvent?.({ kind: 'lists-failed', answer });
  expect(await r.fleet.snapshot('a')).toMatchObject({
    status: 'connected',
    reason: 'lists-failed',
    stepUp: { scopes: ['p', 'q'] },
  });
  expect(r.world.signIns.begun).toHaveLength(1);
});

test('[stepup.own-headers] a server with headers or a helper is never asked for consent', async () => {
  const answer = {
    kind: 'http',
    status: 403,
    challenges: [{ scheme: 'bearer', params: { error: 'insufficient_scope', scope: 'mcp:write' } }],
  } as const;
  const refuse = {
    names: ['write'],
    call: () => ({ ok: false, fault: { kind: 'http', sent: 'rejected', answer, text: 'no' } }) as const,
  };
  other = await memoryRig((world) => {
    world.add('a', { url: 'http://a.test/mcp', headers: { 'x-key': 'k' } }).tools = refuse;
    world.add('b', { url: 'http://b.test/mcp', headersHelper: 'print' }).tools = refuse;
    world.add('c').tools = refuse;
  });
  for (const name of ['a', 'b', 'c']) {
    const asked = other.fleet.request(name, 'tools/call', { name: 'write' }, { interaction: 'browser' });
    expect(await other.soon(failure(asked))).toMatchObject({
      code: 'ERR_FORBIDDEN',
      data: { missingScopes: ['mcp:write'] },
    });
    expect(await other.fleet.snapshot(name)).toMatchObject({ status: 'connected' });
    expect(await other.fleet.snapshot(name)).not.toHaveProperty('stepUp');
  }
  expect(other.world.signIns.begun).toEqual([]);
});
