/**
 * One request to a token endpoint, over a scripted `fetch` and a virtual clock.
 *
 * @module
 */
import * as fc from 'fast-check';
import { decodeJwt } from 'jose';
import { describe, expect, test } from 'vitest';
import { newDpopKey } from '../../../../src/auth/token/dpop.ts';
import { refreshGrant } from '../../../../src/auth/token/grants.ts';
import { requestToken, type TokenRequest } from '../../../../src/auth/token/request.ts';
import { Secret } from '../../../../src/base/secret.ts';
import {
  AUTHORITY,
  CLIENT,
  json,
  networkError,
  secretClient,
  SERVER,
  tokenRig,
  type Answering,
} from '../../../support/token-rig.ts';

const TOKENS = { access_token: 'at-secret-1', token_type: 'Bearer', refresh_token: 'rt-secret-2', expires_in: '3600' };
const REFRESH: TokenRequest = {
  authority: AUTHORITY,
  client: CLIENT,
  params: refreshGrant({ refreshToken: new Secret('rt-secret-1'), resource: SERVER }),
  serverUrl: SERVER,
};

function ask(answer: Answering, more: Partial<TokenRequest> = {}) {
  const rig = tokenRig(answer);
  return { ...rig, outcome: requestToken(rig.deps, { ...REFRESH, ...more }, rig.ask) };
}

