/**
 * One HTTP/1.1 connection on a raw socket: no client library stands between the clock and what is measured.
 *
 * @module
 */
import { connect } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');

/** A connection that is kept alive, one request at a time. */
export class Line {
  #socket;
  #waiting;
  #bytes = Buffer.alloc(0);
  #onChunk;

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

  /** Sends a request whose answer never ends; `onChunk` hears what arrives. */
  stream(bytes, onChunk) {
    this.#onChunk = onChunk;
    this.#socket.write(bytes);
  }

  close() {
    this.#waiting = undefined;
    this.#socket.destroy();
  }

  #take(bytes) {
    if (this.#onChunk !== undefined) {
      this.#onChunk(bytes);
      return;
    }
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
    `accept: ${method === 'GET' ? 'text/event-stream' : 'application/json, text/event-stream'}`,
    ...(method === 'POST' ? ['content-type: application/json', `content-length: ${bytes.length}`] : []),
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), bytes]);
}

/** What ids count up from: they all have nine digits, so that requests differ in nothing else. */
export const FIRST_ID = 100_000_000;
const DIGITS = 9;

/** A JSON-RPC request with the first id; `text` is the rest of it, an object. */
export const withFirstId = (text) => `{"jsonrpc":"2.0","id":${FIRST_ID},${text.slice(1)}`;

/** Bytes that hold a request with the first id, made once: the function that it gives puts another id in their place. */
export function reused(bytes) {
  const at = bytes.indexOf(`"id":${FIRST_ID},`) + 5;
  return (id) => {
    for (let place = at + DIGITS - 1, rest = id; place >= at; place -= 1) {
      bytes[place] = 48 + (rest % 10);
      rest = Math.floor(rest / 10);
    }
    return bytes;
  };
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
