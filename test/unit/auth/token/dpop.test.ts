/**
 * Proofs of possession, verified as a server would.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify, type JWK } from 'jose';
import { describe, expect, test } from 'vitest';
import { dpopProof, newDpopKey, resourceProof } from '../../../../src/auth/token/dpop.ts';
import { Secret } from '../../../../src/base/secret.ts';
import { createVirtualClock } from '../../../../src/testing/virtual-clock.ts';

const NOW = Date.parse('2026-11-21T10:00:00Z');
const TOKEN = new Secret('the-access-token');
const ath = createHash('sha256').update('the-access-token').digest('base64url');
const verify = (jwt: string) => jwtVerify(jwt, EmbeddedJWK, { typ: 'dpop+jwt', currentDate: new Date(NOW) });

describe('[token.dpop] a key', () => {
  test.each([
    [undefined, 'ES256'],
    [['RS256', 'ES256'], 'ES256'],
    [['RS256'], 'RS256'],
    [['PS256', 'ES384'], 'ES384'],
    [['EdDSA'], 'EdDSA'],
    [['HS256', 'none'], 'ES256'],
  ])('for a server that takes %j signs by %s', async (algorithms, alg) => {
    const key = await newDpopKey(algorithms);
    const { protectedHeader } = await verify(
      await dpopProof(key, { method: 'POST', url: 'https://a.example/t', nowMs: NOW }),
    );
    expect(protectedHeader.alg).toBe(alg);
  });

  test('is a private JWK that no text shows', async () => {
    const key = await newDpopKey();
    expect(JSON.parse(key.reveal())).toMatchObject({
      kty: 'EC',
      crv: 'P-256',
      alg: 'ES256',
      d: expect.any(String) as string,
    });
    expect(String(key)).toBe('[secret]');
  });
});

describe('[token.dpop] a proof', () => {
  test('names method, address without query and fragment, token, time and nonce', async () => {
    const key = await newDpopKey();
    const proof = await dpopProof(key, {
      method: 'GET',
      url: 'https://MCP.example:443/a/b?secret=1#x',
      accessToken: TOKEN,
      nonce: 'n-7',
      nowMs: NOW + 900,
    });
    const { payload } = await verify(proof);
    const { jti, ...rest } = payload;
    expect(rest).toEqual({ htm: 'GET', htu: 'https://mcp.example/a/b', ath, nonce: 'n-7', iat: NOW / 1_000 });
    expect(jti).toMatch(/^[0-9a-f-]{36}$/);
  });

  test.each([['ES256'], ['RS256'], ['EdDSA']])(
    'shows the public half of a key for %s and nothing private',
    async (alg) => {
      const key = await newDpopKey([alg]);
      const { protectedHeader } = await verify(
        await dpopProof(key, { method: 'POST', url: 'https://a.example/', nowMs: NOW }),
      );
      const shown = protectedHeader.jwk as JWK;
      for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'alg']) expect(shown).not.toHaveProperty(secret);
      expect(await calculateJwkThumbprint(shown)).toBe(await calculateJwkThumbprint(JSON.parse(key.reveal()) as JWK));
    },
  );

  test('is a new one for each request to a resource', async () => {
    const clock = createVirtualClock(NOW);
    const proof = resourceProof(await newDpopKey(), TOKEN, clock);
    const request = { method: 'POST', url: 'https://mcp.example/mcp' };
    const [first, second] = [await proof(request), await proof({ ...request, nonce: 'n' })];
    expect(Object.keys(first)).toEqual(['dpop']);
    const [a, b] = [await verify(first['dpop'] ?? ''), await verify(second['dpop'] ?? '')];
    expect(a.payload).toMatchObject({ ath, htm: 'POST', htu: request.url, iat: NOW / 1_000 });
    expect(a.payload).not.toHaveProperty('nonce');
    expect(b.payload['nonce']).toBe('n');
    expect(a.payload.jti).not.toBe(b.payload.jti);
  });
});
