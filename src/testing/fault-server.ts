/**
 * One real HTTP server on loopback with many paths, each behaving as a test wants it to.
 *
 * @module
 */
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { systemClock } from '../base/clock.ts';
import { errnoOf } from '../base/errors.ts';
import type { BehaviourSource, Exchange, RequestRecord, RpcMessage } from './exchange.ts';
import { behaviourOf, reply } from './exchange.ts';
import { MountLog } from './mount-log.ts';
import { selfSignedCertificate } from './self-signed.ts';

/** What `startFaultServer` may be given. */
export interface FaultServerOptions {
  /** Default 0: a free port. */
  readonly port?: number;
  /** All waits of the server run on it. Default: the machine's. */
  readonly clock?: Clock;
  /** Speak TLS with a certificate that nobody trusts; `expired`: one that is over, too. */
  readonly tls?: 'self-signed' | 'expired';
  /** Requests kept per mount, the oldest go first. Counters stay exact. Default 10 000. */
  readonly keep?: number;
}

/** One path of the server. */
export interface Mount {
  readonly url: string;
  /** Every request to the path and below it, oldest first. */
  hits(): readonly RequestRecord[];
  /** Requests seen, kept or not. */
  readonly count: number;
  /** JSON-RPC `initialize` requests seen. */
  readonly initializes: number;
  /** Tries to open a session as the server sees them: era probes or handshakes, whichever are more; GETs where there are neither. */
  readonly tries: number;
  /** From now on the path behaves like this. */
  set(behaviour: BehaviourSource): void;
}

/** A running fault server. */
export interface FaultServer {
  /** Scheme, host and port. */
  readonly origin: string;
  readonly port: number;
  /** TCP connections accepted so far. */
  readonly connections: number;
  /** Requests to paths that are not mounted (answered 404). */
  readonly strays: readonly RequestRecord[];
  /** Errors of behaviours that are not just the client going away; a test may look whether it is empty. */
  readonly errors: readonly unknown[];
  /** Answers `path` and everything below it. A longer path wins; mounting a path again replaces it. */
  mount(path: string, behaviour: BehaviourSource): Mount;
  /** Breaks every connection that is open now. */
  breakConnections(): void;
  /** Ends every request and waits for the port to be free. Idempotent. */
  close(): Promise<void>;
}

interface Place {
  readonly path: string;
  readonly log: MountLog;
  behaviour: BehaviourSource;
}

const BODY_LIMIT = 16 * 1024 * 1024;

class Running implements FaultServer {
  readonly strays: RequestRecord[] = [];
  readonly errors: unknown[] = [];
  readonly #places = new Map<string, Place>();
  readonly #server: Server;
  readonly #clock: Clock;
  /** Requests so far. */
  #came = 0;
  readonly #keep: number;
  readonly #scheme: string;
  readonly #stopping = new AbortController();
  #connections = 0;
  #closed: Promise<void> | undefined;

  constructor(options: FaultServerOptions) {
    this.#clock = options.clock ?? systemClock;
    this.#keep = options.keep ?? 10_000;
    this.#scheme = options.tls === undefined ? 'http' : 'https';
    const listener: RequestListener = (request, response) => void this.#serve(request, response);
    this.#server =
      options.tls === undefined
        ? createServer(listener)
        : createTlsServer(selfSignedCertificate(this.#clock.now(), options.tls === 'expired'), listener);
    this.#server.on('connection', () => {
      this.#connections += 1;
    });
    // Keep-alive sockets must outlive the pauses of a test; Node's default is 5 s.
    this.#server.keepAliveTimeout = 600_000;
    this.#server.requestTimeout = 0;
  }

  get connections(): number {
    return this.#connections;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get origin(): string {
    return `${this.#scheme}://127.0.0.1:${this.port}`;
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', () => resolve());
    });
  }

  mount(path: string, behaviour: BehaviourSource): Mount {
    const place: Place = { path, log: new MountLog(path, this.#keep), behaviour };
    this.#places.set(path, place);
    const { log } = place;
    return {
      url: `${this.origin}${path}`,
      hits: () => log.records,
      get count() {
        return log.count;
      },
      get initializes() {
        return log.initializes;
      },
      get tries() {
        return log.tries;
      },
      set: (next) => {
        place.behaviour = next;
      },
    };
  }

  breakConnections(): void {
    this.#server.closeAllConnections();
  }

  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      this.#stopping.abort();
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
    return this.#closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    request.on('error', () => gone.abort());
    response.on('error', () => gone.abort());
    try {
      const body = await readBody(request);
      const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
      const place = this.#find(path);
      const message = parseMessage(body);
      const record = recordOf(request, { at: this.#clock.now(), order: (this.#came += 1), body, message });
      if (place === undefined) this.strays.push(record);
      else place.log.add(record);
      response.once('finish', () => {
        record.status = response.statusCode;
      });
      const exchange: Exchange = {
        request,
        response,
        record,
        message,
        origin: this.origin,
        mount: place?.path ?? path,
        clock: this.#clock,
        signal: AbortSignal.any([gone.signal, this.#stopping.signal]),
      };
      if (place === undefined) reply(exchange, 404, { 'content-type': 'text/plain' }, 'nothing here\n');
      else await behaviourOf(place.behaviour)(exchange);
    } catch (error) {
      this.#failed(error, gone.signal, response);
    }
  }

  #failed(error: unknown, gone: AbortSignal, response: ServerResponse): void {
    if (gone.aborted || this.#stopping.signal.aborted || errnoOf(error) === 'ECONNRESET') return;
    this.errors.push(error);
    if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
    response.end('the test behaviour failed\n');
  }

  #find(path: string): Place | undefined {
    for (let at = path; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
      const place = this.#places.get(at);
      if (place !== undefined) return place;
    }
    return this.#places.get('/');
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_LIMIT) throw new RangeError('request body over 16 MiB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseMessage(body: string): RpcMessage | undefined {
  if (!body.startsWith('{')) return undefined;
  try {
    return JSON.parse(body) as RpcMessage;
  } catch {
    return undefined;
  }
}

function recordOf(
  request: IncomingMessage,
  seen: { at: number; order: number; body: string; message: RpcMessage | undefined },
): RequestRecord & { status?: number } {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  const rpcMethod = typeof seen.message?.method === 'string' ? seen.message.method : undefined;
  return {
    at: seen.at,
    order: seen.order,
    method: request.method ?? '',
    url: request.url ?? '',
    headers,
    body: seen.body,
    ...(rpcMethod === undefined ? {} : { rpcMethod }),
  };
}

/** Starts a server on 127.0.0.1. Who starts it closes it. Errors: Node's, when the port is taken. */
export async function startFaultServer(options: FaultServerOptions = {}): Promise<FaultServer> {
  const server = new Running(options);
  await server.listen(options.port ?? 0);
  return server;
}
