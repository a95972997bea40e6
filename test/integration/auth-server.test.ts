/**
 * The authorization server of our own tests is honest: what it lets pass is right, what is wrong it refuses.
 *
 * @module
 */
import { createHash, generateKeyPairSync, randomBytes, randomUUID, sign } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { startAuthServer } from '../../src/testing/auth-server.ts';
import type { AuthServer, AuthServerOptions } from '../../src/testing/auth-server.ts';
import { hang, html, reset, status, tooMany } from '../../src/testing/index.ts';

const open: AuthServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function start(options: AuthServerOptions = {}): Promise<AuthServer> {
  const server = await startAuthServer(options);
  open.push(server);
  return server;
}

type Json = Record<string, unknown>;
const REDIRECT = 'http://127.0.0.1:4711/callback';
const s256 = (text: string): string => createHash('sha256').update(text).digest('base64url');

async function post(url: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
  const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(fields), headers });
  const text = await answer.text();
  const body = text.startsWith('{') ? (JSON.parse(text) as Json) : {};
  return { status: answer.status, body, text, headers: answer.headers };
}

const tokenUrl = (server: AuthServer): string => `${server.issuer}/token`;

async function register(server: AuthServer, method = 'none'): Promise<string> {
  const answer = await fetch(`${server.issuer}/register`, {
    method: 'POST',
    body: JSON.stringify({ redirect_uris: [REDIRECT], token_endpoint_auth_method: method }),
  });
  return String(((await answer.json()) as Json)['client_id']);
}

async function authorize(server: AuthServer, fields: Record<string, string>): Promise<URL | number> {
  const url = `${server.issuer}/authorize?${new URLSearchParams(fields).toString()}`;
  const answer = await fetch(url, { redirect: 'manual' });
  await answer.body?.cancel();
  return answer.status === 302 ? new URL(answer.headers.get('location') ?? '') : answer.status;
}

interface Ready {
  readonly clientId: string;
  readonly verifier: string;
  readonly ask: Record<string, string>;
}

async function ready(server: AuthServer): Promise<Ready> {
  const clientId = await register(server);
  const verifier = randomBytes(32).toString('base64url');
  const ask = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: REDIRECT,
    code_challenge: s256(verifier),
    code_challenge_method: 'S256',
    state: 'st4te',
    scope: 'read write',
    resource: server.url,
  };
  return { clientId, verifier, ask };
}

async function codeFor(server: AuthServer, { ask }: Ready): Promise<string> {
  const back = await authorize(server, ask);
  return back instanceof URL ? (back.searchParams.get('code') ?? '') : '';
}

function codeFields(server: AuthServer, known: Ready, code: string): Record<string, string> {
  return {
    grant_type: 'authorization_code',
    code,
    client_id: known.clientId,
    redirect_uri: REDIRECT,
    code_verifier: known.verifier,
    resource: server.url,
  };
}

async function signIn(server: AuthServer) {
  const known = await ready(server);
  const { body } = await post(tokenUrl(server), codeFields(server, known, await codeFor(server, known)));
  return { ...known, access: String(body['access_token']), refresh: String(body['refresh_token']), body };
}

const refreshFields = (clientId: string, token: string): Record<string, string> => ({
  grant_type: 'refresh_token',
  client_id: clientId,
  refresh_token: token,
});

async function call(url: string, token?: string, method = 'tools/list', params: Json = {}) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-method': method,
      'mcp-protocol-version': '2026-07-28',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method,
      params: { ...params, _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } },
    }),
  });
  await answer.body?.cancel();
  return { status: answer.status, challenge: answer.headers.get('www-authenticate') };
}

async function getJson(url: string): Promise<Json> {
  return (await (await fetch(url)).json()) as Json;
}

