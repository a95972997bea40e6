/**
 * What becomes of a login: its headers, step-ups, profiles, lanes, signing out, and two authorization servers at once.
 *
 * @module
 */
import { afterEach, describe, expect, test } from 'vitest';
import type { HeaderOutcome } from '../../src/core/ports.ts';
import { reset } from '../../src/testing/faults.ts';
import { startAuthServer, type AuthServer, type AuthServerOptions } from '../../src/testing/auth-server.ts';
import {
  bearerOf,
  browse,
  callbackOf,
  createRig,
  knock,
  newDisk,
  oauthEntry,
  secret,
  type Rig,
} from '../support/sign-in-rig.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function world(options: AuthServerOptions = {}): Promise<AuthServer> {
  const server = await startAuthServer(options);
  closers.push(() => server.close());
  return server;
}

function rig(about: Parameters<typeof createRig>[0] = {}): Rig {
  const made = createRig(about);
  closers.push(() => made.signIns.close());
  return made;
}

const tokenOf = (outcome: HeaderOutcome) => (outcome.ok ? outcome.token : undefined);
const status = (code: number): NonNullable<Parameters<AuthServer['fault']>[1]> => ({
  answer: ({ response }) => void response.writeHead(code).end(),
});

/** What a call of a tool is. */
const calling = (name: string) => ({ jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name, arguments: {} } });

