/**
 * The guarded fetch on real sockets, against servers that mean harm.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { errnoOf } from '../../src/base/errors.ts';
import { Secret } from '../../src/base/secret.ts';
import { createHttp, type Fetch, type Http } from '../../src/net/dispatcher.ts';
import { guardedFetch, type GuardedAnswer, type GuardedRequest } from '../../src/net/guarded-fetch.ts';
import type { Lookup } from '../../src/net/resolve.ts';
import { startOrigin, type Origin } from '../support/origin.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((thing) => thing.close()));
});

async function origin(handle?: (request: IncomingMessage, response: ServerResponse) => void): Promise<Origin> {
  const started = await startOrigin(handle);
  opened.push(started);
  return started;
}

function http(env: Record<string, string> = {}, lookup?: Lookup): Http {
  const made = createHttp({ env, ...(lookup === undefined ? {} : { lookup }) });
  opened.push(made);
  return made;
}

function get(url: string, more: Partial<GuardedRequest> = {}): Promise<GuardedAnswer> {
  return guardedFetch(url, {
    timeoutMs: 1_000,
    maxBytes: 1_048_576,
    maxRedirects: 5,
    signal: new AbortController().signal,
    addressPolicy: { mode: 'local-user', serverUrl: url },
    clock: systemClock,
    fetch: more.fetch ?? http().fetch,
    ...more,
  });
}

/** Writes zeros for ever, as fast as they are read. */
function pour(response: ServerResponse): void {
  const chunk = Buffer.alloc(65_536);
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', more);
  more();
}

const BOMB = 300_000_000;
const gzipBomb = gzipSync(Buffer.alloc(BOMB));
const brotliBomb = brotliCompressSync(Buffer.alloc(BOMB), { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } });
const nestedBomb = gzipSync(gzipBomb);

const HOSTILE: readonly (readonly [string, (request: IncomingMessage, response: ServerResponse) => void, string])[] = [
  ['an endless body', (_, response) => pour(response), 'protocol'],
  [
    'a huge announced body',
    (_, response) => void response.writeHead(200, { 'content-length': 600_000_000 }).write('x'),
    'protocol',
  ],
  [
    'a gzip bomb',
    (_, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipBomb),
    'protocol',
  ],
  [
    'a brotli bomb',
    (_, response) => void response.writeHead(200, { 'content-encoding': 'br' }).end(brotliBomb),
    'protocol',
  ],
  [
    'a gzip bomb inside gzip',
    (_, response) => void response.writeHead(200, { 'content-encoding': 'gzip, gzip' }).end(nestedBomb),
    'protocol',
  ],
  [
    'what says gzip and is none',
    (_, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end('no'),
    'protocol',
  ],
  [
    'a redirect to itself',
    (request, response) => void response.writeHead(302, { location: request.url }).end(),
    'http',
  ],
  ['silence', () => undefined, 'timeout'],
  ['headers and then silence', (_, response) => response.flushHeaders(), 'timeout'],
  [
    'one byte at a time',
    (_, response) => {
      const timer = setInterval(() => response.write('x'), 50);
      response.on('close', () => clearInterval(timer));
    },
    'timeout',
  ],
  [
    'headers that never end',
    (request) => {
      const { socket } = request;
      socket.write('HTTP/1.1 200 OK\r\n');
      const timer = setInterval(() => socket.write('a: b\r\n'), 50);
      socket.on('close', () => clearInterval(timer));
    },
    'timeout',
  ],
  ['too many headers', (_, response) => void response.writeHead(200, { pad: 'x'.repeat(17_000) }).end('{}'), 'network'],
  [
    'fewer bytes than announced',
    (request) => void request.socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx'),
    'network',
  ],
  [
    'chunks that are none',
    (request) => void request.socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nnonsense\r\n'),
    'network',
  ],
  ['no HTTP', (request) => void request.socket.end('SSH-2.0-x\r\n'), 'network'],
  ['a closed connection', (request) => void request.socket.destroy(), 'network'],
];

describe('[security.metadata-clean] a guarded fetch', () => {
  test.each(HOSTILE)('of %s ends in time, in little memory and with a typed answer', async (_what, handle, kind) => {
    const server = await origin(handle);
    await get(`${server.url}/warm-up`, { timeoutMs: 1 });
    const before = process.memoryUsage().rss;
    let peak = before;
    const sampler = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss);
    }, 5);
    const start = performance.now();
    const got = await get(`${server.url}/doc`);
    clearInterval(sampler);
    expect(got).toMatchObject({ ok: false, answer: { kind } });
    expect(performance.now() - start).toBeLessThan(1_500);
    // A third of what the bombs unpack to; the server shares this process, and the collector takes its time.
    expect(peak - before).toBeLessThan(BOMB / 3);
    expect(server.arrived.filter(({ url }) => url === '/doc').length).toBeLessThanOrEqual(6);
  });

  test('reads what is packed as it was meant', async () => {
    const server = await origin((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"a":1}'));
    });
    expect(await get(server.url)).toMatchObject({ ok: true, text: '{"a":1}' });
  });

  test('of a server that speaks something else says so by its errno', async () => {
    const server = await origin((request) => void request.socket.end('SSH-2.0-x\r\n'));
    expect(await get(server.url)).toEqual({ ok: false, answer: { kind: 'network', errno: 'HPE_INVALID' } });
  });

  test('of a port where nobody listens is a network answer', async () => {
    const server = await startOrigin();
    await server.close();
    expect(await get(server.url)).toEqual({ ok: false, answer: { kind: 'network', errno: 'ECONNREFUSED' } });
  });
});

