import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Client, SSEClientTransport, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { errnoOf } from '../../src/base/errors.ts';
import {
  brokenJson,
  delayed,
  firstThen,
  firstWhile,
  forbidden,
  hang,
  html,
  httpDate,
  insufficientScope,
  legacySseServer,
  mcpServer,
  mountSignIn,
  onHttp,
  onRpc,
  rateLimited,
  redirect,
  requireHeader,
  reset,
  sequence,
  silentStream,
  slowLoris,
  startBrokenPort,
  startFaultServer,
  startRefusingPort,
  status,
  tooMany,
  unauthorized,
  wrongContentType,
} from '../../src/testing/index.ts';
import type { Behaviour, FaultServer, McpServerOptions } from '../../src/testing/index.ts';

let server: FaultServer;
beforeEach(async () => {
  server = await startFaultServer();
});
afterEach(async () => {
  const errors = [...server.errors];
  await server.close();
  if (errors.length > 0) throw new AggregateError(errors, 'a behaviour of the fault server failed');
});

const JSON_TYPE = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

function rpc(method: string, params: object = {}, id: number | null = 1): string {
  return JSON.stringify({ jsonrpc: '2.0', ...(id === null ? {} : { id }), method, params });
}

function post(url: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { method: 'POST', body, headers: { ...JSON_TYPE, ...headers }, redirect: 'manual' });
}

const INITIALIZE = rpc('initialize', {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'test', version: '0' },
});

async function openSession(url: string): Promise<Record<string, string>> {
  const answer = await post(url, INITIALIZE);
  await answer.text();
  return { 'mcp-session-id': answer.headers.get('mcp-session-id') ?? '', 'mcp-protocol-version': '2025-11-25' };
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** Reads until the text holds `part`; fails with the text seen when the stream ends first. */
async function readUntil(reader: ReadableStreamDefaultReader<Uint8Array>, part: string): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  while (!text.includes(part)) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`the stream ended after: ${text}`);
    text += decoder.decode(value, { stream: true });
  }
  return text;
}

function readerOf(answer: Response): ReadableStreamDefaultReader<Uint8Array> {
  if (answer.body === null) throw new Error('no body');
  return answer.body.getReader();
}

const codes = async (url: string, count: number): Promise<number[]> => {
  const seen: number[] = [];
  for (let index = 0; index < count; index += 1) seen.push((await post(url, rpc('tools/list'))).status);
  return seen;
};

const mountLegacy = (options: McpServerOptions = {}): { url: string; mcp: ReturnType<typeof mcpServer> } => {
  const mcp = mcpServer({ era: 'legacy', ...options });
  return { mcp, url: server.mount('/mcp', mcp).url };
};

const hello = async (url: string, version: string): Promise<unknown> => {
  const answer = await post(url, rpc('initialize', { protocolVersion: version, capabilities: {} }));
  return ((await answer.json()) as { result: { protocolVersion: string } }).result.protocolVersion;
};

const headersFor = (method: string): Record<string, string> => ({
  'mcp-protocol-version': '2026-07-28',
  'mcp-method': method,
});

const errorOf = async (answer: Response): Promise<unknown> => {
  const { error } = (await answer.json()) as { error: { code: number; data?: unknown } };
  return [answer.status, error.code];
};