describe('[signin.headers] the headers of a login', () => {
  test('are those of a renewed token where the server has refused the old one', async () => {
    const server = await world();
    const here = rig();
    const entry = oauthEntry({ url: server.url });
    await here.signIn(entry);
    const first = await here.headers(entry);
    expect(await here.headers(entry)).toEqual(first);
    server.expireAccessTokens();
    expect((await knock(server.url, first)).status).toBe(401);
    const [second, third] = await Promise.all([
      here.headers(entry, tokenOf(first)),
      here.headers(entry, tokenOf(first)),
    ]);
    expect(bearerOf(second)).not.toBe(bearerOf(first));
    expect(bearerOf(third)).toBe(bearerOf(second));
    expect((await knock(server.url, second)).status).toBe(200);
    expect(server.counters).toMatchObject({ redemptions: 1, invalidGrants: 0 });
    // Somebody who was slower asks with the old token, and gets the new one without another request.
    expect(tokenOf(await here.headers(entry, tokenOf(first)))).toEqual(tokenOf(second));
    expect(server.counters.redemptions).toBe(1);
  });

  test('are renewed before the token ends, and say until when they are good', async () => {
    const server = await world({ accessSeconds: 1 });
    const here = rig();
    const entry = oauthEntry({ url: server.url });
    await here.signIn(entry);
    const first = await here.headers(entry);
    expect(first.ok && first.renewInMs).toBeGreaterThan(0);
    expect(first.ok && first.renewInMs).toBeLessThan(1_000);
    server.accessSeconds = 3_600;
    await new Promise((resolve) => setTimeout(resolve, (first.ok ? first.renewInMs : 0) ?? 0));
    const second = await here.headers(entry);
    expect(bearerOf(second)).not.toBe(bearerOf(first));
    expect(server.counters.redemptions).toBe(1);
  });

  const FAULTS = [
    ['500', status(500)],
    ['503', status(503)],
    ['429', status(429)],
    ['a reset', { commit: false, answer: reset() }],
    [
      'HTML',
      {
        commit: false,
        answer: ({ response }) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
      },
    ],
  ] satisfies readonly (readonly [string, Parameters<AuthServer['fault']>[1]])[];

  test.each(FAULTS)(
    'are none while a renewal fails by %s and the token is dead; the login stays',
    async (_what, fault) => {
      const server = await world();
      const here = rig({ numbers: { tokenTimeoutMs: 1_000 } });
      const entry = oauthEntry({ url: server.url });
      await here.signIn(entry);
      const first = await here.headers(entry);
      server.expireAccessTokens();
      server.fault('token', fault, Infinity);
      const failed = await here.headers(entry, tokenOf(first));
      expect(failed).toMatchObject({ ok: false, fault: { reason: 'refresh-failed' }, login: { status: 'live' } });
      expect(await here.signIns.list()).toMatchObject([{ status: 'live' }]);
    },
  );

  test('stay with a mark while a renewal fails and the token lives', async () => {
    const server = await world({ accessSeconds: 3 });
    const here = rig({ numbers: { refreshAheadMs: 60_000 } });
    const entry = oauthEntry({ url: server.url });
    await here.signIn(entry);
    const first = await here.headers(entry);
    server.fault('token', status(503), Infinity);
    await new Promise((resolve) => setTimeout(resolve, (first.ok ? first.renewInMs : 0) ?? 0));
    const second = await here.headers(entry);
    expect(second).toMatchObject({
      ok: true,
      kind: 'oauth',
      refreshFault: { reason: 'refresh-failed', httpStatus: 503 },
    });
    expect(bearerOf(second)).toBe(bearerOf(first));
    expect((await knock(server.url, second)).status).toBe(200);
  });

  test('are the dead token once the renewal is refused: the server has the last word, and nothing better is there', async () => {
    const server = await world();
    const here = rig();
    const entry = oauthEntry({ url: server.url });
    await here.signIn(entry);
    const first = await here.headers(entry);
    server.revokeGrants();
    const second = await here.headers(entry, tokenOf(first));
    expect(second).toMatchObject({ ok: true, kind: 'oauth', login: { status: 'refused', refusal: 'invalid_grant' } });
    expect(bearerOf(second)).toBe(bearerOf(first));
    expect((await knock(server.url, second)).status).toBe(401);
    const third = await here.headers(entry, tokenOf(second));
    expect(tokenOf(third)).toEqual(tokenOf(second));
    expect(server.counters.tokenRequests).toBe(2);
    expect(await here.signIn(entry)).toMatchObject({ kind: 'completed' });
    expect((await knock(server.url, await here.headers(entry))).status).toBe(200);
  });

  test('go on when who asked has gone: the renewal is kept', async () => {
    const server = await world();
    const here = rig();
    const entry = oauthEntry({ url: server.url });
    await here.signIn(entry);
    const first = await here.headers(entry);
    server.fault('token', { commit: true, holdMs: 150 }, 1);
    const signal = AbortSignal.timeout(30);
    const refused = tokenOf(first);
    const given = await here.credentials.headers(entry, {
      fresh: false,
      numbers: here.numbers,
      signal,
      ...(refused === undefined ? {} : { refused }),
    });
    expect(given).toMatchObject({ ok: false, fault: { reason: 'refresh-failed' } });
    await here.refresher.idle();
    expect(bearerOf(await here.headers(entry))).not.toBe(bearerOf(first));
    expect(server.counters).toMatchObject({ redemptions: 1, invalidGrants: 0 });
  });

  test('are those without a login while the store cannot be read, and say why', async () => {
    const here = rig();
    here.disk.store.break('read', 'credential');
    expect(await here.headers(oauthEntry({ url: 'http://127.0.0.1:9/mcp' }))).toMatchObject({
      ok: true,
      kind: 'none',
      refreshFault: { reason: 'refresh-failed' },
    });
  });

  test('carry a proof for each request where the token is bound to a key', async () => {
    const server = await world({ dpop: 'required' });
    const here = rig();
    const entry = oauthEntry({ url: server.url, oauth: { dpop: true } });
    expect(await here.signIn(entry)).toMatchObject({ kind: 'completed' });
    const headers = await here.headers(entry);
    expect(bearerOf(headers)).toMatch(/^DPoP /);
    expect(headers.ok && headers.proof).toBeTypeOf('function');
  });
});

