/**
 * Token requests on real sockets, against endpoints in every kind of trouble.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { refreshGrant } from '../../src/auth/token/grants.ts';
import type { TokenOutcome } from '../../src/auth/token/outcome.ts';
import { requestToken } from '../../src/auth/token/request.ts';
import { systemClock } from '../../src/base/clock.ts';
import { Redactor, Secret } from '../../src/base/secret.ts';
import { resolveNumbers } from '../../src/core/numbers.ts';
import { createHttp } from '../../src/net/dispatcher.ts';
import type { Lookup } from '../../src/net/resolve.ts';
import { startOrigin, type Origin } from '../support/origin.ts';
import { AUTHORITY, CLIENT } from '../support/token-rig.ts';

type Handle = (request: IncomingMessage, response: ServerResponse) => void;

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((thing) => thing.close()));
});

async function origin(handle?: Handle): Promise<Origin> {
  const started = await startOrigin(handle);
  opened.push(started);
  return started;
}

/** One refresh, as a local user of a server at `serverUrl`. */
async function refresh(
  tokenEndpoint: string,
  more: { readonly serverUrl?: string; readonly lookup?: Lookup; readonly timeoutMs?: number } = {},
): Promise<TokenOutcome> {
  const { serverUrl = 'http://127.0.0.1:1/mcp', lookup, timeoutMs = 2_000 } = more;
  const http = createHttp({ env: {}, ...(lookup === undefined ? {} : { lookup }) });
  opened.push(http);
  return requestToken(
    { clock: systemClock, fetch: http.fetch, redactor: new Redactor() },
    {
      authority: { ...AUTHORITY, tokenEndpoint },
      client: CLIENT,
      params: refreshGrant({ refreshToken: new Secret('rt-1') }),
      serverUrl,
    },
    { numbers: resolveNumbers({ tokenTimeoutMs: timeoutMs }), signal: new AbortController().signal },
  );
}

const TOKENS = JSON.stringify({ access_token: 'at-1', refresh_token: 'rt-2', expires_in: 60, token_type: 'bearer' });
const answer =
  (status: number, body: string | Buffer, headers: Record<string, string> = {}): Handle =>
  (request, response) => {
    request.resume().on('end', () => response.writeHead(status, headers).end(body));
  };

test('a form arrives whole, and the tokens come back', async () => {
  let body = '';
  const at = await origin((request, response) => {
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => response.end(TOKENS));
  });
  expect(await refresh(`${at.url}/token?tenant=1`)).toMatchObject({ kind: 'tokens' });
  expect(body).toBe('grant_type=refresh_token&refresh_token=rt-1&client_id=client-1');
  expect(at.arrived[0]).toMatchObject({
    method: 'POST',
    url: '/token?tenant=1',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
  });
});