describe('[testing.auth-server] documents', () => {
  test.each([
    ['oauth', '/auth', '/.well-known/oauth-authorization-server/auth'],
    ['openid-inserted', '/auth', '/.well-known/openid-configuration/auth'],
    ['openid-appended', '/auth', '/auth/.well-known/openid-configuration'],
    ['oauth', '', '/.well-known/oauth-authorization-server'],
  ] as const)(
    'metadata at %s of issuer path "%s" lies at %s and names its issuer',
    async (metadata, issuerPath, path) => {
      const server = await start({ metadata, issuerPath });
      const document = await getJson(`${new URL(server.issuer).origin}${path}`);
      expect(document).toMatchObject({ issuer: server.issuer, token_endpoint: tokenUrl(server) });
    },
  );

  test.each([
    ['challenge', '/.well-known/oauth-protected-resource/mcp', true],
    ['path', '/.well-known/oauth-protected-resource/mcp', false],
    ['root', '/.well-known/oauth-protected-resource', false],
  ] as const)('resource metadata by %s lies at %s', async (metadata, path, named) => {
    const server = await start({ resources: { '/mcp': { metadata } } });
    const document = await getJson(`${server.http.origin}${path}`);
    expect(document).toMatchObject({ resource: server.url, authorization_servers: [server.issuer] });
    const { challenge } = await call(server.url);
    expect(challenge?.includes('resource_metadata=')).toBe(named);
  });

  test('documents can be changed, and two origins are two', async () => {
    const server = await start({ origins: 'two', editMetadata: (own) => ({ ...own, issuer: 'https://else.test' }) });
    expect(new URL(server.issuer).origin).not.toBe(server.http.origin);
    const document = await getJson(`${new URL(server.issuer).origin}/.well-known/oauth-authorization-server/auth`);
    expect(document['issuer']).toBe('https://else.test');
  });
});

describe('[testing.auth-server] authorization', () => {
  test('a whole sign-in ends with tokens that the server accepts, and state and iss come back', async () => {
    const server = await start();
    const known = await ready(server);
    const back = (await authorize(server, known.ask)) as URL;
    expect(back.href.startsWith(REDIRECT)).toBe(true);
    expect(back.searchParams.get('state')).toBe('st4te');
    expect(back.searchParams.get('iss')).toBe(server.issuer);
    const { body } = await post(tokenUrl(server), codeFields(server, known, back.searchParams.get('code') ?? ''));
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3_600, scope: 'read write' });
    expect((await call(server.url, String(body['access_token']))).status).toBe(200);
  });

  test.each<[string, Record<string, string | undefined>, string]>([
    ['no PKCE', { code_challenge: undefined }, 'invalid_request'],
    ['plain PKCE', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['another response type', { response_type: 'token' }, 'unsupported_response_type'],
    ['a foreign resource', { resource: 'https://else.test/mcp' }, 'invalid_target'],
  ])('%s is sent back as an error', async (_what, change, error) => {
    const server = await start();
    const { ask } = await ready(server);
    const changed = Object.entries({ ...ask, ...change }).filter((pair): pair is [string, string] => !!pair[1]);
    const back = (await authorize(server, Object.fromEntries(changed))) as URL;
    expect(back.searchParams.get('error')).toBe(error);
    expect(back.searchParams.get('code')).toBeNull();
  });

  test.each([
    ['an unknown client', { client_id: 'nobody' }],
    ['another port', { redirect_uri: 'http://127.0.0.1:4712/callback' }],
    ['another path', { redirect_uri: `${REDIRECT}/x` }],
    ['a query added', { redirect_uri: `${REDIRECT}?a=1` }],
  ])('%s is not sent anywhere', async (_what, change) => {
    const server = await start();
    const { ask } = await ready(server);
    expect(await authorize(server, { ...ask, ...change })).toBe(400);
  });

  test('a client document whose redirect has no port stands for any port of that address alone', async () => {
    const id = 'https://client.test/metadata.json';
    const documents = {
      [id]: { client_id: id, redirect_uris: ['http://127.0.0.1/callback'], token_endpoint_auth_method: 'none' },
    };
    const server = await start({ clientDocuments: documents });
    const { ask } = await ready(server);
    expect(await authorize(server, { ...ask, client_id: id })).toBeInstanceOf(URL);
    expect(await authorize(server, { ...ask, client_id: id, redirect_uri: 'http://localhost:4711/callback' })).toBe(
      400,
    );
  });

  test('a person may refuse, or give less', async () => {
    const server = await start({ consent: 'deny' });
    const known = await ready(server);
    const back = (await authorize(server, known.ask)) as URL;
    expect(back.searchParams.get('error')).toBe('access_denied');
    server.consent = { scopes: ['read'] };
    const { body } = await post(tokenUrl(server), codeFields(server, known, await codeFor(server, known)));
    expect(body['scope']).toBe('read');
    expect(server.counters.authorizations).toBe(1);
  });

  test.each([
    [{ advertise: false, send: false }, null],
    [{ advertise: true, send: 'https://else.test' }, 'https://else.test'],
  ])('iss is sent as told: %j', async (iss, expected) => {
    const server = await start({ iss });
    const { ask } = await ready(server);
    expect(((await authorize(server, ask)) as URL).searchParams.get('iss')).toBe(expected);
  });
});