describe('[signin.step-up] a step-up', () => {
  const SCOPED: AuthServerOptions = {
    resources: { '/mcp': { scopes: ['read'], toolScopes: { write: ['write'] }, insatiable: ['never'] } },
  };

  test('asks for what was held and what is challenged, also after a restart, and the old login works until then', async () => {
    const server = await world(SCOPED);
    const disk = newDisk();
    const first = rig({ disk });
    const entry = oauthEntry({ url: server.url });
    const { challenges: initial } = await knock(server.url, await first.headers(entry));
    expect(await first.signIn(entry, { challenges: initial })).toMatchObject({ credential: { scopes: ['read'] } });
    await first.signIns.close();
    const here = rig({ disk });
    const old = await here.headers(entry);
    const refused = await knock(server.url, old, calling('write'));
    expect(refused.status).toBe(403);
    const waiting = await here.start(entry, { challenges: refused.challenges, stepUp: true });
    expect([...waiting.scopes].toSorted()).toEqual(['read', 'write']);
    expect((await knock(server.url, await here.headers(entry))).status).toBe(200);
    await browse(waiting.url);
    expect(await here.outcome(waiting.flow)).toMatchObject({ kind: 'completed', missing: [] });
    expect((await knock(server.url, await here.headers(entry), calling('write'))).status).not.toBe(403);
    expect(server.counters.redemptions).toBe(0);
  });

  test('that is useless names what is still missing, and the login works on', async () => {
    const server = await world({ ...SCOPED, grantable: ['read'] });
    const here = rig();
    const entry = oauthEntry({ url: server.url });
    const { challenges: initial } = await knock(server.url, await here.headers(entry));
    await here.signIn(entry, { challenges: initial });
    const { challenges } = await knock(server.url, await here.headers(entry), calling('write'));
    expect(await here.signIn(entry, { challenges, stepUp: true })).toMatchObject({
      kind: 'completed',
      missing: ['write'],
    });
    expect((await knock(server.url, await here.headers(entry))).status).toBe(200);
  });

  test('[signin.old-login-stays] that is refused leaves the old login as it was', async () => {
    const server = await world(SCOPED);
    const here = rig();
    const entry = oauthEntry({ url: server.url });
    const { challenges: initial } = await knock(server.url, await here.headers(entry));
    await here.signIn(entry, { challenges: initial });
    const old = await here.headers(entry);
    const { challenges } = await knock(server.url, old, calling('write'));
    server.consent = 'deny';
    expect(await here.signIn(entry, { challenges, stepUp: true })).toMatchObject({
      kind: 'failed',
      error: 'access_denied',
      reason: 'step-up-required',
    });
    expect(await here.headers(entry)).toEqual(old);
    expect(server.counters.revocations).toBe(0);
  });

  test('for scopes that are held already is a new authorization all the same, never a refresh', async () => {
    const server = await world(SCOPED);
    const here = rig();
    const entry = oauthEntry({ url: server.url });
    const { challenges: initial } = await knock(server.url, await here.headers(entry));
    await here.signIn(entry, { challenges: initial });
    const { challenges } = await knock(server.url, await here.headers(entry), calling('never'));
    expect(await here.signIn(entry, { challenges, stepUp: true })).toMatchObject({ kind: 'completed', missing: [] });
    expect(server.counters).toMatchObject({ authorizations: 2, redemptions: 0 });
  });

  test('with pinned scopes asks for those, and says what they lack before and after', async () => {
    const server = await world(SCOPED);
    const here = rig();
    const entry = oauthEntry({ url: server.url, oauth: { scopes: 'read' } });
    await here.signIn(entry);
    const { challenges } = await knock(server.url, await here.headers(entry), calling('write'));
    const waiting = await here.start(entry, { challenges, stepUp: true });
    expect(waiting).toMatchObject({ scopes: ['read'], lacking: ['write'] });
    await browse(waiting.url);
    expect(await here.outcome(waiting.flow)).toMatchObject({ kind: 'completed', missing: ['write'] });
  });
});

describe('[signin.profiles] two profiles', () => {
  test('hold two accounts for one url', async () => {
    const server = await world();
    const here = rig();
    const [work, home] = ['work', 'home'].map((profile) => oauthEntry({ url: server.url, profile }));
    server.consent = { subject: 'worker' };
    await here.signIn(work!);
    server.consent = { subject: 'me' };
    await here.signIn(home!);
    const tokens = [bearerOf(await here.headers(work!)), bearerOf(await here.headers(home!))];
    expect(new Set(tokens).size).toBe(2);
    expect((await here.signIns.list()).map(({ profile }) => profile).toSorted()).toEqual(['home', 'work']);
    expect(await here.headers(oauthEntry({ url: server.url }))).toMatchObject({ kind: 'none' });
    await here.signIns.forget(work!, { revoke: true, numbers: here.numbers, signal: new AbortController().signal });
    expect(await here.signIns.held(work!)).toBeUndefined();
    expect((await knock(server.url, await here.headers(home!))).status).toBe(200);
  });
});

