/**
 * The control API of the daemon: plain HTTP over a socket that only this user can open.
 *
 * @module
 */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createPipe } from 'node:net';
import type { Server as NetServer, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '../base/clock.ts';
import { HoldfastError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Fleet, Owner } from '../core/fleet.ts';
import { Answering } from './answer.ts';
import { bind } from './bind.ts';
import type { BindOptions, Bound } from './bind.ts';
import { fieldsIn } from './body.ts';
import { challengeClient } from './challenge.ts';
import type { Channel } from './channel.ts';
import { maybeCount, viewOf } from './fields.ts';
import type { Ask } from './handlers.ts';
import type { PlaceNames } from '../core/config-model.ts';
import type { View } from '../core/view.ts';
import { BODY_LIMIT_BYTES, HEAD_LIMIT_BYTES, PROTOCOL, PROTOCOL_HEADER, VERSION_HEADER } from './protocol.ts';
import type { Method } from './protocol.ts';
import { acceptChannel } from './serve-channel.ts';
import { admit, answerTo, refuse } from './serve-request.ts';
import type { DaemonStatus } from './status.ts';
import { Work } from './work.ts';

/** What a server is made from. */
export interface ServeOptions extends BindOptions {
  /** Requests wait for it, so that the socket can be taken before anything else is done. */
  readonly fleet: Fleet | Promise<Fleet>;
  readonly owner: Owner;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Whoever runs the server ends it when a client asks: resolves when the fleet is closed. */
  readonly onStop: (request: { readonly drainMs: number }) => Promise<void>;
  readonly status: () => Promise<Omit<DaemonStatus, 'clients' | 'stopping'>>;
  /** Reads the files of a place for callers; without it they read them themselves. */
  readonly names?: (view: View) => Promise<PlaceNames>;
  /** Talks with clients that opened a channel of lines; without it they are refused. */
  readonly onChannel?: (channel: Channel, fleet: Fleet) => Promise<void>;
  /** Key of the mutual challenge; on Windows only. */
  readonly key?: string;
  /** Default 16 MiB. */
  readonly bodyLimitBytes?: number;
}

/** A running server. */
export interface ControlServer {
  /** Open connections. */
  readonly clients: number;
  /** Whether clients can still find it. */
  held(): boolean;
  /** Takes no more requests; what is under way may finish within `ms`, long polls and streams end now. */
  drain(ms: number): Promise<void>;
  /** Gives the socket up. Those who asked for the stop are let go last: by the end of the process, or after 500 ms. */
  close(): Promise<void>;
}

const HEAD_TIMEOUT_MS = 10_000;
const BODY_TIMEOUT_MS = 60_000;
const MOST_CONNECTIONS = 1_024;
const FAREWELL_MS = 500;

/** Long polls and streams: they end at once when the daemon stops. */
const WAITS: ReadonlySet<Method> = new Set<Method>(['events', 'settled', 'loginResult']);

class SocketServer implements ControlServer {
  readonly #options: ServeOptions;
  readonly #http: Server;
  readonly #listener: NetServer;
  readonly #sockets = new Set<Socket>();
  readonly #farewell = new Set<Socket>();
  readonly #told: Promise<void>[] = [];
  readonly #work = new Work();
  #bound: Bound | undefined;
  #stopping = false;
  #closed: Promise<void> | undefined;

  constructor(options: ServeOptions) {
    this.#options = options;
    this.#http = createServer(
      { maxHeaderSize: HEAD_LIMIT_BYTES, headersTimeout: HEAD_TIMEOUT_MS, requestTimeout: BODY_TIMEOUT_MS },
      (incoming, response) => void this.#handle(incoming, response),
    );
    this.#http.on('upgrade', (incoming: IncomingMessage, socket: Duplex, rest: Buffer) => {
      void this.#converse(incoming, socket, rest);
    });
    this.#http.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    const { key } = options;
    this.#listener = key === undefined ? this.#http : createPipe((socket) => void this.#challenge(socket, key));
    this.#listener.maxConnections = MOST_CONNECTIONS;
  }

  async open(): Promise<void> {
    // Whoever makes the fleet hears that it could not be made; here it only must not end the process.
    void Promise.resolve(this.#options.fleet).catch(() => {});
    this.#bound = await bind(this.#listener, this.#options);
  }

  get clients(): number {
    return this.#sockets.size;
  }

  held(): boolean {
    return this.#bound?.held() ?? false;
  }

  async drain(ms: number): Promise<void> {
    this.#stopping = true;
    await this.#work.drain(ms, this.#options.clock);
  }

  close(): Promise<void> {
    this.#stopping = true;
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async #end(): Promise<void> {
    await this.#tellFarewell();
    // The name goes first: while this process listens, nobody else takes it for dead and puts a new one there.
    this.#bound?.release();
    const unlistened = new Promise<void>((resolve) => {
      this.#listener.close(() => resolve());
    });
    for (const socket of this.#sockets) {
      if (this.#farewell.has(socket)) {
        socket.unref();
        this.#options.clock.after(FAREWELL_MS, () => socket.destroy(), { unref: true });
      } else socket.destroy();
    }
    if (this.#farewell.size === 0) await unlistened;
  }

  // Those who asked for the stop hear that it is done before the process can end.
  async #tellFarewell(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = this.#options.clock.after(FAREWELL_MS, resolve);
      void Promise.all(this.#told).then(() => {
        timer.cancel();
        resolve();
        return undefined;
      });
    });
  }

  async #challenge(socket: Socket, key: string): Promise<void> {
    if (!(await challengeClient(socket, key, this.#options.clock))) return;
    this.#http.emit('connection', socket);
    socket.resume();
  }

  async #handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { clock, logger, owner, bodyLimitBytes = BODY_LIMIT_BYTES } = this.#options;
    const answer = new Answering(response, clock);
    response.setHeader(PROTOCOL_HEADER, PROTOCOL);
    response.setHeader(VERSION_HEADER, owner.version);
    try {
      const { method, name } = admit(incoming);
      const fields = await fieldsIn(incoming, bodyLimitBytes);
      const ask: Ask = { name, fields, view: viewOf(fields), signal: answer.signal };
      await this.#dispatch(method, ask, { answer, socket: incoming.socket });
    } catch (error) {
      if (!(error instanceof HoldfastError) && !answer.signal.aborted)
        logger.error({ error, url: incoming.url }, 'a request of the control API met an unexpected error');
      if (!incoming.complete && !response.headersSent) response.setHeader('connection', 'close');
      refuse(answer, this.#reasonOf(error, answer, response.headersSent), response.headersSent);
    }
  }

  async #converse(incoming: IncomingMessage, socket: Duplex, rest: Buffer): Promise<void> {
    const { onChannel, owner, fleet, logger } = this.#options;
    const channel = acceptChannel(incoming, socket, rest, owner.version);
    if (channel === undefined) return;
    try {
      if (onChannel === undefined || this.#stopping) channel.end();
      else await onChannel(channel, await fleet);
    } catch (error) {
      logger.error({ error }, 'a channel could not be opened');
      channel.end();
    }
  }

  async #dispatch(
    method: Method,
    ask: Ask,
    { answer, socket }: { readonly answer: Answering; readonly socket: Socket },
  ): Promise<void> {
    if (method === 'close') {
      const told = this.#stop(ask, answer, socket);
      this.#told.push(told.catch(() => {}));
      return told;
    }
    if (method === 'daemon') return this.#tell(answer);
    if (this.#stopping) throw this.#stoppingError();
    if (method === 'names') return this.#name(ask, answer);
    const fleet = await this.#options.fleet;
    const kind = WAITS.has(method) ? 'wait' : 'act';
    await this.#work.track(answer, kind, () => answerTo(fleet, method, ask, answer));
  }

  async #name({ view }: Ask, answer: Answering): Promise<void> {
    const { names } = this.#options;
    if (view === undefined || names === undefined)
      throw new HoldfastError('ERR_USAGE', 'the names of a place were not asked for as they can be');
    answer.json(200, { result: { ...(await names(view)), owner: this.#options.owner } });
  }

  async #tell(answer: Answering): Promise<void> {
    const status = await this.#options.status();
    answer.json(200, { result: { ...status, clients: this.clients, stopping: this.#stopping } });
  }

  async #stop({ fields }: Ask, answer: Answering, socket: Socket): Promise<void> {
    const drainMs = maybeCount(fields, 'drainMs') ?? 0;
    answer.begin();
    this.#farewell.add(socket);
    await this.#options.onStop({ drainMs });
    // Not ended here: the client takes the end of the connection for the end of the process.
    await answer.last({ result: { stopped: true } });
  }

  #stoppingError(): HoldfastError {
    return new HoldfastError('ERR_CLOSED', 'the daemon is stopping', {
      hint: 'Run the command again in a moment; it starts a new daemon.',
      data: { stopping: true, pid: this.#options.owner.pid },
    });
  }

  // What was cut off by the stop says so, whatever the fleet made of the abort.
  #reasonOf(error: unknown, answer: Answering, begun: boolean): unknown {
    if (!this.#stopping || !answer.signal.aborted) return error;
    if (!begun) return this.#stoppingError();
    return new HoldfastError('ERR_INTERRUPTED', 'the daemon was stopped while the call was under way', {
      hint: 'The server may have acted on it. Look before you send it again.',
    });
  }
}

/**
 * Serves the fleet at the socket. Errors: `ERR_DAEMON_RUNNING` when another process does, `ERR_SOCKET_UNSAFE`, system
 * errors of the folder.
 */
export async function serveFleet(options: ServeOptions): Promise<ControlServer> {
  const server = new SocketServer(options);
  await server.open();
  return server;
}