describe('[testing.auth-server] the token endpoint', () => {
  test.each([
    ['a wrong verifier', { code_verifier: 'x'.repeat(43) }, 'invalid_grant'],
    ['no verifier', { code_verifier: '' }, 'invalid_request'],
    ['another redirect', { redirect_uri: 'http://127.0.0.1:9/callback' }, 'invalid_grant'],
    ['another resource', { resource: '' }, 'invalid_target'],
    ['an unknown code', { code: 'code_x' }, 'invalid_grant'],
  ])('%s is refused', async (_what, change, error) => {
    const server = await start();
    const known = await ready(server);
    const fields = { ...codeFields(server, known, await codeFor(server, known)), ...change };
    const answer = await post(tokenUrl(server), fields);
    expect(answer).toMatchObject({ status: 400, body: { error } });
  });

  test('a code that comes twice takes the tokens of the first time away', async () => {
    const server = await start();
    const known = await ready(server);
    const fields = codeFields(server, known, await codeFor(server, known));
    const first = await post(tokenUrl(server), fields);
    expect((await post(tokenUrl(server), fields)).body['error']).toBe('invalid_grant');
    expect((await call(server.url, String(first.body['access_token']))).status).toBe(401);
  });

  test('rotation: each refresh token is good once, and the second time ends the family', async () => {
    const server = await start();
    const { clientId, refresh } = await signIn(server);
    const second = await post(tokenUrl(server), refreshFields(clientId, refresh));
    expect(second.status).toBe(200);
    expect(second.body['refresh_token']).not.toBe(refresh);
    expect((await post(tokenUrl(server), refreshFields(clientId, refresh))).body['error']).toBe('invalid_grant');
    const newest = String(second.body['refresh_token']);
    expect((await post(tokenUrl(server), refreshFields(clientId, newest))).body['error']).toBe('invalid_grant');
    expect((await call(server.url, String(second.body['access_token']))).status).toBe(401);
    expect(server.counters).toMatchObject({ redemptions: 1, familiesRevoked: 1, invalidGrants: 2, tokenRequests: 4 });
  });

  test('with a grace the second time is counted and passes', async () => {
    const server = await start({ graceMs: 60_000 });
    const { clientId, refresh } = await signIn(server);
    for (let time = 0; time < 3; time += 1)
      expect((await post(tokenUrl(server), refreshFields(clientId, refresh))).status).toBe(200);
    expect(server.counters).toMatchObject({ redemptions: 1, graced: 2, familiesRevoked: 0 });
  });

  test('a refresh token belongs to its client, and never widens', async () => {
    const server = await start();
    const { clientId, refresh } = await signIn(server);
    const other = await register(server);
    expect((await post(tokenUrl(server), refreshFields(other, refresh))).body['error']).toBe('invalid_grant');
    const wider = { ...refreshFields(clientId, refresh), scope: 'read admin' };
    expect((await post(tokenUrl(server), wider)).body['error']).toBe('invalid_scope');
    expect((await post(tokenUrl(server), refreshFields(clientId, refresh))).status).toBe(200);
  });

  test('access ends when it is said to', async () => {
    const server = await start();
    const { access, refresh, clientId } = await signIn(server);
    server.expireAccessTokens();
    const refused = await call(server.url, access);
    expect(refused).toMatchObject({
      status: 401,
      challenge: expect.stringContaining('error="invalid_token"') as string,
    });
    expect((await post(tokenUrl(server), refreshFields(clientId, refresh))).status).toBe(200);
    server.revokeGrants();
    expect(server.grants.every(({ revoked }) => revoked)).toBe(true);
  });

  test('a forgotten client is refused as a client', async () => {
    const server = await start();
    const { clientId, refresh, ask } = await signIn(server);
    server.forgetClients(clientId);
    expect(await post(tokenUrl(server), refreshFields(clientId, refresh))).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    });
    expect(await authorize(server, ask)).toBe(400);
  });

  test('scopes and expiry are told as configured', async () => {
    const silent = await signIn(await start({ tellExpiry: false, tellScope: 'never', refresh: 'none' }));
    expect(Object.keys(silent.body).toSorted()).toEqual(['access_token', 'token_type']);
  });

  test('a server that keeps its refresh tokens takes the same one again and again', async () => {
    const server = await start({ refresh: 'keep' });
    const { clientId, refresh } = await signIn(server);
    for (let time = 0; time < 3; time += 1) {
      const { status: code, body } = await post(tokenUrl(server), refreshFields(clientId, refresh));
      expect([code, 'refresh_token' in body]).toEqual([200, false]);
    }
    expect(server.counters).toMatchObject({ redemptions: 3, familiesRevoked: 0 });
  });

  test('only what can be granted is granted, and that is told where it differs', async () => {
    const fewer = await signIn(await start({ grantable: ['read'], tellScope: 'when-different' }));
    expect(fewer.body['scope']).toBe('read');
    const same = await signIn(await start({ grantable: ['read', 'write'], tellScope: 'when-different' }));
    expect(same.body['scope']).toBeUndefined();
  });

  test('an assertion counts where the server accepts it', async () => {
    const clients = [{ client_id: 'workload' }];
    const server = await start({ clients, acceptAssertion: (text) => text === 'good' });
    const ask = (assertion: string): ReturnType<typeof post> =>
      post(tokenUrl(server), {
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        client_id: 'workload',
        assertion,
        resource: server.url,
      });
    expect((await ask('bad')).body['error']).toBe('invalid_grant');
    expect((await call(server.url, String((await ask('good')).body['access_token']))).status).toBe(200);
  });

  test.each([
    ['none', 404],
    ['refused', 403],
  ] as const)('registration that is %s answers %d', async (registration, code) => {
    const server = await start({ registration });
    const document = await getJson(`${server.http.origin}/.well-known/oauth-authorization-server/auth`);
    expect('registration_endpoint' in document).toBe(registration !== 'none');
    const body = JSON.stringify({ redirect_uris: [REDIRECT], token_endpoint_auth_method: 'none' });
    const answer = await fetch(`${server.issuer}/register`, { method: 'POST', body });
    expect(answer.status).toBe(code);
  });

  test.each([
    ['a redirect over http to another machine', { redirect_uris: ['http://else.test/cb'] }, 'invalid_redirect_uri'],
    ['a method that is not offered', { token_endpoint_auth_method: 'tls_client_auth' }, 'invalid_client_metadata'],
  ])('%s is not registered', async (_what, change, error) => {
    const server = await start();
    const body = JSON.stringify({ redirect_uris: [REDIRECT], token_endpoint_auth_method: 'none', ...change });
    const answer = await fetch(`${server.issuer}/register`, { method: 'POST', body });
    expect(await answer.json()).toMatchObject({ error });
    expect(server.clients).toEqual([]);
  });

  test('revocation takes the family with the refresh token', async () => {
    const server = await start();
    const { clientId, access, refresh } = await signIn(server);
    const gone = await post(`${server.issuer}/revoke`, { token: refresh, client_id: clientId });
    expect(gone.status).toBe(200);
    expect((await call(server.url, access)).status).toBe(401);
    expect(server.counters.revocations).toBe(1);
  });
});

