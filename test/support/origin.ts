/**
 * Loopback HTTP servers for tests, each an origin of its own that remembers what it was asked.
 *
 * @module
 */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request that arrived. */
export interface Arrived {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** A server on a free port of 127.0.0.1. */
export interface Origin {
  readonly port: number;
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly arrived: Arrived[];
  close(): Promise<void>;
}

/** Starts an origin; without a handler it answers 404. */
export async function startOrigin(
  handle: (request: IncomingMessage, response: ServerResponse) => void = (_request, response) => {
    response.writeHead(404).end();
  },
): Promise<Origin> {
  const arrived: Arrived[] = [];
  const server = createServer((request, response) => {
    arrived.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers });
    response.on('error', () => undefined);
    handle(request, response);
  });
  server.on('connect', (request, socket) => {
    arrived.push({ method: 'CONNECT', url: request.url ?? '', headers: request.headers });
    socket.on('error', () => undefined);
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    arrived,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
