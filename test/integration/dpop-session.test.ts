/**
 * A whole session with a server that demands a proof of possession on every request (RFC 9449 §7).
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify, type JWK } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newDpopKey, resourceProof } from '../../src/auth/token/dpop.ts';
import { systemClock } from '../../src/base/clock.ts';
import { Secret } from '../../src/base/secret.ts';
import { headerOf, legacySseServer, mcpServer, reply, startFaultServer } from '../../src/testing/index.ts';
import type { Behaviour, BehaviourSource, Exchange, FaultServer } from '../../src/testing/index.ts';
import { behaviourOf } from '../../src/testing/exchange.ts';
import { createRemote, secrets } from '../support/remote.ts';
import type { Remote } from '../support/remote.ts';

let server: FaultServer;
let remote: Remote;
let key: Secret;
let thumbprint: string;

beforeAll(async () => {
  server = await startFaultServer();
  remote = createRemote();
  key = await newDpopKey();
  thumbprint = await calculateJwkThumbprint(JSON.parse(key.reveal()) as JWK);
});
afterAll(async () => {
  await remote.close();
  await server.close();
});

/** What a server has seen. */
interface Seen {
  readonly jtis: string[];
  readonly problems: string[];
  nonces: number;
}

/** Lets through what carries the token, its scheme and a fresh proof of the key for this very request. */
function wall(token: () => string, inner: BehaviourSource, wantsNonce: boolean) {
  const seen: Seen = { jtis: [], problems: [], nonces: 0 };
  const check = async (exchange: Exchange): Promise<string> => {
    if (headerOf(exchange, 'authorization') !== `DPoP ${token()}`) return 'wrong token';
    const { payload, protectedHeader } = await jwtVerify(headerOf(exchange, 'dpop') ?? '', EmbeddedJWK, {
      typ: 'dpop+jwt',
      maxTokenAge: 60,
    });
    const address = `http://${headerOf(exchange, 'host') ?? ''}${exchange.request.url ?? ''}`.replace(/\?.*$/, '');
    if (payload['htm'] !== exchange.request.method || payload['htu'] !== address)
      return `for ${String(payload['htu'])}`;
    if (payload['ath'] !== createHash('sha256').update(token()).digest('base64url')) return 'of another token';
    if ((await calculateJwkThumbprint(protectedHeader.jwk as JWK)) !== thumbprint) return 'by another key';
    if (seen.jtis.includes(payload.jti ?? '')) return 'used twice';
    seen.jtis.push(payload.jti ?? '');
    return wantsNonce && payload['nonce'] !== `nonce-${seen.nonces}` ? 'nonce' : 'good';
  };
  const behaviour: Behaviour = async (exchange) => {
    const verdict = await check(exchange).catch((error: unknown) => String(error));
    if (verdict === 'good') return behaviourOf(inner)(exchange);
    if (verdict !== 'nonce') seen.problems.push(verdict);
    else seen.nonces += 1;
    const challenge = verdict === 'nonce' ? 'DPoP error="use_dpop_nonce"' : 'DPoP error="invalid_token"';
    return reply(exchange, 401, { 'www-authenticate': challenge, 'dpop-nonce': `nonce-${seen.nonces}` });
  };
  return { seen, behaviour };
}

const login = (token: string) => ({
  headers: { authorization: `DPoP ${token}` },
  proof: resourceProof(key, new Secret(token), systemClock),
});
const echo = { name: 'echo', arguments: { text: 'hello' } };

test.each([
  ['modern', false],
  ['modern', true],
  ['legacy', false],
  ['legacy', true],
] as const)('[token.dpop] a %s server gets a fresh proof on every request; nonce wanted: %s', async (era, nonce) => {
  let token = 'token-1';
  const { seen, behaviour } = wall(() => token, mcpServer({ era }), nonce);
  const place = server.mount(`/dpop-${era}-${String(nonce)}`, behaviour);
  const { session } = await remote.open(place.url, login('token-1'));
  expect(await session.request('tools/call', echo)).toMatchObject({ ok: true });
  token = 'token-2';
  const renewed = login('token-2');
  session.setHeaders(secrets(renewed.headers), renewed.proof);
  expect(await session.request('tools/call', echo)).toMatchObject({ ok: true });
  await session.close();
  expect(seen.jtis.length).toBeGreaterThan(3);
  // The stream that a legacy server speaks on is opened with the old token still, once; nothing else ever is.
  expect(seen.problems.filter((problem) => problem !== 'wrong token')).toEqual([]);
  expect(seen.nonces > 0).toBe(nonce);
});

test('[token.dpop] HTTP+SSE proves its stream and each message', async () => {
  const { seen, behaviour } = wall(() => 'token-1', legacySseServer(), false);
  const place = server.mount('/dpop-sse', behaviour);
  const { session } = await remote.open(place.url, { kind: 'sse', ...login('token-1') });
  expect(await session.request('tools/call', echo)).toMatchObject({ ok: true });
  expect(seen.problems).toEqual([]);
  expect(seen.jtis.length).toBeGreaterThan(2);
});

test('[token.dpop] a server that wants a nonce for ever is asked twice', async () => {
  const place = server.mount('/dpop-never', (exchange) =>
    reply(exchange, 401, { 'www-authenticate': 'DPoP error="use_dpop_nonce"', 'dpop-nonce': 'n' }),
  );
  expect(await remote.try(place.url, { era: 'modern', ...login('token-1') })).toMatchObject({
    ok: false,
    answer: { kind: 'http', status: 401 },
  });
  expect(place.hits()).toHaveLength(2);
});
