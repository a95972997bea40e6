/**
 * A whole fleet and a real authorization server on loopback: every 401 and 403, signing in and out, renewal, step-up.
 *
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createHoldfast } from '../../src/create.ts';
import type { HoldfastError } from '../../src/base/errors.ts';
import type { FleetEvent } from '../../src/core/events.ts';
import type { Fleet } from '../../src/core/fleet.ts';
import type { LoginOptions } from '../../src/core/sign-in.ts';
import type { Snapshot } from '../../src/core/snapshot.ts';
import { startAuthServer } from '../../src/testing/auth-server.ts';
import type { AuthServer, AuthServerOptions } from '../../src/testing/auth-server.ts';
import { startFaultServer } from '../../src/testing/fault-server.ts';
import { forbidden, status, unauthorized } from '../../src/testing/faults.ts';
import { browse } from '../support/sign-in-rig.ts';

const closers: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function world(options: AuthServerOptions = {}): Promise<AuthServer> {
  const server = await startAuthServer(options);
  closers.push(() => server.close());
  return server;
}

function newHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'holdfast-fleet-'));
  closers.push(() => rmSync(home, { recursive: true, force: true }));
  return home;
}

type Servers = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

async function open(servers: Servers, home = newHome(), profile?: string): Promise<Fleet> {
  const fleet = await createHoldfast({
    servers,
    cwd: home,
    env: { HOME: home, PATH: process.env['PATH'] },
    ...(profile === undefined ? {} : { profile }),
  });
  closers.push(() => fleet.close());
  return fleet;
}

/** The server, when no try of it is under way any more. */
async function settled(fleet: Fleet, name = 'a'): Promise<Snapshot> {
  const [snapshot] = await fleet.settled({ timeoutMs: 10_000, names: [name] });
  return snapshot as Snapshot;
}

/** Signs in as a person in front of a browser does. */
async function signIn(fleet: Fleet, name = 'a', options: LoginOptions = {}): Promise<Snapshot> {
  await settled(fleet, name);
  const started = await fleet.startLogin(name, options);
  if (started.kind === 'done') return started.report.snapshot;
  const result = fleet.loginResult(started.flow, { timeoutMs: 10_000 });
  await (await browse(started.url)).text();
  return (await result).snapshot;
}

async function listen(fleet: Fleet): Promise<FleetEvent[]> {
  const events: FleetEvent[] = [];
  const stop = new AbortController();
  const reading = (async () => {
    for await (const event of fleet.events(stop.signal)) events.push(event);
  })();
  closers.push(async () => {
    stop.abort();
    await reading;
  });
  await fleet.snapshots();
  return events;
}

const failure = (work: Promise<unknown>): Promise<HoldfastError> =>
  work.then(
    () => expect.unreachable('it was to fail'),
    (error: unknown) => error as HoldfastError,
  );

const echo = (fleet: Fleet, interaction?: 'none' | 'url' | 'browser'): Promise<unknown> =>
  fleet.request(
    'a',
    'tools/call',
    { name: 'echo', arguments: { text: 'hi' } },
    interaction === undefined ? {} : { interaction },
  );

