/**
 * The guarded fetch over a scripted `fetch` and a virtual clock.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
import type { FetchInit } from '../../../src/net/dispatcher.ts';
import { guardedFetch, type GuardedAnswer, type GuardedRequest } from '../../../src/net/guarded-fetch.ts';
import { createVirtualClock } from '../../../src/testing/virtual-clock.ts';

const SERVER = 'https://mcp.example/mcp';

interface Seen {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly init: FetchInit;
}

/** A guarded fetch whose answers come from a function of the URL. */
function rig(answer: (url: string, init: FetchInit) => Response | Promise<Response>) {
  const clock = createVirtualClock();
  const seen: Seen[] = [];
  const abort = new AbortController();
  const get = (url: string, more: Partial<GuardedRequest> = {}): Promise<GuardedAnswer> =>
    guardedFetch(url, {
      timeoutMs: 10_000,
      maxBytes: 1_000,
      maxRedirects: 5,
      signal: abort.signal,
      addressPolicy: { mode: 'local-user', serverUrl: SERVER },
      clock,
      fetch: async (target, init = {}) => {
        seen.push({ url: String(target), headers: init.headers as Record<string, string>, init });
        return answer(String(target), init);
      },
      ...more,
    });
  return { clock, seen, abort, get };
}

const redirect = (status: number, location: string) => new Response(null, { status, headers: { location } });
const errnoOf = (got: GuardedAnswer): string | undefined =>
  !got.ok && got.answer.kind === 'network' ? got.answer.errno : undefined;

describe('[security.metadata-clean] a guarded fetch', () => {
  test('gives status, headers, text and where it came from, and leaves no timer', async () => {
    const { get, clock } = rig(() => new Response('\uFEFF{"a":1}', { headers: { 'x-a': 'b' } }));
    const got = await get('https://a.example/doc');
    expect(got).toMatchObject({ ok: true, status: 200, text: '{"a":1}', url: 'https://a.example/doc' });
    expect(got.ok && got.headers.get('x-a')).toBe('b');
    expect(clock.pending).toBe(0);
  });

  test.each([
    'http://a.example/',
    'ftp://a.example/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:application/json,{}',
    'https://user:pass@a.example/',
    'not a url',
  ])('does not ask %s', async (url) => {
    const { get, seen } = rig(() => new Response('{}'));
    expect(errnoOf(await get(url))).toBe('ERR_URL_REFUSED');
    expect(seen).toEqual([]);
  });

  test.each(['https://127.0.0.1/', 'http://localhost/', 'https://169.254.169.254/latest', 'https://[::1]/'])(
    'does not ask %s for a server of the internet, neither at first nor after a redirect',
    async (target) => {
      const { get, seen } = rig(() => redirect(302, target));
      expect(errnoOf(await get(target))).toBe('ERR_ADDRESS_REFUSED');
      expect(seen).toEqual([]);
      const got = await get('https://a.example/');
      expect(got.ok).toBe(false);
      expect(seen.map(({ url }) => url)).toEqual(['https://a.example/']);
    },
  );

  test.each([301, 302, 303, 307, 308])('follows a %d by hand, at most as often as allowed', async (status) => {
    const { get, seen } = rig((url) => redirect(status, `${url}x`));
    const got = await get('https://a.example/', { maxRedirects: 3 });
    expect(got).toEqual({
      ok: false,
      answer: { kind: 'http', status, challenges: [], location: 'https://a.example/xxxx' },
    });
    expect(seen).toHaveLength(4);
    expect(seen.every(({ init }) => init.redirect === 'manual')).toBe(true);
  });

  test('follows a relative target', async () => {
    const { get } = rig((url) => (url.endsWith('/b') ? new Response('{}') : redirect(302, '/b')));
    expect(await get('https://a.example/a?q=1')).toMatchObject({ ok: true, url: 'https://a.example/b' });
  });

  test('does not follow from https to http, not even on one host, and names the target without its secrets', async () => {
    const { get, seen } = rig(() => redirect(302, 'http://a.example/?token=CANARY'));
    expect(await get('https://a.example/')).toMatchObject({
      ok: false,
      answer: { kind: 'http', status: 302, location: 'http://a.example/?token=…' },
    });
    expect(seen).toHaveLength(1);
  });

  test.each([
    ['no target', {}],
    ['a target that is no URL', { location: 'https://' }],
  ])('ends a redirect with %s as an answer', async (_what, headers) => {
    const { get } = rig(() => new Response(null, { status: 302, headers }));
    expect(await get('https://a.example/')).toEqual({
      ok: false,
      answer: { kind: 'http', status: 302, challenges: [] },
    });
  });

  test('tells challenges and Retry-After of a refusal, and not its body', async () => {
    const headers = { 'www-authenticate': 'Bearer error=x', 'retry-after': '3' };
    const { get } = rig(() => new Response('CANARY', { status: 401, headers }));
    expect(await get('https://a.example/')).toEqual({
      ok: false,
      answer: {
        kind: 'http',
        status: 401,
        challenges: [{ scheme: 'bearer', params: { error: 'x' } }],
        retryAfterMs: 3_000,
      },
    });
  });

  test('gives the time-out as an answer when no headers come', async () => {
    const { get, clock, seen } = rig(() => new Promise<Response>(() => undefined));
    const pending = get('https://a.example/');
    await clock.advance(9_999);
    expect(seen[0]?.init.signal?.aborted).toBe(false);
    await clock.advance(1);
    expect(await pending).toEqual({
      ok: false,
      answer: { kind: 'timeout', text: 'no complete answer within 10000 ms' },
    });
    expect(seen[0]?.init.signal?.aborted).toBe(true);
    expect(clock.pending).toBe(0);
  });

  test('counts redirects and a dripping body against one whole time', async () => {
    const { get, clock } = rig(async (url) => {
      await clock.sleep(4_000);
      return url.endsWith('/b') ? new Response(dripping(clock, 1_500)) : redirect(302, '/b');
    });
    const pending = get('https://a.example/a', { phaseMs: 5_000 });
    await clock.advance(10_000);
    expect(await pending).toMatchObject({ ok: false, answer: { kind: 'timeout' } });
  });

  test('ends a body that falls silent before the whole time is over', async () => {
    const { get, clock } = rig(() => new Response(dripping(clock, 4_000)));
    const pending = get('https://a.example/a', { phaseMs: 3_000 });
    await clock.advance(3_000);
    expect(await pending).toEqual({ ok: false, answer: { kind: 'timeout', text: 'no answer for 3000 ms' } });
  });

  test.each([true, false])('ends when the caller gives up (before the start: %s)', async (before) => {
    const { get, abort, clock } = rig(() => new Promise<Response>(() => undefined));
    if (before) abort.abort();
    const pending = get('https://a.example/');
    abort.abort();
    expect(errnoOf(await pending)).toBe('ABORT_ERR');
    expect(clock.pending).toBe(0);
  });

  test.each([1_000, 1_001])('a body of %d bytes under a limit of 1000', async (size) => {
    const { get } = rig(() => new Response('x'.repeat(size)));
    const got = await get('https://a.example/');
    if (size === 1_000) expect(got).toMatchObject({ ok: true });
    else expect(got).toEqual({ ok: false, answer: { kind: 'protocol', text: 'the body is larger than 1000 bytes' } });
  });

  test('stops to read an endless body at its limit', async () => {
    let pulled = 0;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        pulled += 100;
        controller.enqueue(new Uint8Array(100));
      },
    });
    const { get } = rig(() => new Response(body));
    expect(await get('https://a.example/')).toMatchObject({ ok: false, answer: { kind: 'protocol' } });
    expect(pulled).toBeLessThan(2_000);
  });

  test('tells a network error by its errno, however deep it lies', async () => {
    const { get } = rig(() => {
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }) });
    });
    expect(errnoOf(await get('https://a.example/'))).toBe('ECONNREFUSED');
  });
});