describe('[testing.auth-server] clients that prove themselves', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const redirects = { redirect_uris: [REDIRECT] };
  const clients = [
    { client_id: 'b a:s', client_secret: 'p%ß', token_endpoint_auth_method: 'client_secret_basic', ...redirects },
    { client_id: 'post', client_secret: 's3cret', token_endpoint_auth_method: 'client_secret_post', ...redirects },
    {
      client_id: 'jwt',
      token_endpoint_auth_method: 'private_key_jwt',
      publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      ...redirects,
    },
  ];
  const grant = { grant_type: 'client_credentials', scope: 'read' };

  function assertion(change: Json = {}): string {
    const now = Math.floor(Date.now() / 1_000);
    const claims = { iss: 'jwt', sub: 'jwt', exp: now + 60, iat: now, jti: randomUUID(), ...change };
    const head = Buffer.from(JSON.stringify({ alg: 'ES256' })).toString('base64url');
    const signed = `${head}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
    const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    return `${signed}.${signature.toString('base64url')}`;
  }
  const basic = (id: string, secret: string): Record<string, string> => ({
    authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`,
  });
  const byJwt = (text: string): Record<string, string> => ({
    ...grant,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: text,
  });

  test('basic, post and a signed assertion pass with the right proof', async () => {
    const server = await start({ clients });
    const url = tokenUrl(server);
    const answers = await Promise.all([
      post(url, grant, basic('b a:s', 'p%ß')),
      post(url, { ...grant, client_id: 'post', client_secret: 's3cret' }),
      post(url, byJwt(assertion({ aud: server.issuer }))),
    ]);
    expect(answers.map(({ status: code }) => code)).toEqual([200, 200, 200]);
    expect(answers.map(({ body }) => 'refresh_token' in body)).toEqual([false, false, false]);
  });

  test('a wrong secret, another method, a wrong audience, a foreign subject, an old or repeated assertion are refused', async () => {
    const server = await start({ clients });
    const url = tokenUrl(server);
    const once = assertion({ aud: server.issuer });
    await post(url, byJwt(once));
    const refused = [
      await post(url, grant, basic('b a:s', 'wrong')),
      await post(url, { ...grant, client_id: 'b a:s', client_secret: 'p%ß' }),
      await post(url, grant, basic('post', 's3cret')),
      await post(url, { ...grant, client_id: 'post' }),
      await post(url, byJwt(once)),
      await post(url, byJwt(assertion({ aud: 'https://else.test' }))),
      await post(url, byJwt(assertion({ aud: server.issuer, exp: 1 }))),
      await post(url, byJwt(assertion({ aud: server.issuer, iss: 'other' }))),
      await post(url, byJwt(`${assertion({ aud: server.issuer }).slice(0, -8)}AAAAAAAA`)),
    ];
    expect(refused.map(({ body }) => body['error'])).toEqual(refused.map(() => 'invalid_client'));
  });

  test('a client without a proof gets no client credentials', async () => {
    const server = await start();
    const answer = await post(tokenUrl(server), { ...grant, client_id: await register(server) });
    expect(answer.body['error']).toBe('unauthorized_client');
  });
});