describe('401 and 403 on a connect', () => {
  test('[connect.401-sign-in] d: nothing sent, the server advertises a sign-in', async () => {
    const server = await world();
    const fleet = await open({ a: { type: 'http', url: server.url } });
    expect(await settled(fleet)).toMatchObject({ status: 'needs-auth', reason: 'sign-in-required', offersOAuth: true });
  });

  test('[connect.401-headers] b: the entry sends headers, though the server advertises a sign-in', async () => {
    const server = await world();
    const fleet = await open({ a: { type: 'http', url: server.url, headers: { Authorization: 'Bearer wrong' } } });
    const snapshot = await settled(fleet);
    expect(snapshot).toMatchObject({ status: 'needs-auth', reason: 'credentials-rejected', signIn: 'headers' });
    expect(snapshot.next).toContain('authenticate');
    expect(server.requests.authorization.filter(({ url }) => url.includes('/token'))).toEqual([]);
  });

  test.each([
    ['connect.401-bare', 'e: 401, no sign-in advertised', unauthorized(), 'credentials-required'],
    ['connect.403-bare', 'f: a bare 403', forbidden(), 'forbidden'],
  ])('[%s] %s', async (_id, _what, behaviour, reason) => {
    const faults = await startFaultServer();
    closers.push(() => faults.close());
    const mount = faults.mount('/mcp', behaviour);
    faults.mount('/', status(404));
    const fleet = await open({ a: { type: 'http', url: mount.url } });
    expect(await settled(fleet)).toMatchObject({ status: 'needs-auth', reason });
  });

  test('[connect.401-token] [login.401-refresh] c: a refused token is refreshed once, and the server is connected', async () => {
    const server = await world();
    const fleet = await open({ a: { type: 'http', url: server.url } });
    await signIn(fleet);
    server.expireAccessTokens();
    const report = await fleet.reconnect('a');
    expect(report.snapshot).toMatchObject({ status: 'connected', login: { generation: 2 } });
    expect(server.counters).toMatchObject({ redemptions: 1, invalidGrants: 0 });
  });

  test('[connect.401-token] c: where the login is over it is sign-in-expired, and the next contact asks again', async () => {
    const server = await world();
    const fleet = await open({ a: { type: 'http', url: server.url } });
    await signIn(fleet);
    server.revokeGrants();
    const report = await fleet.reconnect('a');
    expect(report.snapshot).toMatchObject({
      status: 'needs-auth',
      reason: 'sign-in-expired',
      login: { status: 'refused' },
    });
    const seen = server.requests.resource.length;
    await fleet.reconnect('a');
    expect(server.requests.resource.length).toBeGreaterThan(seen);
    expect(await signIn(fleet)).toMatchObject({ status: 'connected', login: { status: 'live' } });
  });

  test('[connect.step-up] a: 403 insufficient_scope with a token held', async () => {
    const scopes: string[] = [];
    const server = await world({ resources: { '/mcp': { scopes, tellScopes: false } } });
    const fleet = await open({ a: { type: 'http', url: server.url } });
    await signIn(fleet);
    scopes.push('mcp:admin');
    const report = await fleet.reconnect('a');
    expect(report.snapshot).toMatchObject({
      status: 'needs-auth',
      reason: 'step-up-required',
      missingScopes: ['mcp:admin'],
    });
    expect(server.counters.redemptions).toBe(0);
    expect(await signIn(fleet)).toMatchObject({ status: 'connected', login: { scopes: ['mcp:admin'] } });
  });
});

