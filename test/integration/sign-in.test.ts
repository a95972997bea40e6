/**
 * Whole sign-ins: a real listener, a real authorization server, a real protected server, all on loopback.
 *
 * @module
 */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { HoldfastError } from '../../src/base/errors.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { openStore } from '../../src/store/open-store.ts';
import { createFiles } from '../../src/system/files.ts';
import { createLocks } from '../../src/system/locks.ts';
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

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof HoldfastError ? error.code : `no error but ${String(error)}`;
};

describe('a sign-in by the browser', () => {
  test('[signin.listener] ends with a login whose token the server takes', async () => {
    const server = await world();
    const here = rig();
    const entry = oauthEntry({ url: server.url });
    const before = await here.headers(entry);
    expect(before).toMatchObject({ ok: true, kind: 'none', headers: {} });
    const { challenges, status } = await knock(server.url, before);
    expect(status).toBe(401);
    const waiting = await here.start(entry, { challenges });
    expect(waiting).toMatchObject({ listening: true, issuer: server.issuer, server: 'docs' });
    const page = await browse(waiting.url);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('Signed in');
    expect(await here.outcome(waiting.flow)).toMatchObject({ kind: 'completed', missing: [] });
    const after = await here.headers(entry);
    expect(after).toMatchObject({ ok: true, kind: 'oauth', login: { server: server.url, issuer: server.issuer } });
    expect((await knock(server.url, after)).status).toBe(200);
    expect(await here.disk.store.list('flow')).toEqual([]);
  });

  test('[signin.listener] is answered at both address families', async () => {
    const server = await world();
    const here = rig();
    for (const host of ['127.0.0.1', '[::1]']) {
      const waiting = await here.start(oauthEntry({ url: server.url, name: host, key: host }));
      const callback = (await callbackOf(waiting.url)).replace('localhost', host);
      expect((await browse(callback)).status).toBe(200);
      expect(await here.outcome(waiting.flow)).toMatchObject({ kind: 'completed' });
    }
  });

  test('registers one client for many sign-ins, though its ports are random', async () => {
    const server = await world();
    const here = rig();
    for (let time = 0; time < 3; time += 1) await here.signIn(oauthEntry({ url: server.url }));
    expect(server.counters.registrations).toBe(1);
  });

  test('that is refused says so, in the page only that it ended', async () => {
    const server = await world({ consent: { error: 'access_denied', description: 'nobody <b>home</b>' } });
    const here = rig();
    const waiting = await here.start(oauthEntry({ url: server.url }));
    const page = await browse(waiting.url);
    expect(page.status).toBe(200);
    expect(await page.text()).not.toContain('nobody');
    const outcome = await here.outcome(waiting.flow);
    expect(outcome).toMatchObject({ kind: 'failed', error: 'access_denied', reason: 'sign-in-required' });
    expect(outcome.kind === 'failed' && outcome.detail).toContain('nobody');
    expect(server.counters.tokenRequests).toBe(0);
  });

  test('[signin.one-flow] a second start gives the one that waits; another wish is another sign-in', async () => {
    const server = await world();
    const here = rig();
    const entry = oauthEntry({ url: server.url });
    const [first, second] = await Promise.all([here.start(entry), here.start(entry)]);
    expect(second).toEqual(first);
    expect(await here.start(entry)).toEqual(first);
    const other = await here.start(entry, { scopes: ['more'] });
    expect(other.flow).not.toBe(first.flow);
    // One listener for all that wait at the same port.
    expect(other.redirectUri).toBe(first.redirectUri);
    await browse(other.url);
    await browse(first.url);
    expect(await here.outcome(first.flow)).toMatchObject({ kind: 'completed' });
    expect((await here.start(entry)).flow).not.toBe(first.flow);
  });

  test('[signin.ends] that is cancelled leaves nothing, and its answer comes too late', async () => {
    const server = await world();
    const here = rig();
    const waiting = await here.start(oauthEntry({ url: server.url }));
    const callback = await callbackOf(waiting.url);
    await here.signIns.cancel(waiting.flow);
    expect(await here.outcome(waiting.flow)).toMatchObject({ kind: 'failed', error: 'cancelled' });
    expect(await here.disk.store.list('flow')).toEqual([]);
    await expect(browse(callback)).rejects.toThrow('fetch failed');
    expect(await codeOf(here.finish(waiting.flow, callback))).toBe('ERR_LOGIN_UNKNOWN');
    expect(server.counters.tokenRequests).toBe(0);
  });

  test('[signin.ends] that nobody answers ends when its time is over', async () => {
    const server = await world();
    const here = rig({ numbers: { loginMs: 60 } });
    const waiting = await here.start(oauthEntry({ url: server.url }));
    expect(await here.outcome(waiting.flow)).toMatchObject({ kind: 'failed', error: 'expired' });
    expect(await here.disk.store.list('flow')).toEqual([]);
  });

  test('[signin.redemption] a token endpoint that fails for now is asked again while the code is surely unused', async () => {
    const server = await world({ origins: 'two' });
    const here = rig();
    server.fault('token', { answer: ({ response }) => void response.writeHead(503).end() }, 2);
    expect(await here.signIn(oauthEntry({ url: server.url }))).toMatchObject({ kind: 'completed' });
    expect(server.counters.tokenRequests).toBe(3);
  });

  test('[signin.redemption] a login that cannot be kept is told with the place', async () => {
    const server = await world();
    const here = rig();
    here.disk.store.break('write', 'credential');
    const outcome = await here.signIn(oauthEntry({ url: server.url }));
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'store-readonly' });
    expect(outcome.kind === 'failed' && outcome.detail).toContain('/memory/credential');
  });
});

