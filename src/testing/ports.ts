/**
 * Faults below HTTP: a port where nobody listens, and one that resets what connects.
 *
 * @module
 */
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** A port with a fault. */
export interface FaultPort {
  readonly port: number;
  /** `http://127.0.0.1:PORT/mcp`. */
  readonly url: string;
  /** TCP connections accepted so far; 0 for a port that refuses. */
  readonly connections: number;
  close(): Promise<void>;
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
  return (server.address() as AddressInfo).port;
}

function shut(server: Server, sockets: Iterable<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of sockets) socket.destroy();
  });
}

/**
 * A port that refuses connections, and that nobody else gets: it is the near end of a connection that stays open, so
 * the system will not hand it out, and nobody listens at it.
 */
export async function startRefusingPort(): Promise<FaultPort> {
  const accepted = new Set<Socket>();
  const server = createServer((socket) => accepted.add(socket));
  const holder = connect(await listen(server, 0), '127.0.0.1');
  await new Promise<void>((resolve, reject) => {
    holder.once('error', reject);
    holder.once('connect', () => resolve());
  });
  const port = holder.localPort ?? 0;
  return {
    port,
    url: `http://127.0.0.1:${port}/mcp`,
    connections: 0,
    close: () => shut(server, [holder, ...accepted]),
  };
}

/** A port that accepts and then, before anything is read, sends RST (`reset`) or keeps silent (`silent`). */
export async function startBrokenPort(how: 'reset' | 'silent'): Promise<FaultPort> {
  let connections = 0;
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    connections += 1;
    socket.on('error', () => socket.destroy());
    if (how === 'reset') {
      socket.resetAndDestroy();
      return;
    }
    open.add(socket);
    socket.resume();
    socket.on('close', () => open.delete(socket));
  });
  const port = await listen(server, 0);
  return {
    port,
    url: `http://127.0.0.1:${port}/mcp`,
    get connections() {
      return connections;
    },
    close: () => shut(server, open),
  };
}
