/**
 * The load generator: raw sockets kept alive, a closed loop on each, every answer checked.
 *
 * @module
 */
import { connect } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');

/** One HTTP connection, one request at a time. */
class Line {
  #socket;
  #waiting;
  #bytes = Buffer.alloc(0);

  constructor(socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (bytes) => this.#take(bytes));
    socket.on('error', (error) => this.#waiting?.reject(error));
    socket.on('close', () => this.#waiting?.reject(new Error('the connection was closed')));
  }

  static open(port) {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => resolve(new Line(socket)));
      socket.once('error', reject);
    });
  }

  /** Sends bytes that are a whole request; resolves with its whole answer. */
  exchange(bytes) {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(bytes);
    });
  }

  close() {
    this.#waiting = undefined;
    this.#socket.destroy();
  }

  #take(bytes) {
    this.#bytes = this.#bytes.length === 0 ? bytes : Buffer.concat([this.#bytes, bytes]);
    const at = this.#bytes.indexOf(HEAD_END);
    if (at === -1) return;
    const head = this.#bytes.latin1Slice(0, at);
    const body = bodyOf(head, this.#bytes.subarray(at + 4));
    if (body === undefined) return;
    this.#bytes = Buffer.alloc(0);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve({ head, status: Number(head.slice(9, 12)), body });
  }
}

/** The body once it is whole; chunked ones are put together. */
function bodyOf(head, rest) {
  const length = /\r\ncontent-length: (\d+)/i.exec(head);
  if (length !== null) return rest.length >= Number(length[1]) ? rest.subarray(0, Number(length[1])) : undefined;
  if (!/\r\ntransfer-encoding: chunked/i.test(head)) return Buffer.alloc(0);
  const parts = [];
  for (let at = 0; ;) {
    const end = rest.indexOf('\r\n', at);
    if (end === -1) return undefined;
    const size = Number.parseInt(rest.latin1Slice(at, end), 16);
    if (rest.length < end + 4 + size) return undefined;
    if (size === 0) return Buffer.concat(parts);
    parts.push(rest.subarray(end + 2, end + 2 + size));
    at = end + 4 + size;
  }
}

/** A request as bytes. */
export function requestBytes({ port, path, headers = {}, body, method = 'POST' }) {
  const bytes = Buffer.from(body ?? '');
  const lines = [
    `${method} ${path} HTTP/1.1`,
    `host: 127.0.0.1:${port}`,
    'accept: application/json, text/event-stream',
    'content-type: application/json',
    `content-length: ${bytes.length}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), bytes]);
}

/** One request on a connection of its own. */
export async function once(target, message, method = 'POST') {
  const line = await Line.open(target.port);
  try {
    const body = message === undefined ? '' : JSON.stringify(message);
    return await line.exchange(requestBytes({ ...target, body, method }));
  } finally {
    line.close();
  }
}

/** Opens a legacy session; the headers of every later request of it. */
export async function openSession(target) {
  const { head, status, body } = await once(target, {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'bench', version: '1' } },
  });
  if (status !== 200) throw new Error(`initialize: HTTP ${status} ${body}`);
  const id = /\r\nmcp-session-id: ([^\r\n]+)/i.exec(head)?.[1];
  const headers = {
    ...target.headers,
    'mcp-protocol-version': '2025-06-18',
    ...(id === undefined ? {} : { 'mcp-session-id': id }),
  };
  await once({ ...target, headers }, { jsonrpc: '2.0', method: 'notifications/initialized' });
  return headers;
}

const percentile = (sorted, p) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? Number.NaN;

/**
 * Runs for `ms`: `concurrency` connections, each with a session of its own, each sending the next request as soon as
 * the last one is answered. `requests` are `{message, check}`, taken in turn; ids count up in every connection alike.
 */
export async function run(target, { requests, concurrency, ms }) {
  const times = [];
  let wrong = 0;
  let first;
  const workers = await Promise.all(
    Array.from({ length: concurrency }, async (_, number) => {
      const headers = await openSession(target);
      const line = await Line.open(target.port);
      const ready = requests.map(({ message, check }) => ({ text: JSON.stringify(message), check }));
      return { headers, line, ready, number };
    }),
  );
  const began = performance.now();
  const until = began + ms;
  await Promise.all(
    workers.map(async ({ headers, line, ready, number }) => {
      for (let id = 1; performance.now() < until; id += 1) {
        const { text, check } = ready[(id + number) % ready.length];
        const body = `{"jsonrpc":"2.0","id":${id},${text.slice(1)}`;
        const at = performance.now();
        const { status, body: answer } = await line.exchange(requestBytes({ ...target, headers, body }));
        times.push(performance.now() - at);
        if (status === 200 && check(answer, id)) continue;
        wrong += 1;
        first ??= `HTTP ${status} ${answer.subarray(0, 300)}`;
      }
      line.close();
    }),
  );
  const took = performance.now() - began;
  times.sort((a, b) => a - b);
  return {
    calls: times.length,
    perSecond: (times.length / took) * 1_000,
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    wrong,
    first,
  };
}