describe('a token request', () => {
  test('posts a form, and reads the tokens', async () => {
    const { outcome, sent, deps } = ask(() => json(TOKENS));
    const now = deps.clock.now();
    expect(await outcome).toMatchObject({
      kind: 'tokens',
      tokens: { tokenType: 'bearer', expiresAt: now + 3_600_000 },
    });
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ url: 'https://as.example/token', method: 'POST' });
    expect(sent[0]?.form).toEqual({
      grant_type: 'refresh_token',
      refresh_token: 'rt-secret-1',
      resource: SERVER,
      client_id: 'client-1',
    });
    expect(deps.clock.pending).toBe(0);
  });

  test('[token.isolated] sends the headers of a form and nothing else', async () => {
    const { outcome, sent } = ask(() => json(TOKENS));
    await outcome;
    expect(sent[0]?.headers).toEqual({
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
    });
  });

  test('sends the resource byte for byte', async () => {
    const resource = 'https://MCP.example:443/a%2fb?x=1';
    const params = refreshGrant({ refreshToken: new Secret('r'), resource });
    const { outcome, sent } = ask(() => json(TOKENS), { params });
    await outcome;
    expect(sent[0]?.form['resource']).toBe(resource);
  });

  test('[token.redacted] registers what it sends and what it gets, also of an error', async () => {
    const echo = { error: 'invalid_grant', error_description: 'rt-secret-1 of pass-word-9 \u001B[31mis\nspent' };
    const { outcome, deps } = ask(() => json({ ...echo, id_token: 'id-secret-3' }, 400), {
      client: secretClient('client_secret_basic', 'client-1', 'pass-word-9'),
    });
    expect(await outcome).toEqual({
      kind: 'refused',
      error: 'invalid_grant',
      status: 400,
      description: '[secret] of [secret] is spent',
    });
    expect(deps.redactor.redact('x id-secret-3 x')).toBe('x [secret] x');
    const basic = Buffer.from('client-1:pass-word-9').toString('base64');
    expect(deps.redactor.redact(`authorization: Basic ${basic}`)).not.toContain(basic);
  });

  test('[token.redacted] registers new tokens', async () => {
    const { outcome, deps } = ask(() => json(TOKENS));
    const got = await outcome;
    expect(deps.redactor.redact('at-secret-1 rt-secret-2')).toBe('[secret] [secret]');
    expect(JSON.stringify(got)).not.toContain('at-secret-1');
  });

  test.each([
    ['ECONNREFUSED', 'refused', 'no'],
    ['ENOTFOUND', 'dns', 'no'],
    ['EAI_AGAIN', 'dns', 'no'],
    ['UND_ERR_CONNECT_TIMEOUT', 'timeout', 'no'],
    ['CERT_HAS_EXPIRED', 'tls', 'no'],
    ['ECONNRESET', 'reset', 'maybe'],
    ['UND_ERR_SOCKET', 'reset', 'maybe'],
    ['EPIPE', 'reset', 'maybe'],
    ['HPE_INVALID_CONSTANT', 'auth-server-misconfigured', 'maybe'],
  ])('[token.transient] that fails with %s is %s, sent: %s', async (code, reason, sentWord) => {
    const { outcome, sent } = ask(() => {
      throw networkError(code);
    });
    expect(await outcome).toMatchObject({ kind: 'transient', fault: { reason }, sent: sentWord });
    expect(sent).toHaveLength(1);
  });

  test('[token.bounds] ends after 8 s of silence', async () => {
    const { outcome, deps } = ask(() => new Promise<Response>(() => {}));
    let over = false;
    void outcome.then(() => (over = true));
    await deps.clock.advance(7_999);
    expect(over).toBe(false);
    await deps.clock.advance(1);
    expect(await outcome).toMatchObject({ kind: 'transient', fault: { reason: 'timeout' }, sent: 'maybe' });
    expect(deps.clock.pending).toBe(0);
  });

  test('[token.bounds] reads no more than 64 KiB', async () => {
    const { outcome } = ask(() => json({ ...TOKENS, filler: 'x'.repeat(65_536) }));
    expect(await outcome).toMatchObject({
      kind: 'transient',
      fault: { reason: 'auth-server-misconfigured' },
      sent: 'maybe',
    });
  });

  test('a 503 with an endless body is still a 503', async () => {
    const { outcome } = ask(() => new Response('x'.repeat(70_000), { status: 503, headers: { 'retry-after': '9' } }));
    expect(await outcome).toMatchObject({ sent: 'answered', retryAfterMs: 9_000, fault: { reason: 'http-5xx' } });
  });

  test.each([301, 302, 303, 307, 308])('[token.bounds] follows no %i', async (status) => {
    const { outcome, sent } = ask(
      () => new Response(null, { status, headers: { location: 'https://as.example/token2' } }),
    );
    expect(await outcome).toMatchObject({ kind: 'transient', sent: 'answered' });
    expect(sent).toHaveLength(1);
  });

  test.each([
    ['http://as.example/token'],
    ['https://user:pw@as.example/token'],
    ['https://169.254.169.254/token'],
    ['http://127.0.0.1/token'],
    ['ftp://as.example/token'],
    ['not a url'],
  ])('[token.bounds] is never made to %s of a public server', async (tokenEndpoint) => {
    const { outcome, sent } = ask(() => json(TOKENS), { authority: { ...AUTHORITY, tokenEndpoint } });
    expect(await outcome).toMatchObject({
      kind: 'transient',
      fault: { reason: 'auth-server-misconfigured' },
      sent: 'no',
    });
    expect(sent).toHaveLength(0);
  });

  test('goes to loopback for a server on loopback', async () => {
    const { outcome } = ask(() => json(TOKENS), {
      authority: { ...AUTHORITY, tokenEndpoint: 'http://localhost:9/token' },
      serverUrl: 'http://127.0.0.1:8/mcp',
    });
    expect((await outcome).kind).toBe('tokens');
  });

  test('[token.transient] without a key that can sign is a fault of the configuration, and sends nothing', async () => {
    const client = { ...CLIENT, method: 'private_key_jwt', privateKey: new Secret('no key') } as const;
    const { outcome, sent } = ask(() => json(TOKENS), { client });
    expect(await outcome).toMatchObject({ kind: 'transient', fault: { reason: 'config-invalid' }, sent: 'no' });
    expect(sent).toHaveLength(0);
  });

  test('a success without an access token may have redeemed the grant', async () => {
    const { outcome } = ask(() => json({ ok: true }));
    expect(await outcome).toMatchObject({
      kind: 'transient',
      sent: 'maybe',
      fault: { reason: 'auth-server-misconfigured' },
    });
  });

  test('[token.verdict] nothing that comes back is ever a verdict unless it is a well-formed OAuth error', async () => {
    const errors = fc.constantFrom(
      'invalid_grant',
      'Invalid grant',
      'invalid_client',
      '<b>',
      '',
      'server_error',
      'x y',
    );
    const body = fc.oneof(
      errors.map((error) => JSON.stringify({ error })),
      fc.string(),
      fc.json(),
    );
    const status = fc.constantFrom(200, 201, 302, 400, 401, 402, 403, 404, 409, 422, 429, 500, 502, 503, 599);
    await fc.assert(
      fc.asyncProperty(status, body, async (code, text) => {
        const { outcome } = ask(() => new Response(text, { status: code }));
        const got = await outcome;
        if (got.kind !== 'refused') return;
        expect([200, 400, 401, 403]).toContain(code);
        expect(['invalid_grant', 'invalid_client', (JSON.parse(text) as { error: string }).error]).toContain(got.error);
        expect(got.error).toMatch(/^[a-z][a-z0-9_.-]*$/);
      }),
      { numRuns: 300 },
    );
  });
});

