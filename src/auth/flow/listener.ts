/**
 * The loopback listener that takes the answer of an authorization server from the person's browser (RFC 8252 §7.3).
 *
 * @module
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../base/clock.ts';
import { errnoOf } from '../../base/errors.ts';
import { callbackParams, type CallbackParams } from './callback.ts';
import { PAGE_HEADERS, pageHtml, type PageId } from './page.ts';

/** How often a random port is asked for, when the other address family has it in use. */
const RANDOM_TRIES = 10;
/** A browser sends its request at once; who does not is not one. */
const REQUEST_MS = 10_000;
/** How long a browser waits to hear how the sign-in ended, before it is told to look where it began. */
const ANSWER_MS = 15_000;
/** Time for the last page to reach the browser when a listener closes. */
const LINGER_MS = 500;

const FAMILIES = ['127.0.0.1', '::1'] as const;
/** The machine does not have this address family. */
const NO_FAMILY = /^(?:EADDRNOTAVAIL|EAFNOSUPPORT|EINVAL|EPROTONOSUPPORT)$/;

/** A listener on one port. */
export interface CallbackListener {
  readonly port: number;
  close(): Promise<void>;
}

/** Takes a well-formed answer; `refused` = no flow waits for it. */
export type OnAnswer = (params: CallbackParams) => Promise<PageId>;

/**
 * Listens on `port` (0 = a random one) of 127.0.0.1 and ::1, or of the one family that the machine has. `undefined`
 * when the port is taken in either: whoever has it there would get the answer of a browser that prefers that family.
 */
export async function openListener(
  clock: Clock,
  port: number,
  onAnswer: OnAnswer,
): Promise<CallbackListener | undefined> {
  for (let left = port === 0 ? RANDOM_TRIES : 1; left > 0; left -= 1) {
    const servers = await listenEverywhere(port, (request, response, own) => {
      void answer(clock, { request, response, port: own }, onAnswer);
    });
    if (servers !== undefined) return listenerOf(clock, servers);
  }
  return undefined;
}

type Handler = (request: IncomingMessage, response: ServerResponse, port: number) => void;

async function listenEverywhere(port: number, handler: Handler): Promise<readonly Server[] | undefined> {
  const servers: Server[] = [];
  let bound = port;
  for (const host of FAMILIES) {
    const server = createServer({
      requestTimeout: REQUEST_MS,
      headersTimeout: REQUEST_MS,
      // Who names nobody gets the same page as who names somebody else.
      requireHostHeader: false,
    });
    server.on('request', (request, response) => handler(request, response, bound));
    server.on('clientError', refuseSocket);
    server.on('upgrade', (_request, socket) => refuseSocket(undefined, socket));
    const failed = await listen(server, host, bound);
    if (failed === undefined) {
      servers.push(server);
      bound = portOf(server);
    } else if (!NO_FAMILY.test(failed)) {
      await Promise.all(servers.map(closed));
      return undefined;
    }
  }
  return servers.length === 0 ? undefined : servers;
}

/** `undefined`, or the errno that kept it from listening. */
function listen(server: Server, host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    // Also after it listens: a socket that fails then is no reason to end.
    server.on('error', (error) => resolve(errnoOf(error) ?? 'UNKNOWN'));
    server.listen({ host, port, exclusive: true }, () => resolve(undefined));
  });
}

function listenerOf(clock: Clock, servers: readonly Server[]): CallbackListener {
  let closing: Promise<void> | undefined;
  return {
    port: portOf(servers[0]),
    close() {
      closing ??= closeAll(clock, servers);
      return closing;
    },
  };
}

async function closeAll(clock: Clock, servers: readonly Server[]): Promise<void> {
  const linger = clock.after(
    LINGER_MS,
    () => {
      for (const server of servers) server.closeAllConnections();
    },
    { unref: true },
  );
  await Promise.all(servers.map(closed));
  linger.cancel();
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}

function portOf(server: Server | undefined): number {
  const address = server?.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

interface Hit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly port: number;
}

async function answer(clock: Clock, { request, response, port }: Hit, onAnswer: OnAnswer): Promise<void> {
  response.on('error', () => undefined);
  request.resume();
  if (!isOurs(request, port)) return send(response, 400, 'refused');
  if (request.method !== 'GET') return send(response, 405, 'refused');
  const target = `http://localhost${request.url ?? ''}`;
  if (!URL.canParse(target)) return send(response, 400, 'refused');
  const url = new URL(target);
  if (url.pathname !== '/callback') return send(response, 404, 'refused');
  const params = callbackParams(url.searchParams);
  if (params === undefined) return send(response, 400, 'refused');
  const page = await within(clock, onAnswer(params));
  return send(response, page === 'refused' ? 400 : 200, page);
}

/** A page of another site whose name leads to this machine (DNS rebinding) has its own name in the Host header. */
function isOurs(request: IncomingMessage, port: number): boolean {
  const host = request.headers.host ?? '';
  const target = request.url ?? '';
  return [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`].includes(host) && /^\/(?!\/)/.test(target);
}

/** The page, or `received` when the sign-in takes longer than a browser should wait. */
function within(clock: Clock, page: Promise<PageId>): Promise<PageId> {
  return new Promise((resolve) => {
    const timer = clock.after(ANSWER_MS, () => resolve('received'), { unref: true });
    const show = (id: PageId): void => {
      timer.cancel();
      resolve(id);
    };
    page.then(show, () => show('ended'));
  });
}

function send(response: ServerResponse, status: number, page: PageId): void {
  response.writeHead(status, PAGE_HEADERS);
  response.end(pageHtml(page));
}

/** What is no HTTP gets the same fixed page. */
function refuseSocket(_error: unknown, socket: Duplex): void {
  socket.on('error', () => undefined);
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const body = pageHtml('refused');
  const headers = Object.entries(PAGE_HEADERS).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(
    `HTTP/1.1 400 Bad Request\r\n${headers.join('')}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}