test('[vault.newest] two entries of one url, one with a client of its own, keep their logins whoever signs in or out', async () => {
  const redirect = 'http://localhost:17997/callback';
  const server = await world({ clients: [{ client_id: 'mine', redirect_uris: [redirect] }] });
  const here = rig();
  const pinned = oauthEntry({ url: server.url, oauth: { clientId: 'mine', callbackPort: 17_997 } });
  const plain = oauthEntry({ url: server.url });
  const waiting = await here.start(pinned, { byHand: true });
  expect(await here.finish(waiting.flow, await callbackOf(waiting.url))).toMatchObject({ kind: 'completed' });
  expect(await here.signIn(plain)).toMatchObject({ kind: 'completed' });
  const clientOf = async (entry: typeof pinned): Promise<string | undefined> =>
    (await here.signIns.held(entry))?.clientId;
  expect(await clientOf(pinned)).toBe('mine');
  expect(await clientOf(plain)).toMatch(/^client_/);
  const ask = { revoke: true, numbers: here.numbers, signal: new AbortController().signal };
  await here.signIns.forget(pinned, ask);
  expect(await clientOf(pinned)).toBeUndefined();
  expect(await clientOf(plain)).toMatch(/^client_/);
  expect((await knock(server.url, await here.headers(plain))).status).toBe(200);
});

describe('[signin.lane] a login beside headers', () => {
  test('is used only where a person made it, and takes the place of Authorization there alone', async () => {
    const server = await world();
    const here = rig();
    await here.signIn(oauthEntry({ url: server.url }));
    const headers = { authorization: 'Bearer static', 'X-Team': 'blue' };
    const mixed = oauthEntry({ url: server.url, key: 'mixed', headers });
    expect(await here.headers(mixed)).toMatchObject({ kind: 'headers' });
    expect(await here.signIns.held(mixed)).toBeUndefined();
    await here.signIn(mixed);
    const own = await here.headers(mixed);
    expect(own).toMatchObject({ ok: true, kind: 'oauth' });
    expect(own.ok && Object.keys(own.headers).toSorted()).toEqual(['Authorization', 'X-Team']);
    expect((await knock(server.url, own)).status).toBe(200);
    const other = await here.headers(oauthEntry({ url: server.url, key: 'other', headers }));
    expect(other).toMatchObject({ kind: 'headers' });
    expect(other.ok && other.headers['authorization']?.reveal()).toBe('Bearer static');
    const signal = new AbortController().signal;
    await here.signIns.forget(mixed, { revoke: false, numbers: here.numbers, signal });
    expect(await here.headers(mixed)).toMatchObject({ kind: 'headers' });
  });
});

describe('[signin.logout] signing out', () => {
  const signal = new AbortController().signal;

  test('revokes, forgets, and says so', async () => {
    const server = await world();
    const here = rig();
    const entry = oauthEntry({ url: server.url });
    await here.signIn(entry);
    const old = await here.headers(entry);
    const changes: string[] = [];
    const off = here.signIns.onChange(({ what }) => changes.push(what));
    const did = await here.signIns.forget(entry, { revoke: true, client: true, numbers: here.numbers, signal });
    off();
    expect(did).toEqual([
      `revoked it at ${server.issuer}`,
      `forgot the sign-in at ${server.issuer}`,
      `forgot the client that was registered at ${server.issuer}`,
    ]);
    expect(changes).toEqual(['forgotten']);
    expect((await knock(server.url, old)).status).toBe(401);
    expect(await here.headers(entry)).toMatchObject({ kind: 'none' });
    expect(await here.disk.store.list('registration')).toEqual([]);
    expect(await here.signIns.forget(entry, { revoke: true, numbers: here.numbers, signal })).toEqual([]);
  });

  test('forgets also where nothing is revoked, and says why', async () => {
    const server = await world({ revocation: false });
    const here = rig();
    const entry = oauthEntry({ url: server.url });
    await here.signIn(entry);
    const did = await here.signIns.forget(entry, { revoke: true, numbers: here.numbers, signal });
    expect(did[0]).toContain('offers no revocation');
    expect(await here.signIns.list()).toEqual([]);
  });

  test('forgets also when the authorization server cannot be told', async () => {
    const server = await world();
    const here = rig();
    const entry = oauthEntry({ url: server.url });
    await here.signIn(entry);
    server.fault('revoke', status(503), Infinity);
    const did = await here.signIns.forget(entry, { revoke: true, numbers: here.numbers, signal });
    expect(did[0]).toContain('could not revoke');
    expect(await here.signIns.list()).toEqual([]);
  });

  test('here alone tells nobody', async () => {
    const server = await world();
    const here = rig();
    const entry = oauthEntry({ url: server.url });
    await here.signIn(entry);
    const old = await here.headers(entry);
    await here.signIns.forget(entry, { revoke: false, numbers: here.numbers, signal });
    expect((await knock(server.url, old)).status).toBe(200);
  });

  test('of the client alone keeps the login', async () => {
    const server = await world();
    const here = rig();
    const entry = oauthEntry({ url: server.url });
    await here.signIn(entry);
    const ask = { revoke: false, client: true, keepLogin: true, numbers: here.numbers, signal };
    expect(await here.signIns.forget(entry, ask)).toEqual([
      `forgot the client that was registered at ${server.issuer}`,
    ]);
    expect((await knock(server.url, await here.headers(entry))).status).toBe(200);
  });
});

