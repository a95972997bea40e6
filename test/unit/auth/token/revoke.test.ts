/**
 * Tokens given back.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { revoke } from '../../../../src/auth/token/revoke.ts';
import { Secret } from '../../../../src/base/secret.ts';
import { AUTHORITY, CLIENT, json, networkError, SERVER, tokenRig } from '../../../support/token-rig.ts';

const tokens = { accessToken: new Secret('at-secret'), refreshToken: new Secret('rt-secret') };
const ok = () => new Response(null, { status: 200 });
const unsupported = () => json({ error: 'unsupported_token_type' }, 400);

async function run(refresh: () => Response, access: () => Response = ok, more: object = {}) {
  const rig = tokenRig(({ form }) => (form['token'] === 'rt-secret' ? refresh() : access()));
  const about = { authority: AUTHORITY, client: CLIENT, tokens, serverUrl: SERVER, ...more };
  const outcome = await revoke(rig.deps, about, rig.ask);
  return { outcome, forms: rig.sent.map(({ form }) => form), sent: rig.sent };
}

describe('[token.revoke] revocation', () => {
  test('takes the refresh token first, then the access token', async () => {
    const { outcome, forms, sent } = await run(ok);
    expect(outcome).toBe('revoked');
    expect(forms).toEqual([
      { token: 'rt-secret', token_type_hint: 'refresh_token', client_id: 'client-1' },
      { token: 'at-secret', token_type_hint: 'access_token', client_id: 'client-1' },
    ]);
    expect(sent[0]?.url).toBe('https://as.example/revoke');
  });

  test('of a login without a refresh token takes the access token', async () => {
    const { outcome, forms } = await run(ok, ok, { tokens: { accessToken: tokens.accessToken } });
    expect(outcome).toBe('revoked');
    expect(forms).toHaveLength(1);
  });

  test.each([
    ['an empty 200', ok],
    ['a 204', () => new Response(null, { status: 204 })],
    ['a text', () => new Response('OK')],
    ['JSON', () => json({ revoked: true })],
  ])('is done with %s', async (_, answer) => {
    expect((await run(answer, answer)).outcome).toBe('revoked');
  });

  test('is not offered without an endpoint', async () => {
    const { revocationEndpoint: _, ...authority } = AUTHORITY;
    const { outcome, sent } = await run(ok, ok, { authority });
    expect(outcome).toBe('not-offered');
    expect(sent).toHaveLength(0);
  });

  test('is done where access tokens cannot be revoked, or are dead already', async () => {
    expect((await run(ok, unsupported)).outcome).toBe('revoked');
    expect((await run(ok, () => json({ error: 'invalid_request' }, 400))).outcome).toBe('revoked');
  });

  test('is not offered where neither kind can be revoked', async () => {
    expect((await run(unsupported, unsupported)).outcome).toBe('not-offered');
  });

  test('says so where the refresh token stays good', async () => {
    expect((await run(unsupported)).outcome).toMatchObject({ reason: 'auth-server-misconfigured' });
  });

  test.each([
    ['http-5xx', () => new Response(null, { status: 503, headers: { 'retry-after': '5' } })],
    ['http-429', () => new Response(null, { status: 429 })],
    ['auth-server-misconfigured', () => json({ error: 'invalid_client' }, 401)],
    ['auth-server-misconfigured', () => json({ error: 'unauthorized_client' }, 200)],
  ])('is the fault %s, and the access token is not given back alone', async (reason, answer) => {
    const { outcome, sent } = await run(answer);
    expect(outcome).toMatchObject({ reason });
    expect(sent).toHaveLength(1);
  });

  test('is a fault where the second answer never comes', async () => {
    const { outcome } = await run(ok, () => {
      throw networkError('ECONNRESET');
    });
    expect(outcome).toMatchObject({ reason: 'reset' });
  });
});
