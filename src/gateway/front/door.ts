/**
 * The server under the gateway, with its limits: how large a head is, how long a request may take to arrive, how many
 * connections there are, and what becomes of a client that reads nothing.
 *
 * @module
 */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../base/clock.ts';

/** What one listener bears. Beside these, one connection has at most 8 requests under way. */
export interface DoorLimits {
  /** Open connections; every stream is one. Further ones are closed at once. */
  readonly connections: number;
  /** Bytes of a request's head; more is answered with 431. */
  readonly headBytes: number;
  /** Until the head of a request is there; later: 408. */
  readonly headMs: number;
  /** Until the whole of a request is there; later: 408. */
  readonly requestMs: number;
  /** A client that has taken nothing of what waits for it in this time is cut off. */
  readonly stalledMs: number;
}

/** Default limits. */
export const DOOR_LIMITS: DoorLimits = {
  connections: 4_096,
  headBytes: 16_384,
  headMs: 15_000,
  requestMs: 60_000,
  stalledMs: 60_000,
};

/** Longer than proxies keep idle sockets, so that they close first. */
const KEEP_ALIVE_MS = 75_000;
/** Looks at a socket within the time after which it has stalled. */
const LOOKS = 4;
/** How exactly the two times of arrival are kept. */
const CHECKS = 3;

/** Hears one request; `go` says to a client that waits for it that its body may come. */
export type Hear = (request: IncomingMessage, response: ServerResponse, go?: () => void) => void;

/** Requests of one connection that may be under way: clients that send the next one before the answer are rare. */
const MOST_AT_ONCE = 8;

interface Standing {
  /** Bytes that the client has taken. */
  taken: number;
  looks: number;
  /** Requests without a finished answer. */
  open: number;
}

type Sockets = Map<Socket, Standing>;

function follow(server: Server): Sockets {
  const sockets: Sockets = new Map();
  server.on('connection', (socket: Socket) => {
    sockets.set(socket, { taken: 0, looks: 0, open: 0 });
    socket.once('close', () => sockets.delete(socket));
  });
  return sockets;
}

/** Whether the request may be heard; a connection that asks for too much at once is cut off. */
function mayHear(sockets: Sockets, { socket }: IncomingMessage, response: ServerResponse): boolean {
  const standing = sockets.get(socket);
  if (standing === undefined || standing.open >= MOST_AT_ONCE) {
    socket.destroy();
    return false;
  }
  standing.open += 1;
  // It closes once; `once` would cost each request a wrapper.
  response.on('close', () => {
    standing.open -= 1;
  });
  return true;
}

/** Cuts off clients that take nothing. */
function watchStalled(server: Server, sockets: Sockets, clock: Clock, stalledMs: number): void {
  const look = (): void => {
    for (const [socket, standing] of sockets) {
      const taken = socket.bytesWritten - socket.writableLength;
      standing.looks = socket.writableLength > 0 && taken === standing.taken ? standing.looks + 1 : 0;
      standing.taken = taken;
      if (standing.looks >= LOOKS) socket.destroy();
    }
    timer = clock.after(stalledMs / LOOKS, look, { unref: true });
  };
  let timer = clock.after(stalledMs / LOOKS, look, { unref: true });
  server.once('close', () => timer.cancel());
}

/** A server that does not listen yet. */
export function createDoor(hear: Hear, clock: Clock, limits: DoorLimits): Server {
  const { connections, headBytes, headMs, requestMs, stalledMs } = limits;
  const server = createServer(
    {
      maxHeaderSize: headBytes,
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: headMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: Math.ceil(headMs / CHECKS),
    },
    (request, response) => {
      if (mayHear(sockets, request, response)) hear(request, response);
    },
  );
  const sockets = follow(server);
  server.maxConnections = connections;
  // Nobody is told to send a body before it is known who they are.
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (mayHear(sockets, request, response)) hear(request, response, () => response.writeContinue());
  });
  watchStalled(server, sockets, clock, stalledMs);
  return server;
}