describe('[signin.registered-again] a client that the server has forgotten', () => {
  test('between consent and code is told, and the next sign-in registers anew', async () => {
    const server = await world();
    const here = rig();
    const entry = oauthEntry({ url: server.url });
    const waiting = await here.start(entry);
    const callback = await callbackOf(waiting.url);
    server.forgetClients();
    await browse(callback);
    const outcome = await here.outcome(waiting.flow);
    expect(outcome).toMatchObject({ kind: 'failed', error: 'invalid_client', reason: 'sign-in-required' });
    expect(outcome.kind === 'failed' && outcome.detail).toContain('Start the sign-in again');
    expect(await here.signIn(entry)).toMatchObject({ kind: 'completed' });
    expect(server.counters.registrations).toBe(2);
  });

  test('before the consent shows only an error page; the next start registers anew', async () => {
    const server = await world();
    const here = rig();
    const entry = oauthEntry({ url: server.url });
    await here.signIn(entry);
    server.forgetClients();
    const waiting = await here.start(entry);
    expect((await browse(waiting.url)).status).toBe(400);
    await here.signIns.cancel(waiting.flow);
    expect(await here.signIn(entry)).toMatchObject({ kind: 'completed' });
    expect(server.counters.registrations).toBe(2);
    await here.signIns.cancel((await here.start(entry, { scopes: ['x'] })).flow);
    expect(await here.signIn(entry)).toMatchObject({ kind: 'completed' });
    expect(await here.signIn(entry)).toMatchObject({ kind: 'completed' });
    expect(server.counters.registrations).toBe(3);
  });

  test('before a renewal ends the login, and the next sign-in registers anew', async () => {
    const server = await world();
    const here = rig();
    const entry = oauthEntry({ url: server.url });
    await here.signIn(entry);
    const first = await here.headers(entry);
    server.forgetClients();
    server.expireAccessTokens();
    expect(tokenOf(await here.headers(entry, tokenOf(first)))?.credential).toBe(tokenOf(first)?.credential);
    expect(await here.signIn(entry)).toMatchObject({ kind: 'completed' });
    expect(server.counters.registrations).toBe(2);
    expect((await knock(server.url, await here.headers(entry))).status).toBe(200);
  });

  test('that a person configured is not registered, but told', async () => {
    const client = { client_id: 'mine', redirect_uris: ['http://localhost:17999/callback'] };
    const server = await world({ clients: [client] });
    const here = rig();
    const entry = oauthEntry({
      url: server.url,
      oauth: { clientId: 'mine', callbackPort: 17_999, clientSecret: secret('wrong-secret') },
    });
    const waiting = await here.start(entry, { byHand: true });
    const callback = await callbackOf(waiting.url);
    server.forgetClients();
    expect(await here.finish(waiting.flow, callback)).toMatchObject({
      error: 'invalid_client',
      reason: 'client-registration-refused',
      detail: expect.stringContaining('does not accept the client of the entry') as string,
    });
    expect(server.counters.registrations).toBe(0);
  });
});