describe('a login in a fleet', () => {
  test('[login.acts] begins with a browser, survives a restart, and ends with a sign-out that is told', async () => {
    const server = await world();
    const home = newHome();
    const entry = { a: { type: 'http', url: server.url } };
    const first = await open(entry, home);
    const events = await listen(first);
    expect(await signIn(first)).toMatchObject({
      status: 'connected',
      signIn: 'oauth',
      login: { issuer: server.issuer },
    });
    await vi.waitFor(() =>
      expect(events.map(({ event }) => event)).toEqual(expect.arrayContaining(['auth.url', 'auth.completed'])),
    );
    await expect(echo(first)).resolves.toBeDefined();
    await first.close();
    const second = await open(entry, home);
    expect(await settled(second)).toMatchObject({ status: 'connected', login: { issuer: server.issuer } });
    expect(await second.credentials()).toMatchObject([{ server: server.url, registration: 'dynamic' }]);
    const report = await second.logout('a');
    expect(report.did.join('; ')).toContain('revoked it at');
    expect(report.snapshot).toMatchObject({ status: 'needs-auth', reason: 'sign-in-required' });
    expect(server.counters.revocations).toBeGreaterThan(0);
    expect(await second.credentials()).toEqual([]);
  });

  test('[login.acts] is finished by hand, in another process than it was begun in', async () => {
    const server = await world();
    const home = newHome();
    const entry = { a: { type: 'http', url: server.url } };
    const first = await open(entry, home);
    await settled(first);
    const started = await first.startLogin('a', { byHand: true });
    if (started.kind !== 'waiting') throw new Error('it was to wait');
    const answered = await fetch(started.url, { redirect: 'manual' });
    const second = await open(entry, home);
    await settled(second);
    const report = await second.finishLogin(started.flow, answered.headers.get('location') ?? '');
    expect(report.snapshot.status).toBe('connected');
    // The first process hears of the login, and connects by itself.
    await vi.waitFor(async () => expect((await first.snapshot('a')).status).toBe('connected'), 10_000);
    expect((await first.loginResult(started.flow).catch(() => undefined))?.snapshot.status ?? 'connected').toBe(
      'connected',
    );
  });

  test('[login.401-refresh] twenty calls that meet a dead token redeem once; the session goes on', async () => {
    const server = await world();
    const fleet = await open({ a: { type: 'http', url: server.url } });
    await signIn(fleet);
    const events = await listen(fleet);
    server.expireAccessTokens();
    const results = await Promise.all(Array.from({ length: 20 }, () => echo(fleet)));
    expect(results).toHaveLength(20);
    expect(server.counters).toMatchObject({ redemptions: 1, invalidGrants: 0, familiesRevoked: 0 });
    expect(await fleet.snapshot('a')).toMatchObject({ status: 'connected', login: { generation: 2 } });
    await vi.waitFor(() => expect(events.filter(({ event }) => event === 'auth.refreshed')).toHaveLength(1));
    expect(events.filter(({ event }) => event === 'server.status')).toEqual([]);
  });

  test.each([
    ['503', status(503)],
    ['429', status(429, { headers: { 'retry-after': '5' } })],
    ['HTML', status(200, { headers: { 'content-type': 'text/html' }, body: '<html></html>' })],
  ])('[login.refresh-failed] a token endpoint that answers %s ends no login', async (_what, answer) => {
    const server = await world();
    const fleet = await open({ a: { type: 'http', url: server.url } });
    await signIn(fleet);
    const events = await listen(fleet);
    server.fault('token', { answer }, Number.POSITIVE_INFINITY);
    server.expireAccessTokens();
    const error = await failure(echo(fleet));
    expect(error.data).toMatchObject({ reason: 'refresh-failed' });
    await vi.waitFor(async () => expect((await fleet.snapshot('a')).reason).toBe('refresh-failed'));
    expect(await fleet.credentials()).toMatchObject([{ status: 'live' }]);
    server.clearFaults();
    await vi.waitFor(async () => expect((await fleet.reconnect('a')).snapshot.status).toBe('connected'), {
      timeout: 15_000,
      interval: 500,
    });
    const words = events.flatMap((event) => (event.event === 'server.status' ? [event.to] : []));
    expect(words).not.toContain('needs-auth');
    expect(server.counters.invalidGrants).toBe(0);
  });

  test('[login.profiles] two accounts of one server are two connections with two tokens', async () => {
    let person = 0;
    const server = await world({ consent: () => ({ subject: `person-${(person += 1)}` }) });
    const home = newHome();
    const entry = { a: { type: 'http', url: server.url } };
    const own = await open(entry, home);
    const work = await open(entry, home, 'work');
    expect(await signIn(own)).toMatchObject({ login: { profile: 'default' } });
    expect(await settled(work)).toMatchObject({ status: 'needs-auth' });
    expect(await signIn(work)).toMatchObject({ login: { profile: 'work' } });
    expect(await own.credentials()).toHaveLength(2);
    await work.logout('a');
    expect((await own.reconnect('a')).snapshot.status).toBe('connected');
  });

  test('[heal.no-oauth-over-headers] beside the headers of an entry it is that entry’s own', async () => {
    const server = await world();
    const fleet = await open({
      a: { type: 'http', url: server.url, headers: { 'x-tenant': 't' } },
      b: { type: 'http', url: server.url },
    });
    await settled(fleet, 'b');
    expect(await signIn(fleet)).toMatchObject({ status: 'connected', signIn: 'headers', login: {} });
    expect(await fleet.snapshot('b')).toMatchObject({ status: 'needs-auth', reason: 'sign-in-required' });
    expect(server.requests.resource.at(-1)?.headers).toMatchObject({ 'x-tenant': 't' });
  });

  test('[login.acts] without a person, where the entry names a machine grant', async () => {
    const server = await world({
      clients: [
        {
          client_id: 'robot',
          client_secret: 's3cret-of-the-robot',
          token_endpoint_auth_method: 'client_secret_basic',
          grant_types: ['client_credentials'],
        },
      ] as unknown as NonNullable<AuthServerOptions['clients']>,
    });
    const oauth = { clientId: 'robot', clientSecret: 's3cret-of-the-robot', grant: 'client_credentials' };
    const fleet = await open({ a: { type: 'http', url: server.url, oauth } });
    expect(await settled(fleet)).toMatchObject({ status: 'connected', login: { grant: 'client_credentials' } });
    // A token that is refused, whatever it is, makes neither a storm of tokens nor a status that flutters.
    const events = await listen(fleet);
    const { tokenRequests } = server.counters;
    server.fault('resource', { answer: unauthorized() }, Number.POSITIVE_INFINITY);
    expect((await fleet.reconnect('a')).snapshot).toMatchObject({ status: 'needs-auth', reason: 'sign-in-expired' });
    await failure(echo(fleet));
    expect(server.counters.tokenRequests - tokenRequests).toBeLessThanOrEqual(1);
    const words = events.flatMap((event) => (event.event === 'server.status' ? [event.to] : []));
    expect(words).toEqual(['pending', 'needs-auth']);
  });
});

