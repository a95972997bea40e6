/**
 * The connections to one origin: opened when needed, kept a while for the next request.
 *
 * @module
 */
import type { Socket } from 'node:net';
import { afterThisTurn } from '../../base/clock.ts';
import type { Clock, Timer } from '../../base/clock.ts';
import { Connection } from './connection.ts';
import type { Ears, Owner } from './connection.ts';
import { H1Error, SocketError } from './h1-error.ts';
import type { Ready } from './request-bytes.ts';

/** Opens a socket; one of both is called, once. What it gives back ends the attempt, which then fails with the reason. */
export type Connect = (opened: (socket: Socket) => void, failed: (error: unknown) => void) => Abandon;

/** Gives up an attempt. */
export type Abandon = (reason: Error) => void;

/** How many connections there are, and how long they are kept. */
export interface OriginLimits {
  readonly connections: number;
  /** For how long an idle one is kept, in milliseconds; a server's own word may shorten it. */
  readonly keepMs: number;
}

/** A request that waits for a connection, or is under way. */
export interface Flight {
  /** Ends it: nothing is sent any more, or its connection is closed. It fails with the reason. */
  cut(reason: unknown): void;
  pause(): void;
  resume(): void;
}

/** A server closes a little before the end of its time, and closing takes its time on the way. */
const MARGIN_MS = 2_000;
/**
 * Some servers close after a response without having said so, and the news of it comes right behind: a request that went
 * meanwhile would be lost. Until a server is known to keep its connections, they rest for so long.
 */
const PROOF_MS = 5;

interface Idle {
  readonly connection: Connection;
  readonly until: number;
}

class Waiting implements Flight {
  readonly request: Ready;
  readonly ears: Ears;
  connection: Connection | undefined;
  /** The connection that is being opened for it. */
  abandon: Abandon | undefined;
  isOver = false;

  constructor(request: Ready, ears: Ears) {
    this.request = request;
    this.ears = ears;
  }

  go(connection: Connection): void {
    this.abandon = undefined;
    this.connection = connection;
    connection.send(this.request, this.ears);
  }

  cut(reason: unknown): void {
    if (this.connection === undefined) {
      this.fail(reason);
      this.abandon?.(ended());
    } else if (this.connection.carries(this.ears)) this.connection.destroy(reason);
  }

  fail(reason: unknown): void {
    if (this.isOver) return;
    this.isOver = true;
    this.ears.failed(reason);
  }

  pause(): void {
    if (this.connection?.carries(this.ears) === true) this.connection.hold(true);
  }

  resume(): void {
    if (this.connection?.carries(this.ears) === true) this.connection.hold(false);
  }
}

/** The connections to one origin. */
export class Origin implements Owner {
  readonly #connect: Connect;
  readonly #clock: Clock;
  readonly #limits: OriginLimits;
  /** The one that was used last is used first: the others may end. */
  readonly #idle: Idle[] = [];
  readonly #open = new Set<Connection>();
  readonly #queue: Waiting[] = [];
  readonly #opening = new Set<Waiting>();
  /** Connections that rest until it is known whether they are kept. */
  #resting = 0;
  /** The server was seen to answer on a connection that was used before. */
  #keeps = false;
  #timer: Timer | undefined;
  #closed = false;

