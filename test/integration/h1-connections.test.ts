/**
 * Our own connections against real sockets: which are used again, which are not, and what a request fails with. Beside
 * undici, whose answer to the same bytes has to be the same.
 *
 * @module
 */
import { getEventListeners, once } from 'node:events';
import { connect, createServer, Socket } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Agent } from 'undici';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { errnoOf } from '../../src/base/errors.ts';
import { createHttp } from '../../src/net/dispatcher.ts';
import type { Http } from '../../src/net/dispatcher.ts';
import { leanRequest } from '../../src/net/lean-request.ts';
import type { LeanInit, LeanResponse } from '../../src/net/lean-request.ts';
import { Origin } from '../../src/net/h1/origin.ts';
import type { Connect, OriginLimits } from '../../src/net/h1/origin.ts';
import { h1Request } from '../../src/net/h1/h1-request.ts';
import { systemClock } from '../../src/base/clock.ts';

/** A server of bytes: `answer` gets each request, head and body, with the socket it came on. */
interface Raw {
  readonly server: Server;
  readonly url: URL;
  readonly sockets: Socket[];
  /** Requests as they came, by connection. */
  readonly came: string[][];
  answer: (socket: Socket, request: string) => void;
}

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

async function rawServer(): Promise<Raw> {
  const server = createServer({ allowHalfOpen: true });
  const raw: Omit<Raw, 'url'> = { server, sockets: [], came: [], answer: (socket) => socket.write(OK) };
  server.on('connection', (socket) => {
    const mine: string[] = [];
    raw.sockets.push(socket);
    raw.came.push(mine);
    let text = '';
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      for (;;) {
        const head = text.indexOf('\r\n\r\n');
        if (head === -1) return;
        const length = Number(/\r\ncontent-length: (\d+)/i.exec(text.slice(0, head))?.[1] ?? 0);
        if (text.length < head + 4 + length) return;
        const request = text.slice(0, head + 4 + length);
        text = text.slice(request.length);
        mine.push(request);
        raw.answer(socket, request);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(raw, { url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp?a=b`) });
}

let raw: Raw;
let http: Http;
const HEADERS = { 'x-a': 'b' };

beforeEach(async () => {
  raw = await rawServer();
  http = createHttp({ env: {} });
});
afterEach(async () => {
  await http.close();
  for (const socket of raw.sockets) socket.destroy();
  raw.server.close();
});

/** Our connections to the raw server, under limits of a test. */
function originOf({ url }: Raw, limits: OriginLimits): Origin {
  const toServer: Connect = (opened, failed) => {
    const socket = connect(Number(url.port), '127.0.0.1', () => opened(socket));
    socket.once('error', failed);
    return (reason) => socket.destroy(reason);
  };
  return new Origin(toServer, systemClock, limits);
}

const never = (): AbortSignal => new AbortController().signal;
const post = (body?: LeanInit['body'], more: Partial<LeanInit> = {}): Promise<LeanResponse> =>
  http.request(raw.url, { method: 'POST', headers: HEADERS, body, signal: never(), ...more });

async function textOf({ body }: LeanResponse): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts).toString('latin1');
}

const answered = async (response: Promise<LeanResponse>): Promise<string> => textOf(await response);

describe('a request', () => {
  test('is one head and one body, whatever its characters take', async () => {
    const pieces = [Buffer.from('{"b":'), Buffer.from('"ä"}')];
    const texts = ['{"a":1}', '{"a":"ä€😀"}', pieces, '', undefined];
    for (const text of texts) await answered(post(text));
    const { host } = raw.url;
    expect(raw.came.flat()).toEqual(
      texts.map((text) => {
        const body = typeof text === 'object' ? Buffer.concat(text) : Buffer.from(text ?? '');
        const head = ['POST /mcp?a=b HTTP/1.1', `host: ${host}`, 'connection: keep-alive', 'x-a: b'];
        return `${head.join('\r\n')}\r\ncontent-length: ${body.length}\r\n\r\n${body.toString('latin1')}`;
      }),
    );
  });

  test('without a body says no length where none is expected', async () => {
    await answered(http.request(raw.url, { method: 'GET', headers: {}, signal: never() }));
    await answered(http.request(raw.url, { method: 'DELETE', headers: {}, signal: never() }));
    expect(raw.came.flat().join('')).not.toContain('content-length');
  });

  test.each([[{ 'x-a': 'b\r\nx-evil: 1' }], [{ 'x-a': 'b\0' }], [{ 'x-a': 'b€' }], [{ 'x a': 'b' }], [{ '': 'b' }]])(
    'with the header %j is never sent',
    async (headers: Record<string, string>) => {
      await expect(post('x', { headers })).rejects.toMatchObject({ code: 'UND_ERR_INVALID_ARG' });
      expect(raw.sockets).toHaveLength(0);
    },
  );

  test('that is never sent leaves nothing behind at its signal', async () => {
    const stop = new AbortController();
    const uncaught: unknown[] = [];
    const hear = (error: unknown): void => void uncaught.push(error);
    process.on('uncaughtException', hear);
    await expect(post('x', { headers: { 'x-a': '\n' }, signal: stop.signal })).rejects.toMatchObject({
      code: 'UND_ERR_INVALID_ARG',
    });
    await http.close();
    await expect(post('x', { signal: stop.signal })).rejects.toMatchObject({ code: 'UND_ERR_DESTROYED' });
    const { signal } = stop;
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    stop.abort();
    await pause(10);
    process.off('uncaughtException', hear);
    expect(uncaught).toEqual([]);
  });

  test('with characters of Latin-1 in a header and others in its body has both as they are', async () => {
    await answered(post('€', { headers: { 'x-a': 'ä' } }));
    expect(raw.came[0]?.[0]).toContain('x-a: ä\r\n');
    expect(Buffer.from(raw.came[0]?.[0]?.slice(-3) ?? '', 'latin1').toString('utf8')).toBe('€');
  });
});

describe('a connection', () => {
  test('is used again for the next request', async () => {
    for (let n = 0; n < 5; n += 1) expect(await answered(post(`${n}`))).toBe('ok');
    expect(raw.came.map((requests) => requests.length)).toEqual([5]);
  });

  test('is one for each of several requests at once, and then used again', async () => {
    await Promise.all(Array.from({ length: 4 }, (_, n) => answered(post(`${n}`))));
    await Promise.all(Array.from({ length: 4 }, (_, n) => answered(post(`${n}`))));
    expect(raw.came.map((requests) => requests.length)).toHaveLength(4);
    expect(raw.came.flat()).toHaveLength(8);
  });

  test.each([
    ['that is closed by the server', 'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok'],
    ['of HTTP/1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok'],
    [
      'that the server keeps no longer than a request takes',
      'HTTP/1.1 200 OK\r\nkeep-alive: timeout=1\r\ncontent-length: 2\r\n\r\nok',
    ],
    ['that brought more than the response', `${OK}HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil`],
  ])('%s is not used again', async (_, bytes) => {
    raw.answer = (socket) => socket.write(bytes);
    expect([await answered(post('1')), await answered(post('2'))]).toEqual(['ok', 'ok']);
    expect(raw.came.map((requests) => requests.length)).toEqual([1, 1]);
    await expect.poll(() => raw.sockets.filter((socket) => !socket.destroyed && !socket.readableEnded).length).toBe(0);
  });

  test('on which something comes unasked is closed, and no request takes it for its response', async () => {
    await answered(post('1'));
    raw.sockets[0]?.write('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil');
    await expect.poll(() => raw.sockets[0]?.readableEnded).toBe(true);
    expect(await answered(post('2'))).toBe('ok');
    expect(raw.came.map((requests) => requests.length)).toEqual([1, 1]);
  });

  test('that the server closes behind its answer, and has not said so, loses no request', async () => {
    raw.answer = (socket) => void socket.write(OK, () => setTimeout(() => socket.end(), 1));
    for (let n = 0; n < 20; n += 1) expect(await answered(post(`${n}`))).toBe('ok');
    const three = (): Promise<string[]> => Promise.all(['a', 'b', 'c'].map((text) => answered(post(text))));
    expect([await three(), await three()].flat()).toEqual(Array.from({ length: 6 }, () => 'ok'));
    expect(raw.came.map((requests) => requests.length)).toEqual(Array.from({ length: 26 }, () => 1));
    await pause(20);
    // One that keeps its connections is not made to wait, and one that does so no longer is found out.
    raw.answer = (socket) => socket.write(OK);
    for (let n = 0; n < 3; n += 1) await answered(post(`${n}`));
    expect(raw.sockets).toHaveLength(27);
    raw.answer = (socket) => socket.destroy();
    await expect(post('lost')).rejects.toSatisfy((error) =>
      /^(?:UND_ERR_SOCKET|ECONNRESET)$/.test(errnoOf(error) ?? ''),
    );
    raw.answer = (socket) => socket.end(OK);
    for (let n = 0; n < 5; n += 1) expect(await answered(post(`${n}`))).toBe('ok');
  });

  test('that the server has closed meanwhile is not used', async () => {
    await answered(post('1'));
    raw.sockets[0]?.end();
    await expect.poll(() => raw.sockets[0]?.readableEnded).toBe(true);
    expect(await answered(post('2'))).toBe('ok');
  });

  test('of several that fails takes the idle ones along: the server may have gone', async () => {
    await Promise.all(['1', '2', '3'].map((text) => answered(post(text))));
    raw.answer = (socket) => socket.destroy();
    await expect(post('4')).rejects.toSatisfy((error) => /^(?:UND_ERR_SOCKET|ECONNRESET)$/.test(errnoOf(error) ?? ''));
    await expect.poll(() => raw.sockets.filter((socket) => !socket.destroyed && !socket.readableEnded).length).toBe(0);
  });

  test('that was answered before it had sent everything is not used again', async () => {
    raw.server.removeAllListeners('connection');
    const seen: Socket[] = [];
    raw.server.on('connection', (socket) => {
      seen.push(socket);
      raw.sockets.push(socket);
      socket.on('error', () => undefined);
      socket.once('data', () => {
        socket.pause();
        socket.write('HTTP/1.1 413 Large\r\ncontent-length: 0\r\n\r\n');
      });
    });
    const large = Buffer.alloc(30_000_000, 'x');
    expect((await post([large])).status).toBe(413);
    expect((await post([large])).status).toBe(413);
    expect(seen).toHaveLength(2);
  });

  test('with nothing to do is closed after a while, and does not keep the process alive', async () => {
    const origin = originOf(raw, { connections: 4, keepMs: 60 });
    const target = { path: '/', host: raw.url.host };
    expect(await answered(h1Request(origin, target, { method: 'GET', headers: {}, signal: never() }))).toBe('ok');
    expect(origin.isUnused).toBe(false);
    await expect.poll(() => origin.isUnused).toBe(true);
    origin.close();
  });

  test('that is still being opened is given up with its request, and with the client', async () => {
    const waiting: Socket[] = [];
    const origin = new Origin(
      (_opened, failed) => {
        const socket = new Socket();
        socket.once('error', failed);
        waiting.push(socket);
        return (reason) => socket.destroy(reason);
      },
      systemClock,
      { connections: 4, keepMs: 60 },
    );
    const target = { path: '/', host: 'h' };
    const stop = new AbortController();
    const first = h1Request(origin, target, { method: 'GET', headers: {}, signal: stop.signal });
    stop.abort(new Error('no more'));
    await expect(first).rejects.toThrow('no more');
    const second = h1Request(origin, target, { method: 'GET', headers: {}, signal: never() });
    origin.close();
    await expect(second).rejects.toMatchObject({ code: 'UND_ERR_DESTROYED' });
    await expect.poll(() => origin.isUnused && waiting.every((socket) => socket.destroyed)).toBe(true);
  });

  test('is waited for where there are as many as there may be', async () => {
    const origin = originOf(raw, { connections: 2, keepMs: 1_000 });
    const target = { path: '/', host: raw.url.host };
    const waiting: Socket[] = [];
    raw.answer = (socket) => waiting.push(socket);
    const stop = new AbortController();
    const ask = (signal: AbortSignal): Promise<string> =>
      answered(h1Request(origin, target, { method: 'GET', headers: {}, signal }));
    const asked = [ask(never()), ask(never()), ask(stop.signal), ask(never()), ask(never())];
    await expect.poll(() => waiting.length).toBe(2);
    stop.abort(new Error('no more'));
    await expect(asked[2]).rejects.toThrow('no more');
    raw.answer = (socket) => socket.write(OK);
    for (const socket of waiting) socket.write(OK);
    expect(await Promise.all([asked[0], asked[1], asked[3], asked[4]])).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect([raw.came.length, raw.came.flat().length]).toEqual([2, 4]);
    origin.close();
    await expect(ask(never())).rejects.toMatchObject({ code: 'UND_ERR_DESTROYED' });
  });
});

describe('a connection that fails', () => {
  const target = { path: '/', host: 'h' };
  const get = (origin: Origin): Promise<string> =>
    answered(h1Request(origin, target, { method: 'GET', headers: {}, signal: never() }));
  const down = (): Error => Object.assign(new Error('read EHOSTUNREACH'), { code: 'EHOSTUNREACH' });

  test('[call.never-twice] while a request is under way may have brought it, whatever the code says', async () => {
    raw.answer = () => undefined;
    let mine: Socket | undefined;
    const origin = new Origin(
      (opened) => {
        const socket = connect(Number(raw.url.port), '127.0.0.1', () => opened(socket));
        mine = socket;
        return (reason) => socket.destroy(reason);
      },
      systemClock,
      { connections: 1, keepMs: 1_000 },
    );
    const asked = get(origin);
    await expect.poll(() => raw.came.flat().length).toBe(1);
    mine?.destroy(down());
    await expect(asked).rejects.toMatchObject({ code: 'EHOSTUNREACH', sent: 'maybe' });
    origin.close();
  });

  test('before it was open has surely brought nothing', async () => {
    const origin = new Origin((_opened, failed) => (failed(down()), () => undefined), systemClock, {
      connections: 1,
      keepMs: 1_000,
    });
    await expect(get(origin)).rejects.toMatchObject({ code: 'EHOSTUNREACH', sent: 'no' });
    expect(origin.isUnused).toBe(true);
  });
});

test('a client that is closed opens no connection any more, also to servers that it has not met', async () => {
  await answered(post('1'));
  await http.close();
  const other = await rawServer();
  const request = { method: 'GET', headers: {}, signal: never() } as const;
  await expect(http.request(raw.url, request)).rejects.toMatchObject({ code: 'UND_ERR_DESTROYED' });
  await expect(http.request(other.url, request)).rejects.toMatchObject({ code: 'UND_ERR_DESTROYED' });
  await expect(http.fetch(other.url)).rejects.toSatisfy((error) => errnoOf(error) === 'UND_ERR_DESTROYED');
  const unused = createHttp({ env: {} });
  await unused.close();
  await expect(unused.request(other.url, request)).rejects.toMatchObject({ code: 'UND_ERR_DESTROYED' });
  await expect(unused.fetch(other.url)).rejects.toSatisfy((error) => errnoOf(error) === 'UND_ERR_DESTROYED');
  expect(other.sockets).toHaveLength(0);
  other.server.close();
});

describe('a body', () => {
  test('that nobody reads holds the server back, and goes on when somebody does', async () => {
    const size = 40_000_000;
    let taken = 0;
    raw.answer = (socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${size}\r\n\r\n`);
      for (let at = 0; at < size; at += 1_000_000) socket.write(Buffer.alloc(1_000_000), () => (taken += 1_000_000));
    };
    const response = await post('x');
    await pause(300);
    expect(taken).toBeLessThan(size);
    let read = 0;
    for await (const part of response.body) read += part.length;
    expect(read).toBe(size);
    raw.answer = (socket) => socket.write(OK);
    expect(await answered(post('y'))).toBe('ok');
    expect(raw.sockets).toHaveLength(1);
  });

  test('that breaks off fails with it, and an abort with its reason', async () => {
    raw.answer = (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc');
    await expect(answered(post('x'))).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
    raw.answer = (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc');
    const stop = new AbortController();
    const response = await post('x', { signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(textOf(response)).rejects.toThrow('enough');
  });

  test('an abort after the end touches nobody else', async () => {
    const stop = new AbortController();
    await answered(post('1', { signal: stop.signal }));
    raw.answer = (socket) => void setTimeout(() => socket.write(OK), 50);
    const next = answered(post('2'));
    stop.abort();
    expect(await next).toBe('ok');
    expect(raw.sockets).toHaveLength(1);
  });
});

/** Bytes, and whether the server closes behind them. */
const SAID: readonly (readonly [string, boolean])[] = [
  [OK, false],
  ['HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n', false],
  ['HTTP/1.1 204 No\r\n\r\n', false],
  ['HTTP/1.1 200 OK\r\n\r\nto the end', true],
  ['HTTP/1.0 200 OK\r\n\r\nto the end', true],
  ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n', false],
  ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nt: u\r\n\r\n', false],
  ['HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n', false],
  ['HTTP/1.1 401 No\r\nwww-authenticate: Basic\r\nWWW-Authenticate: Bearer\r\ncontent-length: 0\r\n\r\n', false],
  ['HTTP/1.1 302 Found\r\nlocation: /x\r\ncontent-length: 0\r\n\r\n', false],
  ['HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nab', true],
  ['', true],
  ['HTTP/1.1 200 OK\r\ncontent-le', true],
  ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nab', true],
  ['hello\r\n\r\n', true],
  ['SSH-2.0-OpenSSH_9.6\r\n', false],
  ['-ERR unknown command\r\n', true],
  ['HTTP/1.1 200 OK\r\nno colon\r\n\r\n', true],
  ['HTTP/1.1 200 OK\r\nx : y\r\ncontent-length: 0\r\n\r\n', true],
  ['HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx', true],
  ['HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n', true],
  ['HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n', true],
  ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n', true],
  [`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(17_000)}\r\ncontent-length: 0\r\n\r\n`, true],
];

describe('beside undici', () => {
  test.each(SAID.map(([bytes, closes]) => ({ bytes, closes, shown: bytes.slice(0, 120) })))(
    '$shown, closed behind: $closes, comes to the same',
    async ({ bytes, closes }) => {
      raw.answer = (socket) => (closes ? socket.end(bytes) : socket.write(bytes));
      const agent = new Agent();
      const init: LeanInit = { method: 'POST', headers: HEADERS, body: 'x', signal: never() };
      const theirs = leanRequest({ origin: raw.url.origin, path: '/', dispatcher: agent }, init);
      const outcome = async (sent: Promise<LeanResponse>): Promise<unknown> => {
        try {
          const response = await sent;
          const { status } = response;
          const fields = ['www-authenticate', 'location', 'content-length'].map((name) => response.header(name));
          return { status, fields, text: await textOf(response) };
        } catch (error) {
          // Which of its errors a parser gives is its own; that it is one, and of which kind, is not.
          return (errnoOf(error) ?? 'none').replace(/^(?:HPE_|UND_ERR_RES_).*/, 'no HTTP');
        }
      };
      const [ours, same] = await Promise.all([outcome(post('x')), outcome(theirs)]);
      await agent.destroy();
      expect(ours).toEqual(same);
    },
  );
});