describe('[signin.ports] the port', () => {
  async function busy(port = 0): Promise<number> {
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen({ host: '127.0.0.1', port }, resolve);
    });
    closers.push(() => new Promise((resolve) => server.close(resolve)));
    return (server.address() as AddressInfo).port;
  }

  test('that the entry fixes and somebody has leaves the paste, at once', async () => {
    const server = await world();
    const here = rig();
    const port = await busy();
    const waiting = await here.start(oauthEntry({ url: server.url, oauth: { callbackPort: port } }));
    expect(waiting).toMatchObject({ listening: false, redirectUri: `http://localhost:${port}/callback` });
    const outcome = await here.finish(waiting.flow, await callbackOf(waiting.url));
    expect(outcome).toMatchObject({ kind: 'completed' });
  });

  test('of a remote shell is the fixed one, or the next that is free', async () => {
    const server = await world();
    const first = rig();
    const second = rig();
    const one = await first.start(oauthEntry({ url: server.url }), { remoteShell: true });
    const two = await second.start(oauthEntry({ url: server.url }), { remoteShell: true });
    const portOf = (uri = ''): number => Number(new URL(uri).port);
    expect(one.listening && two.listening).toBe(true);
    expect(portOf(one.redirectUri)).toBeGreaterThanOrEqual(17_471);
    expect(portOf(two.redirectUri)).toBeGreaterThan(portOf(one.redirectUri));
    expect(portOf(two.redirectUri)).toBeLessThan(17_481);
  });
});

describe('[signin.paste] a pasted callback', () => {
  test('finishes a sign-in that nobody listens for', async () => {
    const server = await world();
    const here = rig();
    const waiting = await here.start(oauthEntry({ url: server.url }), { byHand: true });
    expect(waiting).toMatchObject({ listening: false });
    const callback = await callbackOf(waiting.url);
    expect(await here.finish(waiting.flow, ` ${callback}\n`)).toMatchObject({ kind: 'completed' });
    expect(await here.outcome(waiting.flow)).toMatchObject({ kind: 'completed' });
    expect(await codeOf(here.finish(waiting.flow, callback))).toBe('ERR_LOGIN_UNKNOWN');
    expect(server.counters.tokenRequests).toBe(1);
  });

  test('of another sign-in, address or state changes nothing', async () => {
    const server = await world();
    const here = rig();
    const entry = oauthEntry({ url: server.url });
    const waiting = await here.start(entry, { byHand: true });
    const other = await here.start(entry, { byHand: true, scopes: ['x'] });
    const callback = await callbackOf(waiting.url);
    const wrong = [
      await callbackOf(other.url),
      callback.replace('localhost', 'evil.example'),
      callback.replace('state=', 'state=x'),
      'code=only',
      '',
    ];
    for (const text of wrong) expect(await codeOf(here.finish(waiting.flow, text)), text).toBe('ERR_USAGE');
    expect(server.counters.tokenRequests).toBe(0);
    expect(await here.finish(waiting.flow, callback)).toMatchObject({ kind: 'completed' });
  });

  test.each(['nobody', '', '../../etc/passwd', 'f'.repeat(32)])(
    'for a sign-in that is not there (%j)',
    async (flow) => {
      expect(await codeOf(rig().finish(flow, 'code=c&state=s'))).toBe('ERR_LOGIN_UNKNOWN');
    },
  );
});