  constructor(connect: Connect, clock: Clock, limits: OriginLimits) {
    this.#connect = connect;
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Nothing is open, opening or waiting. */
  get isUnused(): boolean {
    return this.#open.size === 0 && this.#opening.size === 0 && this.#queue.length === 0;
  }

  /** Sends a request as soon as a connection is there. */
  send(request: Ready, ears: Ears): Flight {
    const waiting = new Waiting(request, ears);
    const connection = this.#closed ? undefined : this.#take();
    if (this.#closed) waiting.fail(ended());
    else if (connection !== undefined) waiting.go(connection);
    else if (this.#isFull || this.#queue.length < this.#resting) this.#queue.push(waiting);
    else this.#begin(waiting);
    return waiting;
  }

  /** Closes every connection at once; what is under way fails. */
  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    for (const waiting of this.#queue.splice(0)) waiting.fail(ended());
    for (const waiting of this.#opening) waiting.cut(ended());
    for (const connection of this.#open) connection.destroy(ended());
  }

  free(connection: Connection, keepMs = Number.POSITIVE_INFINITY): void {
    if (connection.isUsedAgain) this.#keeps = true;
    const ms = Math.min(this.#limits.keepMs, keepMs - MARGIN_MS);
    if (this.#keeps || ms <= 0) this.#use(connection, ms);
    else this.#rest(connection, ms);
  }

  #rest(connection: Connection, ms: number): void {
    this.#resting += 1;
    const rested = (): void => {
      this.#resting -= 1;
      if (this.#open.has(connection)) this.#use(connection, ms);
      else this.#beginNext();
    };
    // Where the process was at work on something long, the news waits to be read.
    this.#clock.after(PROOF_MS, () => afterThisTurn(rested));
  }

  #use(connection: Connection, ms: number): void {
    const next = this.#next();
    if (next !== undefined) {
      next.go(connection);
      return;
    }
    if (ms <= 0 || this.#closed) connection.destroy(ended());
    else this.#idle.push({ connection, until: this.#clock.monotonic() + ms });
    this.#timer ??= this.#sweepLater();
  }

  gone(connection: Connection, isBroken: boolean): void {
    this.#open.delete(connection);
    const at = this.#idle.findIndex((idle) => idle.connection === connection);
    if (at !== -1) this.#idle.splice(at, 1);
    // A server that has gone took the others along; the news of it may still be on its way.
    if (isBroken) {
      this.#keeps = false;
      for (const idle of this.#idle.splice(0)) idle.connection.destroy(ended());
    }
    this.#beginNext();
  }

  get #isFull(): boolean {
    return this.#open.size + this.#opening.size >= this.#limits.connections;
  }

  #beginNext(): void {
    const next = this.#closed || this.#isFull ? undefined : this.#next();
    if (next !== undefined) this.#begin(next);
  }

  #next(): Waiting | undefined {
    for (;;) {
      const next = this.#queue.shift();
      if (next === undefined || !next.isOver) return next;
    }
  }

  #take(): Connection | undefined {
    const last = this.#idle.pop();
    if (last === undefined || last.until > this.#clock.monotonic()) return last?.connection;
    // It was the youngest.
    this.#idle.push(last);
    this.#sweep();
    return undefined;
  }

  #begin(waiting: Waiting): void {
    this.#opening.add(waiting);
    const failed = (error: unknown): void => {
      if (!this.#opening.delete(waiting)) return;
      waiting.abandon = undefined;
      waiting.fail(new SocketError(error, 'no'));
      const next = this.#next();
      if (next !== undefined) this.#begin(next);
    };
    try {
      waiting.abandon = this.#connect((socket) => this.#opened(socket, waiting), failed);
    } catch (error) {
      failed(error);
    }
  }

  #opened(socket: Socket, waiting: Waiting): void {
    this.#opening.delete(waiting);
    const connection = new Connection(socket, this);
    this.#open.add(connection);
    if (waiting.isOver) this.free(connection);
    else waiting.go(connection);
  }

  #sweepLater(): Timer {
    return this.#clock.after(
      this.#limits.keepMs,
      () => {
        this.#timer = undefined;
        this.#sweep();
        if (this.#idle.length > 0) this.#timer = this.#sweepLater();
      },
      { unref: true },
    );
  }

  #sweep(): void {
    const now = this.#clock.monotonic();
    for (const { connection } of this.#idle.filter(({ until }) => until <= now)) connection.destroy(ended());
  }
}

const ended = (): H1Error => new H1Error('UND_ERR_DESTROYED', 'the connection was closed here');
