/**
 * The guarded request over a scripted `fetch` and a virtual clock: what it gives of every answer, and whether a request
 * that failed may have arrived.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
import type { FetchInit } from '../../../src/net/dispatcher.ts';
import { answerOf, guardedSend, type GuardedSend, type SendOutcome } from '../../../src/net/guarded-send.ts';
import { ProxiedError } from '../../../src/net/unsent.ts';
import { createVirtualClock } from '../../../src/testing/virtual-clock.ts';

const TOKEN = 'https://auth.example/token';

function rig(answer: (url: string, init: FetchInit) => Response | Promise<Response>) {
  const clock = createVirtualClock();
  const seen: { readonly url: string; readonly init: FetchInit }[] = [];
  const abort = new AbortController();
  const post = (more: Partial<GuardedSend> = {}): Promise<SendOutcome> =>
    guardedSend(TOKEN, {
      method: 'POST',
      body: new Secret('grant_type=refresh_token&refresh_token=CANARY'),
      headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: new Secret('Basic CANARY') },
      timeoutMs: 8_000,
      maxBytes: 100,
      maxRedirects: 0,
      signal: abort.signal,
      addressPolicy: { mode: 'local-user', serverUrl: 'https://mcp.example/mcp' },
      clock,
      fetch: async (target, init = {}) => {
        seen.push({ url: String(target), init });
        return answer(String(target), init);
      },
      ...more,
    });
  return { clock, seen, abort, post };
}

const systemError = (code: string, syscall?: string): Error =>
  Object.assign(new Error(code), { code, ...(syscall === undefined ? {} : { syscall }) });
const failed = (cause: Error): Error => new TypeError('fetch failed', { cause });

describe('[security.oauth-bounded] a guarded request', () => {
  test('sends its method, headers and body, once, and leaves no timer', async () => {
    const { post, seen, clock } = rig(() => Response.json({ a: 1 }));
    expect(await post()).toMatchObject({ ok: true, status: 200, text: '{"a":1}', url: TOKEN });
    expect(seen).toHaveLength(1);
    expect(seen[0]?.init).toMatchObject({
      method: 'POST',
      body: 'grant_type=refresh_token&refresh_token=CANARY',
      redirect: 'manual',
      headers: {
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
        authorization: 'Basic CANARY',
      },
    });
    expect(clock.pending).toBe(0);
  });

  test.each([200, 201, 400, 401, 403, 404, 429, 500, 503])('gives status, headers and text of a %d', async (status) => {
    const { post } = rig(() => new Response('{"error":"x"}', { status, headers: { 'retry-after': '3', 'x-a': 'b' } }));
    const got = await post();
    expect(got).toMatchObject({ ok: true, status, text: '{"error":"x"}' });
    expect(got.ok && got.headers.get('x-a')).toBe('b');
  });

  test.each([301, 302, 303, 307, 308])('never follows a %d with its body, whatever is allowed', async (status) => {
    const location = 'https://auth.example/elsewhere?code=CANARY';
    const { post, seen, clock } = rig(() => new Response(null, { status, headers: { location } }));
    const got = await post({ maxRedirects: 5 });
    expect(seen).toHaveLength(1);
    expect(got.ok && answerOf(got, clock)).toEqual({
      kind: 'http',
      status,
      challenges: [],
      location: 'https://auth.example/elsewhere?code=…',
    });
  });

  test('keeps the status of an answer whose text is too large, breaks off or falls silent', async () => {
    const breaking = () =>
      new ReadableStream<Uint8Array>({
        pull: (controller) => controller.error(systemError('ECONNRESET')),
      });
    const { post: large } = rig(() => new Response('x'.repeat(101), { status: 503 }));
    const { post: broken } = rig(() => new Response(breaking(), { status: 503 }));
    for (const post of [large, broken]) expect(await post()).toMatchObject({ ok: true, status: 503, text: '' });
    const { post: silent, clock } = rig(() => new Response(new ReadableStream(), { status: 400 }));
    const pending = silent({ phaseMs: 1_000 });
    await clock.advance(1_000);
    expect(await pending).toMatchObject({ ok: true, status: 400, text: '' });
  });

  test('a success that is too large is no answer, and the server has acted on the request', async () => {
    const { post } = rig(() => new Response('x'.repeat(101)));
    expect(await post()).toEqual({
      ok: false,
      answer: { kind: 'protocol', text: 'the body is larger than 100 bytes' },
      sent: 'maybe',
    });
  });

  test('tells challenges and Retry-After of an answer', async () => {
    const headers = { 'www-authenticate': 'DPoP error="use_dpop_nonce"', 'retry-after': '7' };
    const { post, clock } = rig(() => new Response('CANARY', { status: 401, headers }));
    const got = await post();
    expect(got.ok && answerOf(got, clock)).toEqual({
      kind: 'http',
      status: 401,
      challenges: [{ scheme: 'dpop', params: { error: 'use_dpop_nonce' } }],
      retryAfterMs: 7_000,
    });
  });
});

describe('[security.oauth-bounded] a request that failed', () => {
  test.each<[string, Error]>([
    ['no name', systemError('ENOTFOUND', 'getaddrinfo')],
    ['no name for now', systemError('EAI_AGAIN')],
    ['a refused connection', systemError('ECONNREFUSED', 'connect')],
    ['several refused attempts', new AggregateError([systemError('ETIMEDOUT', 'connect')])],
    ['no route while connecting', systemError('EHOSTUNREACH', 'connect')],
    ['a connection not made in time', systemError('UND_ERR_CONNECT_TIMEOUT')],
    ['a certificate that is not trusted', systemError('SELF_SIGNED_CERT_IN_CHAIN')],
    ['a certificate of another name', systemError('ERR_TLS_CERT_ALTNAME_INVALID')],
    ['an address that is refused after its name was resolved', systemError('ERR_ADDRESS_REFUSED')],
    ['a proxy setting that is none', new ProxiedError(systemError('ECONNPROXY'))],
    ['a proxy that refuses the tunnel', new ProxiedError(failed(systemError('UND_ERR_ABORTED')))],
  ])('with %s has surely not arrived', async (_what, error) => {
    const { post } = rig(() => Promise.reject(failed(error)));
    expect(await post()).toMatchObject({ ok: false, sent: 'no', answer: { kind: 'network' } });
  });

  test.each<[string, Error]>([
    ['a reset', systemError('ECONNRESET')],
    ['a closed socket', systemError('UND_ERR_SOCKET')],
    ['a broken pipe', systemError('EPIPE')],
    ['a time-out of an open connection', systemError('ETIMEDOUT', 'read')],
    ['a lost route of an open connection', systemError('EHOSTUNREACH', 'read')],
    ['bytes that are no HTTP', systemError('HPE_INVALID')],
    ['a broken record of TLS', systemError('EPROTO')],
    ['an abort that no proxy made', systemError('UND_ERR_ABORTED')],
    ['something unknown', new Error('x')],
  ])('with %s may have arrived', async (_what, error) => {
    const { post } = rig(() => Promise.reject(failed(error)));
    expect(await post()).toMatchObject({ ok: false, sent: 'maybe' });
  });

  test('through a proxy says so', async () => {
    const { post } = rig(() => Promise.reject(new ProxiedError(failed(systemError('ECONNREFUSED', 'connect')))));
    const answer = { kind: 'network', errno: 'ECONNREFUSED', viaProxy: true };
    expect(await post()).toEqual({ ok: false, sent: 'no', answer });
  });

  test('by its time-out may have arrived; by a caller who had given up before has not', async () => {
    const { post, clock, abort, seen } = rig(() => new Promise<Response>(() => undefined));
    const pending = post();
    await clock.advance(8_000);
    expect(await pending).toMatchObject({ ok: false, sent: 'maybe', answer: { kind: 'timeout' } });
    abort.abort();
    expect(await post()).toEqual({ ok: false, sent: 'no', answer: { kind: 'network', errno: 'ABORT_ERR' } });
    expect(seen).toHaveLength(1);
  });

  test.each(['http://auth.example/token', 'https://169.254.169.254/token', 'https://u:p@auth.example/', 'nonsense'])(
    'because %s may not be asked has surely not arrived',
    async (url) => {
      const { clock, abort } = rig(() => new Response());
      const got = await guardedSend(url, {
        method: 'POST',
        timeoutMs: 1,
        maxBytes: 1,
        maxRedirects: 0,
        signal: abort.signal,
        addressPolicy: { mode: 'local-user', serverUrl: 'https://mcp.example/mcp' },
        clock,
        fetch: () => Promise.reject(new Error('it was asked')),
      });
      expect(got).toMatchObject({ ok: false, sent: 'no', answer: { kind: 'network' } });
    },
  );
});