describe('[signin.two-processes] two processes', () => {
  test('begin here, finish there: both hear how it ended, and both use the login', async () => {
    const server = await world();
    const disk = newDisk();
    const [here, there] = [rig({ disk }), rig({ disk })];
    const entry = oauthEntry({ url: server.url });
    const waiting = await here.start(entry);
    const ended = here.outcome(waiting.flow);
    const outcome = await there.finish(waiting.flow, await callbackOf(waiting.url));
    expect(outcome).toMatchObject({ kind: 'completed' });
    expect(await ended).toEqual(outcome);
    expect(bearerOf(await here.headers(entry))).toBe(bearerOf(await there.headers(entry)));
    expect(await disk.store.list('flow')).toEqual([]);
  });

  test('hear of each other over files, too', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-sign-in-'));
    closers.push(() => rm(folder, { recursive: true }));
    const open = () =>
      openStore({
        folder,
        files: createFiles({ clock: systemClock }),
        locks: createLocks({ clock: systemClock, platform: 'linux' }),
        clock: systemClock,
        logger: silentLogger,
        env: { HOLDFAST_KEYRING: 'off' },
        node: '',
        uid: undefined,
      });
    const server = await world();
    const [here, there] = [rig({ disk: await open() }), rig({ disk: await open() })];
    const entry = oauthEntry({ url: server.url });
    const waiting = await here.start(entry);
    const ended = here.outcome(waiting.flow);
    const outcome = await there.finish(waiting.flow, await callbackOf(waiting.url));
    expect(outcome).toMatchObject({ kind: 'completed' });
    expect(await ended).toEqual(outcome);
    expect((await knock(server.url, await here.headers(entry))).status).toBe(200);
    // Who waits is told first.
    await expect.poll(() => here.disk.store.list('flow')).toEqual([]);
  });

  test('the one that began may be gone', async () => {
    const server = await world();
    const disk = newDisk();
    const here = rig({ disk });
    const waiting = await here.start(oauthEntry({ url: server.url }), { byHand: true });
    await here.signIns.close();
    const outcome = await rig({ disk }).finish(waiting.flow, await callbackOf(waiting.url));
    expect(outcome).toMatchObject({ kind: 'completed' });
    const [kept] = await disk.store.list('flow');
    expect(kept?.secrets ?? {}).toEqual({});
  });

  test('that both have the answer send its code once', async () => {
    const server = await world();
    const disk = newDisk();
    const rigs = [rig({ disk }), rig({ disk }), rig({ disk })];
    const waiting = await rigs[0]!.start(oauthEntry({ url: server.url }));
    const callback = await callbackOf(waiting.url);
    // Long enough for all of them to come while the first is being redeemed.
    server.fault('token', { commit: true, holdMs: 300 });
    const answers = await Promise.all([...rigs.map((one) => one.finish(waiting.flow, callback)), browse(callback)]);
    expect(answers.slice(0, 3)).toEqual(Array(3).fill(expect.objectContaining({ kind: 'completed' })));
    expect(server.counters).toMatchObject({ tokenRequests: 1, invalidGrants: 0 });
  });

  test('hear of each other that a sign-in was cancelled', async () => {
    const server = await world();
    const disk = newDisk();
    const [here, there] = [rig({ disk }), rig({ disk })];
    const waiting = await here.start(oauthEntry({ url: server.url }));
    const heard = here.outcome(waiting.flow);
    await there.signIns.cancel(waiting.flow);
    expect(await heard).toMatchObject({ kind: 'failed', error: 'cancelled' });
  });

  test('a third one that waits hears it too', async () => {
    const server = await world();
    const disk = newDisk();
    const [here, third] = [rig({ disk }), rig({ disk })];
    const waiting = await here.start(oauthEntry({ url: server.url }));
    const heard = third.outcome(waiting.flow);
    await browse(waiting.url);
    expect(await heard).toMatchObject({ kind: 'completed', missing: [] });
  });
});

