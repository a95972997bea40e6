/**
 * One connection to a server: one request at a time, used again when its response is whole.
 *
 * @module
 */
import type { Socket } from 'node:net';
import { H1Error, SocketError } from './h1-error.ts';
import type { Ready } from './request-bytes.ts';
import { ResponseParser } from './response-parser.ts';
import type { ResponseEars } from './response-parser.ts';
import type { ResponseHead } from './response-head.ts';

/** Who hears of one request: its response, or why there is none; `failed` at most once, and never after `end`. */
export interface Ears extends ResponseEars {
  failed(error: unknown): void;
}

/** What becomes of a connection. */
export interface Owner {
  /** It may be used again; for how long, as the server said. */
  free(connection: Connection, keepMs: number | undefined): void;
  /** `isBroken` = a request was under way, and nobody here ended it. */
  gone(connection: Connection, isBroken: boolean): void;
}

/** A connected socket. */
export class Connection {
  readonly #socket: Socket;
  readonly #owner: Owner;
  readonly #parser = new ResponseParser();
  #ears: Ears | undefined;
  #keepMs: number | undefined;
  #isGone = false;
  #requests = 0;
  /** Hears the parser for whoever sent the request. */
  readonly #inner: ResponseEars = {
    head: (head) => this.#head(head),
    data: (bytes) => this.#ears?.data(bytes),
    end: (isLast) => this.#end(isLast),
  };

  constructor(socket: Socket, owner: Owner) {
    this.#socket = socket;
    this.#owner = owner;
    socket.on('data', (bytes: Buffer) => this.#take(bytes));
    socket.on('end', () => this.#closed());
    socket.on('error', (error) => this.#lose(new SocketError(error, 'maybe'), true));
    socket.on('close', () => this.#closed());
  }

  /** Sends a request; the one before it is over. */
  send(request: Ready, ears: Ears): void {
    this.#requests += 1;
    this.#ears = ears;
    this.#parser.begin(this.#inner);
    this.#socket.ref();
    request(this.#socket);
  }

  /** It has carried more than one request. */
  get isUsedAgain(): boolean {
    return this.#requests > 1;
  }

  /** Whether this is the request that is under way: one that is over has no say any more. */
  carries(ears: Ears): boolean {
    return this.#ears === ears;
  }

  /** Holds the server back, or lets it go on. */
  hold(isHeld: boolean): void {
    if (isHeld) this.#socket.pause();
    else this.#socket.resume();
  }

  /** Ends it, and the request that is under way with it. */
  destroy(reason: unknown): void {
    this.#lose(reason);
  }

  #take(bytes: Buffer): void {
    try {
      this.#parser.push(bytes);
    } catch (error) {
      this.#lose(error);
    }
  }

  #closed(): void {
    if (this.#isGone) return;
    try {
      this.#keepMs = 0;
      this.#parser.close();
      this.#lose(undefined);
    } catch (error) {
      this.#lose(error, true);
    }
  }

  #head(head: ResponseHead): void {
    this.#keepMs = head.framing === 'close' ? 0 : head.keepMs;
    this.#ears?.head(head);
  }

  #end(isLast: boolean): void {
    const ears = this.#ears;
    this.#ears = undefined;
    // A server that answers before it has read the request does not read the rest.
    const isUsable = !isLast && this.#keepMs !== 0 && !this.#isGone && this.#socket.writableLength === 0;
    if (isUsable) {
      this.#socket.resume();
      // What waits for an answer keeps the process alive, an idle connection does not.
      this.#socket.unref();
      this.#owner.free(this, this.#keepMs);
    }
    ears?.end(isLast);
    if (!isUsable) this.#lose(undefined);
  }

  #lose(error: unknown, isBroken = false): void {
    const ears = this.#ears;
    this.#ears = undefined;
    if (!this.#isGone) {
      this.#isGone = true;
      this.#socket.destroy();
      this.#owner.gone(this, isBroken && ears !== undefined);
    }
    ears?.failed(error ?? new H1Error('UND_ERR_SOCKET', 'the connection was closed'));
  }
}
