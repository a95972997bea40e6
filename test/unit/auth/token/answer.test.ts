/**
 * What answers of an authorization server mean.
 *
 * @module
 */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAnswer, type Reading } from '../../../../src/auth/token/answer.ts';
import { REASONS } from '../../../../src/core/reasons.ts';

const NOW = Date.parse('2026-11-21T10:00:00Z');

function read(status: number, body: unknown, headers: Record<string, string> = {}): Reading {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return readAnswer({ status, headers: new Headers(headers), text }, NOW);
}

const HTML = '<!doctype html><html><body>invalid_grant {"error":"invalid_grant"}</body></html>';

describe('a well-formed OAuth error', () => {
  test.each([
    [400, 'invalid_grant'],
    [401, 'invalid_client'],
    [403, 'invalid_grant'],
    [200, 'invalid_grant'],
    [400, 'invalid_scope'],
    [400, 'unauthorized_client'],
    [400, 'authorization_pending'],
    [400, 'slow_down'],
    [400, 'invalid_dpop_proof'],
    [400, 'interaction_required'],
  ])('[token.verdict] with %i is a verdict: %s', (status, error) => {
    expect(read(status, { error })).toEqual({ kind: 'refused', error, status });
  });

  test('brings its description', () => {
    const body = { error: 'invalid_grant', error_description: 'Token has been revoked.' };
    expect(read(400, body)).toMatchObject({ kind: 'refused', description: 'Token has been revoked.' });
  });

  test.each([
    ['bad_refresh_token', 'invalid_grant'],
    ['invalid_refresh_token', 'invalid_grant'],
    ['incorrect_client_credentials', 'invalid_client'],
    ['bad_client_secret', 'invalid_client'],
  ])("is read in the server's own word too: %s", (own, error) => {
    expect(read(200, { ok: false, error: own })).toEqual({ kind: 'refused', error, status: 200, description: own });
  });
});

describe('an error that is no verdict', () => {
  test.each([
    ['invalid_grant', 404],
    ['invalid_grant', 405],
    ['invalid_grant', 409],
    ['invalid_grant', 422],
    ['invalid_grant', 429],
    ['invalid_grant', 500],
    ['invalid_grant', 502],
    ['invalid_grant', 503],
    ['invalid_grant', 530],
    ['invalid_grant', 302],
    ['server_error', 400],
    ['temporarily_unavailable', 400],
    ['temporarily_unavailable', 200],
    ['ratelimited', 200],
    ['Invalid Grant', 400],
    ['Forbidden', 403],
    ['forbidden', 403],
    ['unauthorized', 401],
    ['', 400],
    [`a${'b'.repeat(70)}`, 400],
  ])('[token.verdict] "%s" with %i', (error, status) => {
    expect(read(status, { error }).kind).toBe('transient');
  });

  test.each([[null], [1], [true], [{ code: 'invalid_grant' }], [['invalid_grant']]])(
    '[token.verdict] an error that is no text: %j',
    (error) => {
      expect(read(400, { error }).kind).toBe('transient');
    },
  );

  test('[token.verdict] an error in another shape with status 200 gives no tokens either', () => {
    expect(read(200, { error: { code: 'x' }, access_token: 'a' }).kind).toBe('transient');
    expect(read(200, { error: 'Unauthorized' }).kind).toBe('transient');
  });

  test('an empty error beside tokens is none', () => {
    for (const error of [null, '', false, undefined])
      expect(read(200, { access_token: 'a', error }).kind).toBe('document');
  });
});