describe('[token.transient] an endpoint that', () => {
  test('refuses connections was surely not reached', async () => {
    const gone = await startOrigin();
    await gone.close();
    expect(await refresh(`${gone.url}/token`)).toMatchObject({
      kind: 'transient',
      sent: 'no',
      fault: { reason: 'refused' },
    });
  });

  const reset: Record<string, Handle> = {
    'resets before it has read the form': (request) => void request.socket.resetAndDestroy(),
    'resets after it has read the form': (request) =>
      void request.resume().on('end', () => request.socket.resetAndDestroy()),
    'closes in the middle of its answer': (request, response) => {
      response.writeHead(200, { 'content-length': 500 }).write('{"access_token":"at');
      request.resume().on('end', () => setTimeout(() => request.socket.destroy(), 20));
    },
  };
  test.each(Object.entries(reset))('%s may have acted', async (_, handle) => {
    const at = await origin(handle);
    expect(await refresh(`${at.url}/token`)).toMatchObject({
      kind: 'transient',
      sent: 'maybe',
      fault: { reason: 'reset' },
    });
    expect(at.arrived).toHaveLength(1);
  });

  test('breaks off the body of a 503 has still answered 503', async () => {
    const at = await origin((request, response) => {
      response.writeHead(503, { 'retry-after': '3', 'content-length': 500 }).write('<html>');
      request.resume().on('end', () => setTimeout(() => request.socket.destroy(), 20));
    });
    expect(await refresh(`${at.url}/token`)).toMatchObject({ sent: 'answered', retryAfterMs: 3_000 });
  });

  const silent: Record<string, Handle> = {
    'never answers': () => {},
    'never ends its answer': (_, response) => void response.writeHead(200).write('{'),
    'drips its answer': (_, response) => {
      const drip = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(drip));
    },
  };
  test.each(Object.entries(silent))('%s is left after its time', async (_, handle) => {
    const at = await origin(handle);
    const began = performance.now();
    expect(await refresh(`${at.url}/token`, { timeoutMs: 200 })).toMatchObject({
      kind: 'transient',
      sent: 'maybe',
      fault: { reason: 'timeout' },
    });
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  test.each<[string, Handle, string]>([
    ['500', answer(500, 'oops'), 'answered'],
    ['502 with HTML', answer(502, '<html>Bad Gateway</html>'), 'answered'],
    ['503', answer(503, ''), 'answered'],
    ['429', answer(429, '', { 'retry-after': '5' }), 'answered'],
    ['200 with HTML', answer(200, '<html>Sign in to the network</html>', { 'content-type': 'text/html' }), 'maybe'],
    ['200 and an error for now', answer(200, '{"error":"temporarily_unavailable"}'), 'answered'],
    ['a gzip bomb', answer(200, gzipSync(Buffer.alloc(50_000_000)), { 'content-encoding': 'gzip' }), 'maybe'],
    ['what is no gzip', answer(200, 'not gzip', { 'content-encoding': 'gzip' }), 'maybe'],
  ])('answers %s has refused nothing', async (_, handle, sent) => {
    const at = await origin(handle);
    expect(await refresh(`${at.url}/token`)).toMatchObject({ kind: 'transient', sent });
    expect(at.arrived).toHaveLength(1);
  });
});

test('[token.verdict] a verdict in a compressed answer is read', async () => {
  const body = gzipSync('{"error":"invalid_grant"}');
  const at = await origin(answer(400, body, { 'content-encoding': 'gzip' }));
  expect(await refresh(`${at.url}/token`)).toEqual({ kind: 'refused', error: 'invalid_grant', status: 400 });
});

test.each([301, 302, 303, 307, 308])('[token.bounds] a redirect by %i is not followed', async (status) => {
  const target = await origin(answer(200, TOKENS));
  const at = await origin(answer(status, '', { location: `${target.url}/token` }));
  expect(await refresh(`${at.url}/token`)).toMatchObject({ kind: 'transient', sent: 'answered' });
  expect(target.arrived).toHaveLength(0);
});

describe('[token.bounds] a public server cannot point the token request at', () => {
  const lookup: Lookup = (hostname, _options, done) => {
    done(null, [{ address: hostname.endsWith('inside.example') ? '127.0.0.1' : '93.184.216.34', family: 4 }]);
  };

  test.each([
    ['this machine', 'http://127.0.0.1:PORT/token'],
    ['this machine by another spelling', 'https://0x7f.1:PORT/token'],
    ['a name that leads here', 'https://inside.example:PORT/token'],
    ['a private address', 'https://10.0.0.1:PORT/token'],
    ['plain http', 'http://as.example:PORT/token'],
  ])('%s', async (_, url) => {
    const inside = await origin(answer(200, TOKENS));
    const outcome = await refresh(url.replace('PORT', String(inside.port)), {
      serverUrl: 'https://mcp.example/mcp',
      lookup,
    });
    expect(outcome).toMatchObject({ kind: 'transient', sent: 'no', fault: { reason: 'auth-server-misconfigured' } });
    expect(inside.arrived).toHaveLength(0);
  });
});
