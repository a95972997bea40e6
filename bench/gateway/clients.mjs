/**
 * The clients of the load generator, one for each way in which a gateway lets clients in. `prepare` takes the JSON text of a
 * request without its id, and gives the function that sends it with an id of nine digits and resolves with `{status, body}`.
 *
 * @module
 */
import { FIRST_ID, Line, once, requestBytes, reused, withFirstId } from './http-line.mjs';

const GREETING = {
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'bench', version: '1' } },
};
const HELLO = { jsonrpc: '2.0', id: 1, ...GREETING };
const READY = { jsonrpc: '2.0', method: 'notifications/initialized' };

/** Opens a legacy session; the headers of every later request of it. */
export async function openSession(target) {
  const { head, status, body } = await once(target, HELLO);
  if (status !== 200) throw new Error(`initialize: HTTP ${status} ${body}`);
  const id = /\r\nmcp-session-id: ([^\r\n]+)/i.exec(head)?.[1];
  const headers = {
    ...target.headers,
    'mcp-protocol-version': '2025-06-18',
    ...(id === undefined ? {} : { 'mcp-session-id': id }),
  };
  await once({ ...target, headers }, READY);
  return headers;
}

/** One of them is under way at a time on a connection, so the bytes can be used again. */
function prepared(line, request) {
  const bytes = reused(requestBytes(request));
  return (id) => line.exchange(bytes(id));
}

/** Streamable HTTP with a session. */
async function openHttp(target) {
  const headers = await openSession(target);
  const line = await Line.open(target.port);
  return {
    prepare: (text) => prepared(line, { ...target, headers, body: withFirstId(text) }),
    close: () => line.close(),
  };
}

const MODERN = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** Streamable HTTP without session (MCP 2026-07-28). */
async function openModern(target) {
  const line = await Line.open(target.port);
  return {
    prepare: (text) => {
      const message = JSON.parse(text);
      const { name } = message.params;
      const headers = {
        ...target.headers,
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': message.method,
        ...(name === undefined ? {} : { 'mcp-name': name }),
      };
      const body = JSON.stringify({ ...message, params: { ...message.params, _meta: MODERN } });
      return prepared(line, { ...target, headers, body: withFirstId(body) });
    },
    close: () => line.close(),
  };
}

/** Answers that come elsewhere than they were asked for. */
class Awaited {
  #waiting = new Map();

  wait(id) {
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
    });
  }

  take(text) {
    const id = /"id":\s*(\d+)\s*[,}]/.exec(text.length > 400 ? `${text.slice(0, 200)} ${text.slice(-200)}` : text)?.[1];
    const resolve = this.#waiting.get(Number(id));
    this.#waiting.delete(Number(id));
    resolve?.({ status: 200, body: Buffer.from(text) });
  }
}

/** Takes the bytes of a chunked answer, head included; `onChunk` hears what is in its chunks. */
function unchunked(onChunk) {
  let raw = Buffer.alloc(0);
  let inBody = false;
  return (bytes) => {
    raw = raw.length === 0 ? bytes : Buffer.concat([raw, bytes]);
    for (;;) {
      const end = raw.indexOf(inBody ? '\r\n' : '\r\n\r\n');
      if (end === -1) return;
      const size = inBody ? Number.parseInt(raw.latin1Slice(0, end), 16) : 0;
      if (inBody && raw.length < end + 4 + size) return;
      if (inBody) onChunk(raw.subarray(end + 2, end + 2 + size));
      raw = raw.subarray(end + 4 + size);
      inBody = true;
    }
  };
}

/** HTTP+SSE, the transport of 2024-11-05. */
async function openSse(target) {
  const awaited = new Awaited();
  const stream = await Line.open(target.port);
  let rest = '';
  let found;
  const path = new Promise((resolve) => {
    found = resolve;
  });
  const event = (text) => {
    const data = /^data: (.*)$/m.exec(text)?.[1] ?? '';
    if (text.includes('event: endpoint')) found(data.replace(/^https?:\/\/[^/]+/, ''));
    else if (data !== '') awaited.take(data);
  };
  const chunks = unchunked((bytes) => {
    const parts = (rest + bytes.toString('utf8')).split('\n\n');
    rest = parts.pop();
    for (const part of parts) event(part);
  });
  stream.stream(requestBytes({ ...target, method: 'GET' }), chunks);
  const post = { ...target, path: await path };
  const line = await Line.open(target.port);
  const prepare = (text) => {
    const send = prepared(line, { ...post, body: withFirstId(text) });
    return async (id) => {
      const answer = awaited.wait(id);
      const { status, body: said } = await send(id);
      return status < 300 ? answer : { status, body: said };
    };
  };
  await prepare(JSON.stringify(GREETING))(FIRST_ID);
  await line.exchange(requestBytes({ ...post, body: JSON.stringify(READY) }));
  return {
    prepare,
    close: () => {
      line.close();
      stream.close();
    },
  };
}

/** The one pipe of a gateway that is a child; made once, shared by all clients of the load generator. */
export async function openPipe({ stdin, stdout }) {
  const awaited = new Awaited();
  let parts = [];
  stdout.on('data', (bytes) => {
    for (let from = 0; ;) {
      const end = bytes.indexOf(10, from);
      if (end === -1) {
        if (from < bytes.length) parts.push(bytes.subarray(from));
        return;
      }
      parts.push(bytes.subarray(from, end));
      awaited.take(Buffer.concat(parts).toString());
      parts = [];
      from = end + 1;
    }
  });
  const prepare = (text) => {
    const bytes = reused(Buffer.from(`${withFirstId(text)}\n`));
    return (id) => {
      const answer = awaited.wait(id);
      stdin.write(bytes(id));
      return answer;
    };
  };
  await prepare(JSON.stringify(GREETING))(FIRST_ID);
  stdin.write(`${JSON.stringify(READY)}\n`);
  return { prepare, close() {} };
}

/** A client of a target. `kind`: `http`, `modern`, `sse` or `stdio`. */
export async function openClient(target) {
  switch (target.kind) {
    case 'stdio':
      return target.pipe;
    case 'sse':
      return openSse(target);
    case 'modern':
      return openModern(target);
    default:
      return openHttp(target);
  }
}