describe('step-up', () => {
  const tools = { toolScopes: { echo: ['mcp:write'] } };

  test('[stepup.headless] [stepup.connected] ends a headless call at once; granted by hand, it serves later ones', async () => {
    const server = await world({ resources: { '/mcp': tools } });
    const fleet = await open({ a: { type: 'http', url: server.url } });
    await signIn(fleet, 'a', { scopes: ['mcp:read'] });
    const error = await failure(echo(fleet));
    expect(error).toMatchObject({
      code: 'ERR_STEP_UP_REQUIRED',
      data: { missingScopes: ['mcp:write'], action: 'grant-access' },
    });
    expect(await fleet.snapshot('a')).toMatchObject({
      status: 'connected',
      stepUp: { scopes: ['mcp:write'], tool: 'echo' },
    });
    const started = await fleet.grantStepUp('a');
    if (started.kind !== 'waiting') throw new Error('it was to wait');
    expect(started.scopes.toSorted()).toEqual(['mcp:read', 'mcp:write']);
    expect(await failure(echo(fleet))).toMatchObject({ data: { url: started.url } });
    const result = fleet.loginResult(started.flow);
    await (await browse(started.url)).text();
    expect((await result).snapshot).not.toHaveProperty('stepUp');
    await expect(echo(fleet)).resolves.toBeDefined();
    expect(server.counters.redemptions).toBe(0);
  });

  test('[stepup.replay] [stepup.person] replays the waiting call, and the union is kept over a restart', async () => {
    const server = await world({ resources: { '/mcp': { toolScopes: { echo: ['mcp:write'], add: ['mcp:math'] } } } });
    const home = newHome();
    const entry = { a: { type: 'http', url: server.url } };
    const asked: string[] = [];
    const grantAll = async (fleet: Fleet): Promise<void> => {
      const stop = new AbortController();
      closers.push(() => stop.abort());
      for await (const event of fleet.events(stop.signal)) {
        if (event.event !== 'auth.required' || event.url === undefined) continue;
        asked.push(new URL(event.url).searchParams.get('scope') ?? '');
        await (await browse(event.url)).text();
      }
    };
    const first = await open(entry, home);
    await signIn(first, 'a', { scopes: ['mcp:read'] });
    void grantAll(first);
    await expect(echo(first, 'url')).resolves.toBeDefined();
    await first.close();
    const second = await open(entry, home);
    await settled(second);
    void grantAll(second);
    await second.snapshots();
    const add = second.request(
      'a',
      'tools/call',
      { name: 'add', arguments: { a: 1, b: 2 } },
      { interaction: 'browser' },
    );
    await add.catch((error: unknown) => expect((error as HoldfastError).code).toBe('ERR_RPC'));
    expect(asked.map((scope) => scope.split(' ').toSorted().join(' '))).toEqual([
      'mcp:read mcp:write',
      'mcp:math mcp:read mcp:write',
    ]);
  });

  test('[stepup.tries] a server that is never content asks for three consents, no more', async () => {
    const server = await world({ resources: { '/mcp': { ...tools, insatiable: ['echo'] } } });
    const fleet = await open({ a: { type: 'http', url: server.url } });
    await signIn(fleet);
    let consents = 0;
    const stop = new AbortController();
    closers.push(() => stop.abort());
    const person = (async () => {
      for await (const event of fleet.events(stop.signal)) {
        if (event.event !== 'auth.url') continue;
        consents += 1;
        await (await browse(event.url)).text();
      }
    })();
    await fleet.snapshots();
    expect(await failure(echo(fleet, 'browser'))).toMatchObject({
      code: 'ERR_STEP_UP_REFUSED',
      data: { error: 'useless' },
    });
    expect(await failure(echo(fleet, 'browser'))).toMatchObject({
      code: 'ERR_STEP_UP_REFUSED',
      data: { error: 'resting' },
    });
    stop.abort();
    await person;
    expect(consents).toBe(3);
    expect(await fleet.snapshot('a')).toMatchObject({ status: 'connected' });
  });

  test('[stepup.refused] a person who says no keeps the login that works', async () => {
    const server = await world({ resources: { '/mcp': { ...tools } } });
    const fleet = await open({ a: { type: 'http', url: server.url } });
    await signIn(fleet);
    server.consent = 'deny';
    const events = await listen(fleet);
    const calling = failure(echo(fleet, 'url'));
    await vi.waitFor(() => expect(events.some(({ event }) => event === 'auth.url')).toBe(true));
    const told = events.find((event) => event.event === 'auth.url');
    if (told?.event === 'auth.url') await (await browse(told.url)).text();
    expect(await calling).toMatchObject({ code: 'ERR_STEP_UP_REFUSED', data: { error: 'access_denied' } });
    await expect(fleet.request('a', 'tools/list')).resolves.toBeDefined();
    expect((await fleet.reconnect('a')).snapshot).toMatchObject({ status: 'connected' });
  });

  test('[stepup.person] pinned scopes are asked for as they are, and the error says which the server wants beside them', async () => {
    const server = await world({ resources: { '/mcp': tools } });
    const fleet = await open({ a: { type: 'http', url: server.url, oauth: { scopes: 'mcp:read' } } });
    await signIn(fleet);
    const error = await failure(echo(fleet, 'none'));
    expect(error).toMatchObject({
      code: 'ERR_STEP_UP_REQUIRED',
      data: { missingScopes: ['mcp:write'], unpinned: ['mcp:write'] },
    });
    expect(error.hint).toContain('oauth.scopes');
    const started = await fleet.grantStepUp('a');
    expect(started).toMatchObject({ scopes: ['mcp:read'], lacking: ['mcp:write'] });
  });
});