describe('[refresh.configured-client] a client whose secret a person has configured anew', () => {
  const redirect = 'http://localhost:17998/callback';
  const withSecret = (url: string, clientSecret: string, tokenEndpointAuthMethod?: 'client_secret_post') =>
    oauthEntry({
      url,
      oauth: {
        clientId: 'mine',
        callbackPort: 17_998,
        clientSecret: secret(clientSecret),
        ...(tokenEndpointAuthMethod === undefined ? {} : { tokenEndpointAuthMethod }),
      },
    });

  async function rotated() {
    const server = await world({
      clients: [{ client_id: 'mine', client_secret: 'first-secret', redirect_uris: [redirect] }],
    });
    const here = rig();
    const waiting = await here.start(withSecret(server.url, 'first-secret'), { byHand: true });
    expect(await here.finish(waiting.flow, await callbackOf(waiting.url))).toMatchObject({ kind: 'completed' });
    Object.assign(server.clients[0] ?? {}, { client_secret: 'second-secret' });
    const first = await here.headers(withSecret(server.url, 'first-secret'));
    server.expireAccessTokens();
    return { server, here, first };
  }

  test('renews its login with the new one, which is kept, without a new sign-in', async () => {
    const { server, here, first } = await rotated();
    const second = await here.headers(withSecret(server.url, 'second-secret'), tokenOf(first));
    expect((await knock(server.url, second)).status).toBe(200);
    expect(server.counters).toMatchObject({ authorizations: 1, redemptions: 1, invalidGrants: 0 });
    const [kept] = await here.vault.list();
    expect(kept?.client.clientSecret?.reveal()).toBe('second-secret');
    // An entry that does not name the secret goes on with the one that is kept.
    server.expireAccessTokens();
    const bare = oauthEntry({ url: server.url, oauth: { clientId: 'mine', callbackPort: 17_998 } });
    const own = createRig({ disk: here.disk, numbers: { refreshGapMs: 0 } });
    closers.push(() => own.signIns.close());
    expect((await knock(server.url, await own.headers(bare, tokenOf(second)))).status).toBe(200);
  });

  test('is not kept waiting by the rest after the old one was refused; until then the login stays', async () => {
    const { server, here, first } = await rotated();
    const old = await here.headers(withSecret(server.url, 'first-secret'), tokenOf(first));
    expect(tokenOf(old)).toEqual(tokenOf(first));
    expect(old).toMatchObject({
      refreshFault: { reason: 'sign-in-expired', detail: expect.stringContaining('invalid_client') as string },
    });
    expect(await here.signIns.list()).toMatchObject([{ status: 'live' }]);
    const second = await here.headers(withSecret(server.url, 'second-secret'), tokenOf(first));
    expect((await knock(server.url, second)).status).toBe(200);
    expect(server.counters).toMatchObject({ authorizations: 1, redemptions: 1 });
  });

  test('also proves itself in another way, where the entry says so; signing out revokes with it', async () => {
    const { server, here } = await rotated();
    const entry = withSecret(server.url, 'second-secret', 'client_secret_post');
    const did = await here.signIns.forget(entry, {
      revoke: true,
      numbers: here.numbers,
      signal: new AbortController().signal,
    });
    expect(did.join('; ')).toContain('revoked it at');
    expect(server.counters.revocations).toBeGreaterThan(0);
  });
});

describe('[signin.issuer] two authorization servers, the answer of one for a sign-in at the other', () => {
  const cases = (['honest', 'hostile'] as const).flatMap((begun) =>
    ([true, false] as const).flatMap((promised) =>
      (['own', 'other', 'none'] as const).map((iss) => ({ begun, promised, iss })),
    ),
  );
  test('are twelve cases', () => expect(cases).toHaveLength(12));

  test.each(cases)(
    'begun at the $begun one, iss promised: $promised, iss of: $iss',
    async ({ begun, promised, iss }) => {
      const options: AuthServerOptions = { iss: { advertise: promised, send: false } };
      const servers = { honest: await world(options), hostile: await world(options) };
      const own = servers[begun];
      const other = servers[begun === 'honest' ? 'hostile' : 'honest'];
      const here = rig();
      const waiting = await here.start(oauthEntry({ url: own.url }), { byHand: true });
      const mixed = await here.start(oauthEntry({ url: other.url, key: 'other' }), { byHand: true });
      // The code is one of the other server, sent back with the state of this sign-in.
      const stolen = new URL(await callbackOf(mixed.url)).searchParams.get('code') ?? '';
      const answer = new URLSearchParams({ code: stolen, state: new URL(waiting.url).searchParams.get('state') ?? '' });
      if (iss !== 'none') answer.set('iss', (iss === 'own' ? own : other).issuer);
      const outcome = await here.finish(waiting.flow, String(answer));
      expect(outcome.kind).toBe('failed');
      const mayAsk = iss === 'own' || (iss === 'none' && !promised);
      expect(own.counters.tokenRequests).toBe(mayAsk ? 1 : 0);
      expect(other.counters.tokenRequests).toBe(0);
      if (!mayAsk) expect(outcome).toMatchObject({ error: 'wrong-issuer', reason: 'issuer-mismatch' });
      expect(await here.signIns.list()).toEqual([]);
    },
  );
});