describe('[signin.device] the device grant', () => {
  test('shows a code and ends when it was typed', async () => {
    const server = await world({ device: { intervalSeconds: 1 } });
    const here = rig();
    const entry = oauthEntry({ url: server.url });
    const waiting = await here.start(entry, { method: 'device' });
    expect(waiting).toMatchObject({ listening: false });
    expect(waiting.redirectUri).toBeUndefined();
    expect(server.typeUserCode(waiting.userCode ?? '')).toBe(true);
    expect(await here.outcome(waiting.flow)).toMatchObject({ kind: 'completed' });
    expect((await knock(server.url, await here.headers(entry))).status).toBe(200);
    expect(await here.disk.store.list('flow')).toEqual([]);
  });

  test('is finished by another process when the first one is gone', async () => {
    const server = await world({ device: { intervalSeconds: 1 } });
    const disk = newDisk();
    const here = rig({ disk });
    const waiting = await here.start(oauthEntry({ url: server.url, oauth: { grant: 'device_code' } }));
    await here.signIns.close();
    server.typeUserCode(waiting.userCode ?? '');
    expect(await rig({ disk }).finish(waiting.flow, '')).toMatchObject({ kind: 'completed' });
  });

  test('is taken back', async () => {
    const server = await world({ device: { intervalSeconds: 1 } });
    const here = rig();
    const waiting = await here.start(oauthEntry({ url: server.url }), { method: 'device' });
    await here.signIns.cancel(waiting.flow);
    expect(await here.outcome(waiting.flow)).toMatchObject({ kind: 'failed', error: 'cancelled' });
    const asked = server.counters.tokenRequests;
    server.typeUserCode(waiting.userCode ?? '');
    await here.signIns.close();
    expect(server.counters.tokenRequests).toBe(asked);
    expect(await here.signIns.list()).toEqual([]);
  });

  test('[signin.registered-again] with a forgotten client registers anew without asking anybody', async () => {
    const server = await world({ device: { intervalSeconds: 1 } });
    const here = rig();
    const entry = oauthEntry({ url: server.url });
    await here.signIns.cancel((await here.start(entry, { method: 'device' })).flow);
    server.forgetClients();
    expect(await here.start(entry, { method: 'device' })).toMatchObject({ kind: 'waiting' });
    expect(server.counters.registrations).toBe(2);
  });
});

describe('[signin.machine] client credentials', () => {
  const keys = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const METHODS = [
    ['client_secret_basic', { client_secret: 's3cret-s3cret' }, { clientSecret: secret('s3cret-s3cret') }],
    ['client_secret_post', { client_secret: 's3cret-s3cret' }, { clientSecret: secret('s3cret-s3cret') }],
    ['private_key_jwt', { publicKey: keys.publicKey }, { privateKey: secret(keys.privateKey) }],
  ] as const;
  const GRANT = { grant: 'client_credentials', clientId: 'machine' } as const;

  test.each(METHODS)('sign in by %s, at once and without a person', async (method, known, own) => {
    const client = { client_id: 'machine', token_endpoint_auth_method: method, ...known };
    const server = await world({ clients: [client], authMethods: [method] });
    const here = rig();
    const entry = oauthEntry({ url: server.url, oauth: { ...GRANT, ...own } });
    expect(await here.begin(entry)).toMatchObject({ kind: 'completed', credential: { grant: 'client_credentials' } });
    expect((await knock(server.url, await here.headers(entry))).status).toBe(200);
    expect(server.counters.authorizations).toBe(0);
  });

  const MACHINE = {
    client_id: 'machine',
    client_secret: 'good-secret',
    token_endpoint_auth_method: 'client_secret_basic',
  };

  test('sign in by themselves, and again when the token is refused', async () => {
    const server = await world({ clients: [MACHINE] });
    const here = rig();
    const entry = oauthEntry({ url: server.url, oauth: { ...GRANT, clientSecret: secret('good-secret') } });
    const first = await here.headers(entry);
    expect(first).toMatchObject({ ok: true, kind: 'oauth' });
    server.expireAccessTokens();
    const second = await here.headers(entry, first.ok ? first.token : undefined);
    expect((await knock(server.url, second)).status).toBe(200);
  });

  test('that are wrong send nothing, so that the server says what it wants', async () => {
    const server = await world({ clients: [MACHINE] });
    const here = rig();
    const entry = oauthEntry({ url: server.url, oauth: { ...GRANT, clientSecret: secret('bad-secret') } });
    expect(await here.headers(entry)).toEqual({ ok: true, headers: {}, kind: 'none' });
    expect(await here.headers(entry)).toEqual({ ok: true, headers: {}, kind: 'none' });
    expect(server.counters.tokenRequests).toBe(1);
    expect(await here.begin(entry)).toMatchObject({ kind: 'failed', reason: 'client-registration-refused' });
  });

  test('whose server fails for now are refresh-failed, not needs-auth', async () => {
    const server = await world({ clients: [MACHINE] });
    server.fault('token', { answer: ({ response }) => void response.writeHead(503).end() }, Infinity);
    const here = rig();
    const entry = oauthEntry({ url: server.url, oauth: { ...GRANT, clientSecret: secret('good-secret') } });
    expect(await here.headers(entry)).toMatchObject({ ok: false, fault: { reason: 'refresh-failed' } });
  });

  test('[signin.lane] never by themselves beside headers of the entry', async () => {
    const server = await world({ clients: [MACHINE] });
    const here = rig();
    const oauth = { ...GRANT, clientSecret: secret('good-secret') };
    const entry = oauthEntry({ url: server.url, oauth, headers: { 'X-Key': 'k' } });
    expect(await here.headers(entry)).toMatchObject({ ok: true, kind: 'headers' });
    expect(server.counters.tokenRequests).toBe(0);
  });
});