/** Spellings of this machine and of places where a browser or a daemon must not be led. */
const ENCODINGS = [
  '127.0.0.1 127.1 127.0.1 2130706433 0x7f000001 0x7f.1 0177.0.0.1 017700000001 127.0.0.1. localhost LOCALHOST',
  'localhost. a.localhost 0.0.0.0 0 [::1] [::] [0:0:0:0:0:0:0:1] [::ffff:127.0.0.1] [::ffff:7f00:1] [::127.0.0.1]',
  '[::7f00:1] [64:ff9b::7f00:1] [64:ff9b:1::7f00:1] [2002:7f00:1::] [2001:0:7f00:1::] [fe80::1] [fd00::1] [fec0::1]',
  '10.0.0.1 172.16.0.1 192.168.0.1 100.64.0.1 169.254.169.254 [::ffff:169.254.169.254] 2852039166 198.18.0.1',
  '①②⑦.⓪.⓪.① 127。0。0。1 224.0.0.1 255.255.255.255',
]
  .join(' ')
  .split(' ');

describe('[security.metadata-clean] a server of the internet that points inside', () => {
  test.each(ENCODINGS)('to %s reaches nothing, at once or by a redirect', async (host) => {
    const internal = await origin();
    const real = http().fetch;
    const addressPolicy = { mode: 'local-user', serverUrl: 'https://203.0.114.1/mcp' } as const;
    for (const scheme of ['http', 'https']) {
      const target = `${scheme}://${host}:${internal.port}/secret`;
      const led: Fetch = (url, init) =>
        String(url).startsWith('https://203.0.114.1/')
          ? Promise.resolve(new Response(null, { status: 302, headers: { location: target } }))
          : real(url, init);
      expect(await get(target, { addressPolicy, fetch: real })).toMatchObject({
        ok: false,
        answer: { kind: 'network' },
      });
      expect(await get('https://203.0.114.1/doc', { addressPolicy, fetch: led })).toMatchObject({ ok: false });
      // Below the guard the client itself refuses too.
      await expect(real(target, { addressPolicy })).rejects.toMatchObject({ code: 'ERR_ADDRESS_REFUSED' });
    }
    expect(internal.arrived).toEqual([]);
  });

  test('by a name that resolves inside reaches nothing, even if the name had a public address before', async () => {
    const internal = await origin();
    let asked = 0;
    const flipping: Lookup = (hostname, _options, done) => {
      asked += 1;
      const address = hostname === 'mcp.test' || asked === 1 ? '203.0.114.1' : '127.0.0.1';
      done(null, [{ address, family: 4 }]);
    };
    const { fetch } = http({}, flipping);
    for (const mode of ['local-user', 'hosted'] as const) {
      const addressPolicy = { mode, serverUrl: 'http://mcp.test/' };
      asked = 1;
      const failed = fetch(`http://flip.test:${internal.port}/`, { addressPolicy });
      await expect(failed).rejects.toMatchObject({ cause: { code: 'ERR_ADDRESS_REFUSED' } });
    }
    expect(internal.arrived).toEqual([]);
  });

  test('uses of several addresses only those it may go to', async () => {
    const server = await origin((_, response) => void response.end('{}'));
    const asked: string[] = [];
    const lookup: Lookup = (hostname, _options, done) => {
      asked.push(hostname);
      done(null, [
        { address: '169.254.169.254', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ]);
    };
    const response = await http({}, lookup).fetch(`http://name.test:${server.port}/`, {
      addressPolicy: { mode: 'local-user', serverUrl: 'http://127.0.0.1:1/' },
    });
    expect(response.status).toBe(200);
    expect(asked).toEqual(['name.test']);
  });

  test('does not share sockets with requests that may go further', async () => {
    const server = await origin((_, response) => void response.end('{}'));
    const toLoopback: Lookup = (_hostname, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }]);
    const { fetch } = http({}, toLoopback);
    const url = `http://name.test:${server.port}/`;
    await (await fetch(url)).text();
    const guarded = fetch(url, { addressPolicy: { mode: 'hosted', serverUrl: url } });
    await expect(guarded).rejects.toMatchObject({ cause: { code: 'ERR_ADDRESS_REFUSED' } });
    expect(server.arrived).toHaveLength(1);
  });
});

