/**
 * Token requests to an authorization server that nobody here wrote: client authentication, proofs, revocation.
 *
 * @module
 */
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newDpopKey } from '../../src/auth/token/dpop.ts';
import type { PostDeps } from '../../src/auth/token/form-post.ts';
import { clientCredentialsGrant } from '../../src/auth/token/grants.ts';
import { requestToken, type TokenRequest } from '../../src/auth/token/request.ts';
import { revoke } from '../../src/auth/token/revoke.ts';
import { systemClock } from '../../src/base/clock.ts';
import { Redactor, Secret } from '../../src/base/secret.ts';
import type { Authority, ClientIdentity } from '../../src/core/credential.ts';
import { resolveNumbers } from '../../src/core/numbers.ts';
import { createHttp, type Http } from '../../src/net/dispatcher.ts';

const RESOURCE = 'https://mcp.example/mcp';
const SECRET = 'a+b/c=%20: x-_.~';
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = new Secret(privateKey.export({ type: 'pkcs8', format: 'pem' }) as string);
const base = { grant_types: ['client_credentials'], redirect_uris: [], response_types: [] };

/** The package brings no types; this much of it is used. */
type Oidc = { readonly default: new (issuer: string, setup: object) => { callback(): RequestListener } };
const PACKAGE: string = 'oidc-provider';

let listener: Server;
let http: Http;
let authority: Authority;
const redactor = new Redactor();
const ask = { numbers: resolveNumbers(), signal: new AbortController().signal };

beforeAll(async () => {
  listener = createServer();
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const issuer = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  const { default: Provider } = (await import(PACKAGE)) as Oidc;
  const provider = new Provider(issuer, {
    clients: [
      { ...base, client_id: 'by:basic', client_secret: SECRET, token_endpoint_auth_method: 'client_secret_basic' },
      { ...base, client_id: 'by-post', client_secret: SECRET, token_endpoint_auth_method: 'client_secret_post' },
      {
        ...base,
        client_id: 'by-key',
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig' }] },
      },
    ],
    enabledJWA: { dPoPSigningAlgValues: ['ES256', 'EdDSA'] },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      dPoP: { enabled: true, nonceSecret: Buffer.alloc(32, 7), requireNonce: () => true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({ scope: 'read write', accessTokenFormat: 'opaque', accessTokenTTL: 600 }),
      },
      revocation: { enabled: true },
    },
  });
  listener.on('request', provider.callback());
  http = createHttp({ env: {} });
  authority = {
    issuer,
    tokenEndpoint: `${issuer}/token`,
    revocationEndpoint: `${issuer}/token/revocation`,
    by: 'metadata',
  };
});
afterAll(async () => {
  await http.close();
  listener.closeAllConnections();
  listener.close();
});

const deps = (): PostDeps => ({ clock: systemClock, fetch: http.fetch, redactor });
const about = (client: ClientIdentity, more: Partial<TokenRequest> = {}): TokenRequest => ({
  authority,
  client,
  params: clientCredentialsGrant({ resource: RESOURCE, scopes: ['read'] }),
  serverUrl: 'http://127.0.0.1:1/mcp',
  ...more,
});

const CLIENTS: readonly ClientIdentity[] = [
  { clientId: 'by:basic', clientSecret: new Secret(SECRET), method: 'client_secret_basic', kind: 'configured' },
  { clientId: 'by-post', clientSecret: new Secret(SECRET), method: 'client_secret_post', kind: 'configured' },
  { clientId: 'by-key', privateKey: pem, method: 'private_key_jwt', kind: 'configured' },
];
const byMethod = CLIENTS.map((client) => [client.method, client] as const);

describe('a real authorization server', () => {
  test.each(byMethod)('[token.client-auth] knows a client by %s', async (_, client) => {
    expect(await requestToken(deps(), about(client), ask)).toMatchObject({
      kind: 'tokens',
      tokens: { tokenType: 'bearer', scopes: ['read'] },
    });
  });

  test.each(byMethod)('[token.verdict] refuses a client with a wrong proof by %s', async (_, client) => {
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    });
    const wrong = { ...client, clientSecret: new Secret('wrong+secret'), privateKey: new Secret(other as string) };
    expect(await requestToken(deps(), about(wrong), ask)).toMatchObject({ kind: 'refused', error: 'invalid_client' });
  });

  test.each([['ES256'], ['EdDSA']])(
    '[token.dpop] binds tokens to a key for %s, after it gave its nonce',
    async (alg) => {
      const dpopKey = await newDpopKey([alg]);
      const outcome = await requestToken(deps(), about(CLIENTS[0] as ClientIdentity, { dpopKey }), ask);
      expect(outcome).toMatchObject({ kind: 'tokens', tokens: { tokenType: 'dpop' } });
    },
  );

  test('[token.revoke] takes its token back', async () => {
    const client = CLIENTS[1] as ClientIdentity;
    const outcome = await requestToken(deps(), about(client), ask);
    if (outcome.kind !== 'tokens') throw new Error(outcome.kind);
    const { tokens } = outcome;
    const serverUrl = 'http://127.0.0.1:1/mcp';
    expect(await revoke(deps(), { authority, client, tokens, serverUrl }, ask)).toBe('revoked');
  });
});