describe('[token.client-auth] a server that does not decode Basic', () => {
  const client = secretClient('client_secret_basic', 'client-1', 'a+b/c=');
  const plain = `Basic ${Buffer.from('client-1:a+b/c=').toString('base64')}`;
  const strict: Answering = ({ headers }) =>
    headers['authorization'] === plain ? json(TOKENS) : json({ error: 'invalid_client' }, 401);

  test('is asked once more with id and secret as they are', async () => {
    const { outcome, sent } = ask(strict, { client });
    expect((await outcome).kind).toBe('tokens');
    expect(sent).toHaveLength(2);
  });

  test('and that does not know the client either way has said so twice', async () => {
    const { outcome, sent } = ask(() => json({ error: 'invalid_client' }, 401), { client });
    expect(await outcome).toMatchObject({ kind: 'refused', error: 'invalid_client' });
    expect(sent).toHaveLength(2);
  });

  test('is not asked again where the secret reads the same both ways, or after another error', async () => {
    const same = secretClient('client_secret_basic', 'client-1', 'plain-secret_1.2~3');
    const first = ask(() => json({ error: 'invalid_client' }, 401), { client: same });
    await first.outcome;
    const second = ask(() => json({ error: 'invalid_grant' }, 400), { client });
    await second.outcome;
    expect([first.sent.length, second.sent.length]).toEqual([1, 1]);
  });
});

describe('[token.dpop] a token request with a key', () => {
  const nonceWanted = () => json({ error: 'use_dpop_nonce' }, 400, { 'dpop-nonce': 'n-1' });
  const proofOf = (headers: Readonly<Record<string, string>> | undefined) => decodeJwt(headers?.['dpop'] ?? '');

  test('carries a proof for this endpoint, without a token and without a nonce', async () => {
    const { outcome, sent, deps } = ask(() => json({ ...TOKENS, token_type: 'DPoP' }), { dpopKey: await newDpopKey() });
    expect(await outcome).toMatchObject({ kind: 'tokens', tokens: { tokenType: 'dpop' } });
    const proof = proofOf(sent[0]?.headers);
    expect(proof).toMatchObject({
      htm: 'POST',
      htu: 'https://as.example/token',
      iat: Math.floor(deps.clock.now() / 1_000),
    });
    expect(proof).not.toHaveProperty('ath');
    expect(proof).not.toHaveProperty('nonce');
  });

  test('is sent once more with the nonce that the server wants', async () => {
    const { outcome, sent } = ask((_, count) => (count === 1 ? nonceWanted() : json(TOKENS)), {
      dpopKey: await newDpopKey(),
    });
    expect((await outcome).kind).toBe('tokens');
    expect(sent.map(({ headers }) => proofOf(headers)['nonce'])).toEqual([undefined, 'n-1']);
    expect(new Set(sent.map(({ headers }) => proofOf(headers).jti)).size).toBe(2);
  });

  test('and never a third time', async () => {
    const { outcome, sent } = ask(nonceWanted, { dpopKey: await newDpopKey() });
    expect(await outcome).toMatchObject({ kind: 'refused', error: 'use_dpop_nonce' });
    expect(sent).toHaveLength(2);
  });

  test('shares its 8 s between both', async () => {
    const answer: Answering = async (_, count) => {
      if (count > 1) return new Promise<Response>(() => {});
      await deps.clock.sleep(5_000);
      return nonceWanted();
    };
    const { outcome, deps, sent } = ask(answer, { dpopKey: await newDpopKey() });
    // Signing takes real turns of the event loop, as many as it likes.
    while (sent.length < 1) await deps.clock.settle();
    await deps.clock.advance(5_000);
    let over = false;
    void outcome.then(() => (over = true));
    while (sent.length < 2) await deps.clock.settle();
    await deps.clock.advance(2_999);
    expect(over).toBe(false);
    await deps.clock.advance(1);
    expect(await outcome).toMatchObject({ kind: 'transient', fault: { reason: 'timeout' } });
  });

  test('without a key a wish for a nonce is a verdict', async () => {
    const { outcome, sent } = ask(nonceWanted);
    expect(await outcome).toMatchObject({ kind: 'refused', error: 'use_dpop_nonce' });
    expect(sent).toHaveLength(1);
  });
});