describe('[security.origin-bound] configured headers on three origins', () => {
  const NAMES = ['authorization', 'x-api-key', 'cookie', 'x-helper'];
  const headers = Object.fromEntries(NAMES.map((name) => [name, new Secret('CANARY')]));

  test.each([301, 302, 303, 307, 308])('are never seen by a foreign origin after a %d', async (status) => {
    const third = await origin((_, response) => void response.end('{}'));
    const second = await origin((_, response) => void response.writeHead(status, { location: `${third.url}/c` }).end());
    const first = await origin((request, response) => {
      const location = request.url === '/a' ? '/b' : `${second.url}/b`;
      response.writeHead(status, { location }).end();
    });
    const bound = await get(`${first.url}/a`, { headers });
    expect(bound).toEqual({
      ok: false,
      answer: { kind: 'http', status, challenges: [], location: `${second.url}/b` },
    });
    expect(first.arrived.map(({ url }) => url)).toEqual(['/a', '/b']);
    for (const hop of first.arrived) for (const name of NAMES) expect(hop.headers[name]).toBe('CANARY');
    // The same way without headers is followed to its end.
    expect(await get(`${first.url}/a`)).toMatchObject({ ok: true, url: `${third.url}/c` });
    // And headers of another origin are not sent along it.
    await get(`${second.url}/b`, { headers, boundOrigin: first.url });
    for (const { arrived } of [second, third])
      for (const hop of arrived) expect(NAMES.filter((name) => name in hop.headers)).toEqual([]);
    expect(JSON.stringify([second.arrived, third.arrived])).not.toContain('CANARY');
  });
});

describe('[net.proxy] the shared client', () => {
  test('asks a proxy for http in the absolute form, with its credentials, and goes direct where told', async () => {
    const proxy = await origin((_, response) => void response.end('from the proxy'));
    const client = http({ http_proxy: `http://me:CANARY@127.0.0.1:${proxy.port}`, NO_PROXY: 'direct.test' });
    const response = await client.fetch('http://server.test/path', { headers: { 'x-a': 'b' } });
    expect(await response.text()).toBe('from the proxy');
    expect(proxy.arrived).toMatchObject([{ method: 'GET', url: 'http://server.test/path', headers: { 'x-a': 'b' } }]);
    expect(proxy.arrived[0]?.headers['proxy-authorization']).toBe(`Basic ${btoa('me:CANARY')}`);
    expect(client.viaProxy('http://server.test/')).toBe(true);
    expect(client.viaProxy('http://direct.test/')).toBe(false);
    expect(client.viaProxy('https://server.test/')).toBe(false);
  });

  test('tunnels https, and a proxy that refuses the tunnel is an error of the proxy', async () => {
    const proxy = await origin();
    const client = http({ HTTPS_PROXY: proxy.url });
    const error: unknown = await client.fetch('https://server.test/mcp').catch((thrown: unknown) => thrown);
    expect(errnoOf(error)).toBe('UND_ERR_ABORTED');
    expect(proxy.arrived).toMatchObject([{ method: 'CONNECT', url: 'server.test:443' }]);
    const addressPolicy = { mode: 'local-user', serverUrl: 'https://server.test/mcp' } as const;
    expect(await get('https://server.test/meta', { fetch: client.fetch, addressPolicy })).toMatchObject({ ok: false });
    expect(proxy.arrived).toHaveLength(2);
  });

  test('never asks a proxy for this machine', async () => {
    const proxy = await origin();
    const server = await origin((_, response) => void response.end('direct'));
    const client = http({ HTTP_PROXY: proxy.url });
    expect(await (await client.fetch(server.url)).text()).toBe('direct');
    expect(proxy.arrived).toEqual([]);
  });

  test.each(['http://[bad', 'ftp://proxy.test:1'])(
    'with the proxy setting %s fails by request, not at the start',
    async (uri) => {
      const client = http({ HTTPS_PROXY: uri });
      await expect(client.fetch('https://server.test/')).rejects.toMatchObject({ code: 'ECONNPROXY' });
    },
  );

  test('takes the environment it is given, never that of the process', async () => {
    const proxy = await origin();
    const server = await origin((_, response) => void response.end('direct'));
    process.env['http_proxy'] = proxy.url;
    try {
      const lookup: Lookup = (_hostname, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }]);
      const response = await http({}, lookup).fetch(`http://name.test:${server.port}/`);
      expect(await response.text()).toBe('direct');
    } finally {
      delete process.env['http_proxy'];
    }
  });

  test('drops open streams when it is closed, and refuses requests after that', async () => {
    const server = await origin((_, response) => response.flushHeaders());
    const client = createHttp({ env: {} });
    const response = await client.fetch(server.url);
    const reading = response.text();
    await client.close();
    await expect(reading).rejects.toThrow('terminated');
    await expect(client.fetch(server.url)).rejects.toThrow('fetch failed');
  });
});