describe('[testing.auth-server] the guard', () => {
  test('a tool that needs more scopes says which, and a wider consent opens it', async () => {
    const server = await start({ resources: { '/mcp': { toolScopes: { echo: ['admin'] }, insatiable: ['add'] } } });
    const first = await signIn(server);
    const echo = { name: 'echo', arguments: { text: 'x' } };
    const refused = await call(server.url, first.access, 'tools/call', echo);
    expect(refused.status).toBe(403);
    expect(refused.challenge).toMatch(/error="insufficient_scope", scope="admin", resource_metadata="/);
    const known = await ready(server);
    const wider = { ...known, ask: { ...known.ask, scope: 'read write admin' } };
    const { body } = await post(tokenUrl(server), codeFields(server, wider, await codeFor(server, wider)));
    const access = String(body['access_token']);
    expect((await call(server.url, access, 'tools/call', echo)).status).toBe(200);
    expect((await call(server.url, access, 'tools/call', { name: 'add' })).status).toBe(403);
    expect(server.counters.forbidden).toBe(2);
  });

  test('a token for one server is no token for another', async () => {
    const server = await start({ resources: { '/mcp': {}, '/other': {} } });
    const { access } = await signIn(server);
    expect((await call(server.urlOf('/other'), access)).status).toBe(401);
    expect((await call(server.url, access)).status).toBe(200);
  });

  test('what came is written down with its headers', async () => {
    const server = await start();
    const { access } = await signIn(server);
    await call(server.url, access);
    expect(server.requests.resource.at(-1)?.headers['authorization']).toBe(`Bearer ${access}`);
    expect(server.requests.authorization.map(({ url }) => url.split('?')[0])).toEqual([
      '/auth/register',
      '/auth/authorize',
      '/auth/token',
    ]);
  });
});

describe('[testing.auth-server] proofs of possession', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = publicKey.export({ format: 'jwk' });

  function proof(method: string, url: string, extra: Json = {}): string {
    const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = { jti: randomUUID(), htm: method, htu: url, iat: Math.floor(Date.now() / 1_000), ...extra };
    const signed = `${part({ typ: 'dpop+jwt', alg: 'ES256', jwk })}.${part(claims)}`;
    const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    return `${signed}.${signature.toString('base64url')}`;
  }

  test('a bound token needs a proof by its key, for that address, method and token, once', async () => {
    const server = await start({ dpop: 'required' });
    const url = tokenUrl(server);
    const known = await ready(server);
    const fields = codeFields(server, known, await codeFor(server, known));
    expect((await post(url, fields)).body['error']).toBe('invalid_dpop_proof');
    const { body } = await post(url, fields, { dpop: proof('POST', url) });
    expect(body['token_type']).toBe('DPoP');
    const access = String(body['access_token']);
    const ath = s256(access);
    const send = async (text: string, scheme = 'DPoP'): Promise<number> => {
      const answer = await fetch(server.url, {
        method: 'POST',
        headers: { authorization: `${scheme} ${access}`, dpop: text, 'content-type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: {} }),
      });
      await answer.body?.cancel();
      return answer.status;
    };
    const good = proof('POST', server.url, { ath });
    expect(await send(good)).toBe(200);
    expect(await send(good)).toBe(401);
    expect(await send(proof('POST', server.url, { ath }), 'Bearer')).toBe(401);
    expect(await send(proof('GET', server.url, { ath }))).toBe(401);
    expect(await send(proof('POST', url, { ath }))).toBe(401);
    expect(await send(proof('POST', server.url))).toBe(401);
  });

  test('a nonce is demanded and told', async () => {
    const server = await start({ dpop: 'required', dpopNonce: true });
    const url = tokenUrl(server);
    const known = await ready(server);
    const fields = codeFields(server, known, await codeFor(server, known));
    const asked = await post(url, fields, { dpop: proof('POST', url) });
    expect(asked.body['error']).toBe('use_dpop_nonce');
    const nonce = asked.headers.get('dpop-nonce') ?? '';
    const { body } = await post(url, fields, { dpop: proof('POST', url, { nonce }) });
    const access = String(body['access_token']);
    const send = (extra: Json): Promise<Response> =>
      fetch(server.url, {
        method: 'POST',
        headers: { authorization: `DPoP ${access}`, dpop: proof('POST', server.url, { ath: s256(access), ...extra }) },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: {} }),
      });
    const without = await send({});
    expect(without.status).toBe(401);
    expect(without.headers.get('www-authenticate')).toMatch(/^DPoP error="use_dpop_nonce"/);
    expect((await send({ nonce: without.headers.get('dpop-nonce') })).status).toBe(200);
  });
});