describe('an answer that may pass', () => {
  test.each<[number, unknown, string, 'maybe' | 'answered']>([
    [500, '', 'http-5xx', 'answered'],
    [502, HTML, 'http-5xx', 'answered'],
    [503, { error: 'temporarily_unavailable' }, 'http-5xx', 'answered'],
    [504, '', 'http-5xx', 'answered'],
    [530, 'error code: 1033', 'http-5xx', 'answered'],
    [429, '', 'http-429', 'answered'],
    [408, '', 'timeout', 'answered'],
    [425, '', 'timeout', 'answered'],
    [501, '', 'auth-server-misconfigured', 'answered'],
    [404, HTML, 'auth-server-misconfigured', 'answered'],
    [403, HTML, 'auth-server-misconfigured', 'answered'],
    [401, '', 'auth-server-misconfigured', 'answered'],
    [400, 'Bad Request', 'auth-server-misconfigured', 'answered'],
    [302, '', 'auth-server-misconfigured', 'answered'],
    [308, '', 'auth-server-misconfigured', 'answered'],
    [400, { error: 'server_error' }, 'http-5xx', 'answered'],
    [200, { error: 'temporarily_unavailable' }, 'http-5xx', 'answered'],
    [200, HTML, 'auth-server-misconfigured', 'maybe'],
    [200, '', 'auth-server-misconfigured', 'maybe'],
    [200, '{"access_token":"half', 'auth-server-misconfigured', 'maybe'],
    [200, '[]', 'auth-server-misconfigured', 'maybe'],
    [200, 'null', 'auth-server-misconfigured', 'maybe'],
    [200, 'access_token=a&token_type=bearer', 'auth-server-misconfigured', 'maybe'],
    [204, '', 'auth-server-misconfigured', 'maybe'],
  ])('[token.transient] %i %j', (status, body, reason, sent) => {
    expect(read(status, body)).toMatchObject({ kind: 'transient', sent, fault: { reason, httpStatus: status } });
  });

  test.each([
    ['7', 7_000],
    ['0', 0],
    ['86400', 300_000],
    ['Sat, 21 Nov 2026 10:00:42 GMT', 42_000],
    ['Saturday, 21-Nov-26 10:00:42 GMT', 42_000],
    ['Sat, 21 Nov 2026 23:00:00 GMT', 300_000],
    ['Sat, 21 Nov 2026 09:00:00 GMT', 0],
  ])('[token.retry-after] Retry-After: %s', (value, ms) => {
    for (const status of [429, 503])
      expect(read(status, '', { 'retry-after': value })).toMatchObject({
        retryAfterMs: ms,
        fault: { retryAfterMs: ms },
      });
  });

  test('[token.retry-after] one that cannot be read is left out', () => {
    const reading = read(429, '', { 'retry-after': 'soon' });
    expect(reading).not.toHaveProperty('retryAfterMs');
    expect(reading).not.toHaveProperty('fault.retryAfterMs');
  });
});

describe('whatever comes', () => {
  const anyStatus = fc.integer({ min: 200, max: 599 });
  const anyBody = fc.oneof(
    fc.string(),
    fc.json(),
    fc.constantFrom(HTML, 'null', '{', '{"error":', 'error=invalid_grant', '{"error":"Invalid grant!"}'),
    fc
      .dictionary(fc.constantFrom('error', 'access_token', 'code', 'message'), fc.jsonValue())
      .map((x) => JSON.stringify(x)),
  );

  test('[token.verdict] nothing but a well-formed OAuth error is a verdict', () => {
    fc.assert(
      fc.property(anyStatus, anyBody, (status, text) => {
        const reading = readAnswer({ status, headers: new Headers(), text }, NOW);
        if (reading.kind !== 'refused') return;
        const { error } = JSON.parse(text) as { error: unknown };
        expect(error).toMatch(/^[a-z][a-z0-9_.-]*$/);
        expect([200, 400, 401, 403]).toContain(status);
      }),
      { numRuns: 3_000 },
    );
  });

  test('[token.transient] no fault is a word about the login', () => {
    fc.assert(
      fc.property(anyStatus, anyBody, (status, text) => {
        const reading = readAnswer({ status, headers: new Headers(), text }, NOW);
        const told = reading.kind === 'transient' ? REASONS[reading.fault.reason].status : 'failed';
        expect(told).toBe('failed');
      }),
      { numRuns: 1_000 },
    );
  });

  test('[token.verdict] a verdict needs its status', () => {
    fc.assert(
      fc.property(anyStatus, (status) => {
        const { kind } = read(status, { error: 'invalid_grant' });
        expect(kind === 'refused').toBe([200, 400, 401, 403].includes(status));
      }),
    );
  });
});