describe('single answers', () => {
  const cases: [string, Behaviour, number, Record<string, string>, RegExp][] = [
    ['503', status(503), 503, {}, /status 503/],
    [
      'any status with headers and body',
      status(418, { headers: { 'x-tea': 'yes' }, body: 'pot' }),
      418,
      { 'x-tea': 'yes' },
      /^pot$/,
    ],
    ['401 with a challenge', unauthorized('Bearer realm="x"'), 401, { 'www-authenticate': 'Bearer realm="x"' }, /401/],
    ['403 with a challenge', forbidden('Bearer'), 403, { 'www-authenticate': 'Bearer' }, /403/],
    [
      '403 insufficient_scope',
      insufficientScope('a b', 'http://x/prm'),
      403,
      { 'www-authenticate': 'Bearer error="insufficient_scope", scope="a b", resource_metadata="http://x/prm"' },
      /403/,
    ],
    ['429 with seconds', tooMany({ seconds: 7 }), 429, { 'retry-after': '7' }, /429/],
    ['429 with nonsense', tooMany({ text: 'soon' }), 429, { 'retry-after': 'soon' }, /429/],
    ['503 with Retry-After', tooMany({ seconds: 1 }, 503), 503, { 'retry-after': '1' }, /503/],
    ['200 with HTML', html(), 200, { 'content-type': 'text/html; charset=utf-8' }, /<!doctype html>/],
    ['broken JSON', brokenJson(), 200, { 'content-type': 'application/json' }, /^\{"jsonrpc".*resu$/],
    ['a strange media type', wrongContentType('image/png'), 200, { 'content-type': 'image/png' }, /./s],
    [
      'a redirect to another origin',
      redirect('https://example.test/x', 308),
      308,
      { location: 'https://example.test/x' },
      /./,
    ],
  ];
  test.each(cases)('%s goes out as it was asked for', async (_, behaviour, code, headers, body) => {
    const mount = server.mount('/x', behaviour);
    const answer = await post(mount.url, '{}');
    expect(answer.status).toBe(code);
    for (const [name, value] of Object.entries(headers)) expect(answer.headers.get(name)).toBe(value);
    expect(await answer.text()).toMatch(body);
    expect(mount.hits()).toMatchObject([{ method: 'POST', url: '/x', body: '{}', status: code }]);
  });

  test('a bare 401 and a bare 403 carry no challenge', async () => {
    for (const behaviour of [unauthorized(), forbidden()]) {
      const answer = await post(server.mount('/x', behaviour).url, '{}');
      expect(answer.headers.get('www-authenticate')).toBeNull();
    }
  });

  test('a redirect to a path stays on the origin', async () => {
    const answer = await post(server.mount('/x', redirect('/y')).url, '{}');
    expect([answer.status, answer.headers.get('location')]).toEqual([307, `${server.origin}/y`]);
  });

  test('Retry-After as a date lies ahead of the server by what was asked', async () => {
    const answer = await post(server.mount('/x', tooMany({ dateInMs: 90_000 })).url, '{}');
    const value = answer.headers.get('retry-after') ?? '';
    expect(value).toMatch(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/);
    expect(Math.abs(Date.parse(value) - Date.now() - 90_000)).toBeLessThan(3_000);
  });

  test.each([0, 951_782_400_000, 1_767_225_599_000, Date.UTC(2026, 10, 21, 3, 4, 5)])(
    'the HTTP date of %d ms is what JavaScript writes',
    (ms) => {
      expect(httpDate(ms)).toBe(new Date(ms).toUTCString());
    },
  );

  test('a path that nobody mounted is 404 and remembered as a stray', async () => {
    expect((await post(`${server.origin}/nowhere`, '{}')).status).toBe(404);
    expect(server.strays.map((record) => record.url)).toEqual(['/nowhere']);
  });

  test('a longer path wins over a shorter one, and below a mount belongs to it', async () => {
    const short = server.mount('/a', status(201));
    const long = server.mount('/a/b', status(202));
    const seen = await Promise.all(['/a', '/a/x', '/a/b', '/a/b/c?q=1'].map((path) => fetch(server.origin + path)));
    expect(seen.map((answer) => answer.status)).toEqual([201, 201, 202, 202]);
    expect([short.count, long.count]).toEqual([2, 2]);
  });

  test('a behaviour can be changed while the server runs', async () => {
    const mount = server.mount('/x', status(500));
    expect((await post(mount.url, '{}')).status).toBe(500);
    mount.set(status(204, { body: '' }));
    expect((await post(mount.url, '{}')).status).toBe(204);
  });

  test('an error in a behaviour is answered 500 and kept for the test to see', async () => {
    const own = await startFaultServer();
    const mount = own.mount('/x', () => {
      throw new Error('a mistake in the test');
    });
    expect((await post(mount.url, '{}')).status).toBe(500);
    expect(own.errors).toHaveLength(1);
    await own.close();
  });
});

describe('broken transports', () => {
  test('reset breaks the connection before any answer', async () => {
    const mount = server.mount('/x', reset());
    expect(errnoOf(await failure(post(mount.url, '{}')))).toMatch(/ECONNRESET|UND_ERR_SOCKET/);
    expect(mount.hits()[0]?.status).toBeUndefined();
  });

  test('reset in an answer breaks the body', async () => {
    const answer = await post(server.mount('/x', reset('in-answer')).url, '{}');
    expect(answer.status).toBe(200);
    expect(await failure(answer.text())).toBeInstanceOf(Error);
  });

  test('a hanging server reads the request and never answers', async () => {
    const mount = server.mount('/x', hang());
    const error = await failure(fetch(mount.url, { method: 'POST', body: '{}', signal: AbortSignal.timeout(150) }));
    expect((error as Error).name).toBe('TimeoutError');
    expect(mount.count).toBe(1);
  });

  test('a silent stream sends headers and no event', async () => {
    const answer = await fetch(server.mount('/x', silentStream()).url, { signal: AbortSignal.timeout(150) });
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    expect(await failure(answer.text())).toBeInstanceOf(Error);
  });

  test('a slow loris sends a byte now and then and never ends', async () => {
    const answer = await fetch(server.mount('/x', slowLoris(10)).url);
    const reader = readerOf(answer);
    expect(await readUntil(reader, '   ')).toBe('   ');
    await reader.cancel();
  });

  test('a refusing port refuses, and stays taken', async () => {
    const port = await startRefusingPort();
    expect(errnoOf(await failure(fetch(port.url)))).toBe('ECONNREFUSED');
    await expect(startFaultServer({ port: port.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await port.close();
  });

  test('a resetting port accepts, counts and resets', async () => {
    const port = await startBrokenPort('reset');
    expect(await failure(fetch(port.url))).toBeInstanceOf(Error);
    expect(port.connections).toBe(1);
    await port.close();
  });

  test('a silent port accepts and never answers', async () => {
    const port = await startBrokenPort('silent');
    const socket = connectTcp(port.port, '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'connect');
    socket.write('GET / HTTP/1.1\r\n\r\n');
    const heard = await Promise.race([
      once(socket, 'data').then(() => 'data'),
      new Promise((resolve) => setTimeout(() => resolve('nothing'), 100)),
    ]);
    expect([heard, port.connections]).toEqual(['nothing', 1]);
    await port.close();
  });

  test('breaking the connections fails what is under way', async () => {
    const mount = server.mount('/x', hang());
    const pending = failure(post(mount.url, '{}'));
    await expect.poll(() => mount.count).toBe(1);
    server.breakConnections();
    expect(await pending).toBeInstanceOf(Error);
  });

  test.each([
    ['self-signed', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['expired', 'CERT_HAS_EXPIRED'],
  ] as const)(
    'with a %s certificate the server is refused by a client, and talks to one that looks away',
    async (tls, code) => {
      const secure = await startFaultServer({ tls });
      const mount = secure.mount('/x', status(200));
      expect(mount.url).toMatch(/^https:/);
      const refused = errnoOf(await failure(fetch(mount.url)));
      expect(['DEPTH_ZERO_SELF_SIGNED_CERT', code]).toContain(refused);
      const socket = connectTls({ port: secure.port, host: '127.0.0.1', rejectUnauthorized: false });
      await once(socket, 'secureConnect');
      const certificate = socket.getPeerCertificate();
      expect(certificate.subjectaltname).toContain('IP Address:127.0.0.1');
      expect(Date.parse(certificate.valid_to) > Date.now()).toBe(tls === 'self-signed');
      socket.destroy();
      await secure.close();
    },
  );
});

describe('faults laid over servers', () => {
  test('first some, then others', async () => {
    const mount = server.mount('/x', firstThen(2, status(503), status(200)));
    expect(await codes(mount.url, 4)).toEqual([503, 503, 200, 200]);
  });

  test('a sequence ends with its last step', async () => {
    const mount = server.mount('/x', sequence([status(500), status(404), status(200)]));
    expect(await codes(mount.url, 5)).toEqual([500, 404, 200, 200, 200]);
  });

  test('a fault that lasts a while ends by itself', async () => {
    const mount = server.mount('/x', firstWhile(120, status(401), status(200)));
    expect(await codes(mount.url, 2)).toEqual([401, 401]);
    await expect.poll(() => codes(mount.url, 1)).toEqual([200]);
  });

  test('one JSON-RPC method, or one HTTP method, can be singled out', async () => {
    const mount = server.mount('/x', onHttp('GET', status(405), onRpc(['tools/list'], status(500), status(200))));
    expect((await post(mount.url, rpc('tools/list'))).status).toBe(500);
    expect((await post(mount.url, rpc('ping'))).status).toBe(200);
    expect((await fetch(mount.url)).status).toBe(405);
  });

  test.each([
    ['the right value', { 'x-api-key': 'k1' }, 200],
    ['a wrong value', { 'x-api-key': 'k2' }, 401],
    ['none', {}, 401],
  ])('a required header: %s', async (_, headers, code) => {
    const mount = server.mount('/x', requireHeader({ name: 'X-Api-Key', value: 'k1' }, status(200)));
    expect((await post(mount.url, '{}', headers as Record<string, string>)).status).toBe(code);
  });

  test('a rate limit answers 429 with the rest of its window', async () => {
    const mount = server.mount('/x', rateLimited({ requests: 2, perMs: 60_000 }, status(200)));
    expect(await codes(mount.url, 3)).toEqual([200, 200, 429]);
    expect((await post(mount.url, '{}')).headers.get('retry-after')).toMatch(/^(59|60)$/);
  });

  test('a delayed server answers late', async () => {
    const mount = server.mount('/x', delayed(80, status(200)));
    const start = performance.now();
    await post(mount.url, '{}');
    expect(performance.now() - start).toBeGreaterThan(70);
  });

  test('counters tell handshakes from probes and from other requests', async () => {
    const mount = server.mount('/x', status(503));
    for (const method of ['server/discover', 'server/discover', 'initialize', 'tools/list'])
      await post(mount.url, rpc(method));
    expect([mount.count, mount.initializes, mount.tries]).toEqual([4, 1, 2]);
  });
});

describe('a server of the earlier era', () => {
  test('gives a session id, wants it on every request, and ends the session on DELETE', async () => {
    const { url, mcp } = mountLegacy();
    const headers = await openSession(url);
    expect(headers['mcp-session-id']).toMatch(/^[\w-]{36}$/);
    expect((await post(url, rpc('tools/list'))).status).toBe(400);
    expect((await post(url, rpc('tools/list'), headers)).status).toBe(200);
    expect((await post(url, rpc('notifications/initialized', {}, null), headers)).status).toBe(202);
    expect((await fetch(url, { method: 'DELETE', headers })).status).toBe(200);
    expect(mcp.sessions).toBe(0);
    expect((await post(url, rpc('tools/list'), headers)).status).toBe(404);
  });

  test('refuses a modern probe without a modern error body', async () => {
    const { url } = mountLegacy();
    const answer = await post(url, rpc('server/discover', { _meta: {} }));
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as { error: { code: number } }).error.code).toBe(-32_000);
  });

  test('answers a version it knows with the same, any other with its newest, or what it was told to', async () => {
    const { url } = mountLegacy();
    expect(await hello(url, '2025-03-26')).toBe('2025-03-26');
    expect(await hello(url, '2099-01-01')).toBe('2025-11-25');
    expect(await hello(mountLegacy({ answerVersion: '1999-01-01' }).url, '2025-11-25')).toBe('1999-01-01');
  });

  test('gives lists in pages', async () => {
    const { url } = mountLegacy({ extraTools: 5, pageSize: 4 });
    const headers = await openSession(url);
    const names: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const answer = await post(url, rpc('tools/list', cursor === undefined ? {} : { cursor }), headers);
      const { result } = (await answer.json()) as { result: { tools: { name: string }[]; nextCursor?: string } };
      names.push(...result.tools.map((tool) => tool.name));
      cursor = result.nextCursor;
      pages += 1;
    } while (cursor !== undefined);
    expect([pages, names.length, new Set(names).size]).toEqual([3, 10, 10]);
  });

  test.each([
    [404, undefined],
    [400, 400],
  ] as const)('forgets a session after some requests with %d', async (code, lostSessionStatus) => {
    const { url } = mountLegacy({
      sessionRequests: 2,
      ...(lostSessionStatus === undefined ? {} : { lostSessionStatus }),
    });
    const headers = await openSession(url);
    const seen: number[] = [];
    for (let index = 0; index < 3; index += 1) seen.push((await post(url, rpc('ping'), headers)).status);
    expect(seen).toEqual([200, 200, code]);
  });

  test('pushes list changes on the GET stream, and cuts it when told', async () => {
    const { url, mcp } = mountLegacy();
    const headers = await openSession(url);
    const answer = await fetch(url, { headers: { ...headers, accept: 'text/event-stream' } });
    const reader = readerOf(answer);
    expect(mcp.streams).toBe(1);
    mcp.announce('tools');
    expect(await readUntil(reader, '\n\n')).toContain('notifications/tools/list_changed');
    mcp.cutStreams();
    expect((await reader.read()).done).toBe(true);
    await expect.poll(() => mcp.streams).toBe(0);
  });

  test('cuts the GET stream by itself every so often', async () => {
    const { url } = mountLegacy({ streamCutMs: 60 });
    const headers = await openSession(url);
    const start = performance.now();
    await (await fetch(url, { headers: { ...headers, accept: 'text/event-stream' } })).text();
    expect(performance.now() - start).toBeGreaterThan(50);
  });

  test('without a GET stream it answers 405, without sessions it gives no id', async () => {
    const { url } = mountLegacy({ getStream: false, sessionIds: false });
    expect((await post(url, INITIALIZE)).headers.get('mcp-session-id')).toBeNull();
    expect((await fetch(url, { headers: { accept: 'text/event-stream' } })).status).toBe(405);
    expect((await post(url, rpc('tools/list'))).status).toBe(200);
  });

  test('a slow initialize takes its time', async () => {
    const { url } = mountLegacy({ initializeDelayMs: 80 });
    const start = performance.now();
    await openSession(url);
    expect(performance.now() - start).toBeGreaterThan(70);
  });

  test('a cancelled call gets no message', async () => {
    const { url, mcp } = mountLegacy();
    const headers = await openSession(url);
    const call = post(url, rpc('tools/call', { name: 'slow', arguments: { ms: 60_000 } }, 5), headers);
    await expect.poll(() => mcp.calls).toHaveLength(1);
    await post(url, rpc('notifications/cancelled', { requestId: 5 }, null), headers);
    expect(await (await call).text()).toBe('');
  });
});

describe('with the official client', () => {
  const eras = [
    ['legacy', '2025-11-25', undefined],
    ['modern', '2026-07-28', { mode: 'auto' as const }],
    ['both', '2026-07-28', { mode: 'auto' as const }],
    ['both', '2025-11-25', { mode: 'legacy' as const }],
    ['legacy', '2025-11-25', { mode: 'auto' as const }],
  ] as const;

  test.each(eras)(
    'a %s server is opened as %s: lists, calls, progress, list changes',
    async (era, version, negotiation) => {
      const mcp = mcpServer({ era, extraTools: 3, pageSize: 3, instructions: 'be kind' });
      const mount = server.mount('/mcp', mcp);
      let changed: unknown;
      const client = new Client(
        { name: 'test', version: '0' },
        {
          ...(negotiation === undefined ? {} : { versionNegotiation: negotiation }),
          listChanged: { tools: { onChanged: (_, tools) => (changed = tools?.length), debounceMs: 0 } },
        },
      );
      await client.connect(new StreamableHTTPClientTransport(new URL(mount.url)));
      expect(client.getNegotiatedProtocolVersion?.()).toBe(version);
      expect(client.getServerVersion()?.name).toBe('fault-server');
      expect(client.getInstructions()).toBe('be kind');
      const { tools } = await client.listTools();
      expect(tools).toHaveLength(8);
      expect((await client.listPrompts()).prompts).toHaveLength(2);
      expect((await client.listResources()).resources).toHaveLength(2);
      expect((await client.readResource({ uri: 'test://one' })).contents).toMatchObject([
        { text: 'content of test://one' },
      ]);
      const sum = await client.callTool({ name: 'add', arguments: { a: 2, b: 3 } });
      expect(sum.content).toMatchObject([{ text: '5' }]);
      expect((await client.callTool({ name: 'fail' })).isError).toBe(true);
      const seen: number[] = [];
      await client.callTool(
        { name: 'progress', arguments: { steps: 3 } },
        { onprogress: ({ progress }) => seen.push(progress) },
      );
      expect(seen).toEqual([1, 2, 3]);
      await expect.poll(() => mcp.streams).toBe(1);
      mcp.addTool('new-one');
      mcp.announce('tools');
      await expect.poll(() => changed).toBe(9);
      await client.close();
      expect(mcp.calls.map((call) => call.name)).toEqual(['add', 'fail', 'progress']);
    },
  );

  test('an HTTP+SSE server is opened, called and cut; POST to its address is 405', async () => {
    const sse = legacySseServer();
    const mount = server.mount('/sse', sse);
    const client = new Client({ name: 'test', version: '0' });
    const transport = new SSEClientTransport(new URL(mount.url));
    await client.connect(transport);
    expect([mount.initializes, mount.tries]).toEqual([1, 1]);
    expect((await post(mount.url, INITIALIZE)).status).toBe(405);
    expect((await client.listTools()).tools).toHaveLength(5);
    const sum = await client.callTool({ name: 'add', arguments: { a: 20, b: 3 } });
    expect(sum.content).toMatchObject([{ text: '23' }]);
    const lost = new Promise((resolve) => {
      // oxlint-disable-next-line unicorn/prefer-add-event-listener -- a transport is no EventTarget
      transport.onerror = resolve;
    });
    sse.cutStreams();
    await lost;
    await client.close();
  });
});

describe('a modern server', () => {
  const META = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  test.each([
    ['without a version in _meta', rpc('tools/list'), headersFor('tools/list'), [400, -32_602]],
    [
      'with another version in the header',
      rpc('tools/list', { _meta: META }),
      { ...headersFor('tools/list'), 'mcp-protocol-version': '2025-11-25' },
      [400, -32_020],
    ],
    ['with another method in the header', rpc('tools/list', { _meta: META }), headersFor('tools/call'), [400, -32_020]],
    ['initialize', INITIALIZE, {}, [400, -32_022]],
    ['an unknown method', rpc('ping', { _meta: META }), headersFor('ping'), [404, -32_601]],
  ])('refuses %s', async (_, body, headers, expected) => {
    const mount = server.mount('/mcp', mcpServer({ era: 'modern' }));
    expect(await errorOf(await post(mount.url, body, headers))).toEqual(expected);
  });

  test('that supports other versions only says which', async () => {
    const mount = server.mount('/mcp', mcpServer({ era: 'modern', modernVersions: ['2031-01-01'] }));
    const answer = await post(mount.url, rpc('server/discover', { _meta: META }), headersFor('server/discover'));
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { code: -32_022, data: { supported: ['2031-01-01'] } } });
  });

  test('knows neither GET nor DELETE', async () => {
    const mount = server.mount('/mcp', mcpServer({ era: 'modern' }));
    for (const method of ['GET', 'DELETE']) expect((await fetch(mount.url, { method })).status).toBe(405);
  });

  test('ends a listen stream when told', async () => {
    const mount = server.mount('/mcp', mcpServer({ era: 'modern', listenCutMs: 60 }));
    const body = rpc('subscriptions/listen', { _meta: META, notifications: { toolsListChanged: true } });
    const text = await (await post(mount.url, body, headersFor('subscriptions/listen'))).text();
    expect(text).toContain('notifications/subscriptions/acknowledged');
  });
});

describe('a server behind a sign-in', () => {
  test('names its metadata in the challenge and serves it, down to the authorization server', async () => {
    const mount = mountSignIn(server, '/mcp', { tokens: ['good'] });
    const refused = await post(mount.url, INITIALIZE);
    const challenge = refused.headers.get('www-authenticate') ?? '';
    const metadataUrl = /resource_metadata="([^"]+)"/.exec(challenge)?.[1] ?? '';
    const resource = (await (await fetch(metadataUrl)).json()) as { resource: string; authorization_servers: string[] };
    expect(resource.resource).toBe(mount.url);
    const issuer = new URL(resource.authorization_servers[0] ?? '');
    const described = await fetch(`${issuer.origin}/.well-known/oauth-authorization-server${issuer.pathname}`);
    expect(await described.json()).toMatchObject({ issuer: issuer.href, code_challenge_methods_supported: ['S256'] });
    expect((await post(mount.url, INITIALIZE, { authorization: 'Bearer good' })).status).toBe(200);
    expect([mount.count, mount.resource.count, mount.authorizationServer.count]).toEqual([2, 1, 1]);
  });

  test.each([
    ['bearer', 'Bearer'],
    ['bare', null],
  ] as const)('with a %s challenge does not name it', async (challenge, header) => {
    const mount = mountSignIn(server, '/mcp', { challenge, resourceMetadata: false, refusal: 403 });
    const answer = await post(mount.url, INITIALIZE);
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([403, header]);
    expect((await fetch(mount.resource.url)).status).toBe(404);
  });
});