describe('[testing.auth-server] the device grant', () => {
  test('the client polls until the person has typed the code', async () => {
    const server = await start({ device: { intervalSeconds: 0 } });
    const clientId = await register(server);
    const begun = await post(`${server.issuer}/device`, { client_id: clientId, scope: 'read' });
    const poll = (): ReturnType<typeof post> =>
      post(tokenUrl(server), {
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        device_code: String(begun.body['device_code']),
        client_id: clientId,
      });
    expect((await poll()).body['error']).toBe('authorization_pending');
    expect((await fetch(String(begun.body['verification_uri_complete']))).status).toBe(200);
    const done = await poll();
    expect(done.body).toMatchObject({ token_type: 'Bearer', scope: 'read' });
    expect((await poll()).body['error']).toBe('invalid_grant');
  });

  test('who polls too fast is told so, and who is refused too', async () => {
    const server = await start({ device: { intervalSeconds: 1 }, consent: 'deny' });
    const clientId = await register(server);
    const begun = await post(`${server.issuer}/device`, { client_id: clientId });
    const fields = {
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      device_code: String(begun.body['device_code']),
      client_id: clientId,
    };
    expect(server.typeUserCode(String(begun.body['user_code']))).toBe(true);
    expect((await post(tokenUrl(server), fields)).body['error']).toBe('access_denied');
    const again = await post(`${server.issuer}/device`, { client_id: clientId });
    const other = { ...fields, device_code: String(again.body['device_code']) };
    expect((await post(tokenUrl(server), other)).body['error']).toBe('authorization_pending');
    expect((await post(tokenUrl(server), other)).body['error']).toBe('slow_down');
  });
});