describe('[security.origin-bound] configured headers', () => {
  const headers = { 'X-Api-Key': new Secret('CANARY'), Authorization: 'Bearer CANARY' };

  test('go to their origin, also after a redirect within it', async () => {
    const { get, seen } = rig((url) => (url.endsWith('/b') ? new Response('{}') : redirect(307, '/b')));
    await get('https://mcp.example/a', { headers, boundOrigin: 'https://mcp.example' });
    expect(seen.map((hop) => hop.headers['X-Api-Key'])).toEqual(['CANARY', 'CANARY']);
  });

  test.each([301, 302, 303, 307, 308])('do not follow a %d to another origin', async (status) => {
    for (const target of ['https://evil.example/', 'https://mcp.example:8443/', 'http://mcp.example/']) {
      const { get, seen } = rig(() => redirect(status, target));
      const got = await get('https://mcp.example/a', { headers });
      expect(got).toMatchObject({ ok: false, answer: { kind: 'http', status, location: target } });
      expect(seen.map(({ url }) => url)).toEqual(['https://mcp.example/a']);
    }
  });

  test('are not sent to a foreign URL, and not brought home by its redirect either', async () => {
    const { get, seen } = rig(() => redirect(302, 'https://mcp.example/admin'));
    await get('https://evil.example/', { headers, boundOrigin: 'https://mcp.example' });
    expect(seen.map((hop) => Object.keys(hop.headers))).toEqual([['accept']]);
  });
});

function dripping(clock: ReturnType<typeof createVirtualClock>, everyMs: number): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      await clock.sleep(everyMs);
      controller.enqueue(new Uint8Array(1));
    },
  });
}