describe('[testing.auth-server] faults', () => {
  test('before the work nothing is redeemed, after it the token is spent', async () => {
    const server = await start();
    const { clientId, refresh } = await signIn(server);
    const fields = refreshFields(clientId, refresh);
    server.fault('token', { answer: reset() });
    await expect(post(tokenUrl(server), fields)).rejects.toThrow('fetch failed');
    expect(server.counters.redemptions).toBe(0);
    server.fault('token', { commit: true, answer: reset(), grant: 'refresh_token' });
    await expect(post(tokenUrl(server), fields)).rejects.toThrow('fetch failed');
    expect(server.counters.redemptions).toBe(1);
    expect((await post(tokenUrl(server), fields)).body['error']).toBe('invalid_grant');
    expect(server.counters.familiesRevoked).toBe(1);
  });

  test('answers go wrong as often as told, in order, and clear', async () => {
    const server = await start();
    const { clientId, refresh } = await signIn(server);
    const fields = refreshFields(clientId, refresh);
    server.fault('token', { answer: tooMany({ seconds: 7 }) });
    server.fault('token', { answer: html() });
    server.fault('token', { answer: status(503) }, Number.POSITIVE_INFINITY);
    const limited = await post(tokenUrl(server), fields);
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '7']);
    expect((await post(tokenUrl(server), fields)).text).toContain('<!doctype html>');
    expect((await post(tokenUrl(server), fields)).status).toBe(503);
    expect((await post(tokenUrl(server), fields)).status).toBe(503);
    server.clearFaults();
    expect((await post(tokenUrl(server), fields)).status).toBe(200);
    expect(server.counters.tokenRequests).toBe(6);
  });

  test('a fault of another grant does not touch this one; a hanging endpoint hangs', async () => {
    const server = await start();
    const { clientId, refresh } = await signIn(server);
    server.fault('token', { answer: hang(), grant: 'authorization_code' });
    expect((await post(tokenUrl(server), refreshFields(clientId, refresh))).status).toBe(200);
    server.fault('metadata', { answer: hang() });
    const stop = new AbortController();
    const waiting = fetch(`${server.http.origin}/.well-known/oauth-authorization-server/auth`, { signal: stop.signal });
    setTimeout(() => stop.abort(), 50);
    await expect(waiting).rejects.toThrow('abort');
  });

  test('during an outage nobody listens, and afterwards everything is known again', async () => {
    const server = await start({ origins: 'two' });
    const { clientId, refresh, access } = await signIn(server);
    const restore = await server.outage();
    await expect(post(tokenUrl(server), refreshFields(clientId, refresh))).rejects.toThrow('fetch failed');
    expect((await call(server.url, access)).status).toBe(200);
    await restore();
    expect((await post(tokenUrl(server), refreshFields(clientId, refresh))).status).toBe(200);
  });
});
