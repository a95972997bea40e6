/**
 * The answer to one POST: plain JSON, or a stream from the moment in which something has to be said before the answer.
 *
 * @module
 */
import type { ServerResponse } from 'node:http';
import type { Clock, Timer } from '../../base/clock.ts';
import { RESULT, onOneLine, responseBytes, responseTail } from '../rpc/answer.ts';
import type { Answer } from '../rpc/answer.ts';
import type { Id } from '../rpc/message.ts';

/** A comment keeps proxies from closing a silent stream. */
export const KEEP_ALIVE_MS = 15_000;
/** Bytes that wait for a client that does not read; more notifications are dropped, because it will not miss them. */
const MOST_WAITING = 1_048_576;

/** Bytes of a body that are worth being copied for one write less. */
const ONE_PIECE = 16_384;

const STREAM_HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
} as const;

const EVENT = Buffer.from('event: message\ndata: ');
const EVENT_END = Buffer.from('\n\n');

/** A stream of events over one response. */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #clock: Clock;
  #timer: Timer | undefined;

  /** Sends the head at once. */
  constructor(response: ServerResponse, clock: Clock, headers: Readonly<Record<string, string>> = {}) {
    this.#response = response;
    this.#clock = clock;
    response.writeHead(200, { ...STREAM_HEADERS, ...headers });
    response.write(': ka\n\n');
    this.#keepAlive();
    response.on('close', () => this.#timer?.cancel());
  }

  /** Sends one message; with `mayDrop`, not to a client that does not read. */
  send(text: string, mayDrop = false): void {
    if (mayDrop && this.#response.writableLength > MOST_WAITING) return;
    this.#response.write(`event: message\ndata: ${text}\n\n`);
  }

  end(text?: string | Buffer): void {
    this.#timer?.cancel();
    if (text === undefined) this.#response.end();
    else this.#response.end(Buffer.concat([EVENT, Buffer.from(text), EVENT_END]));
  }

  #keepAlive(): void {
    this.#timer = this.#clock.after(
      KEEP_ALIVE_MS,
      () => {
        if (this.#response.writableLength === 0) this.#response.write(': ka\n\n');
        this.#keepAlive();
      },
      { unref: true },
    );
  }
}

/** The answer to one POST. */
export class Reply {
  readonly #response: ServerResponse;
  readonly #clock: Clock;
  readonly #mayStream: boolean;
  #stream: EventStream | undefined;
  #patience: Timer | undefined;

  /** `mayStream` = the client accepts `text/event-stream`. */
  constructor(response: ServerResponse, clock: Clock, mayStream: boolean) {
    this.#response = response;
    this.#clock = clock;
    this.#mayStream = mayStream;
  }

  /** Call this where the answer may take long: a silent response becomes a stream before a proxy gives it up. */
  expectWait(): void {
    if (this.#mayStream) this.#patience = this.#clock.after(KEEP_ALIVE_MS, () => this.#become(), { unref: true });
  }

  #become(): void {
    if (!this.#response.writableEnded && !this.#response.destroyed) this.#open();
  }

  /** Says something before the answer; a client that takes no stream does not hear it. */
  notify(text: string): void {
    if (this.#mayStream && !this.#response.writableEnded) this.#open().send(text, true);
  }

  /** Asks something before the answer. Says whether the client can hear it. */
  ask(text: string): boolean {
    if (!this.#mayStream || this.#response.writableEnded || this.#response.destroyed) return false;
    this.#open().send(text);
    return true;
  }

  /** `text` is one line. */
  end(text: string | Buffer, status = 200, headers: Readonly<Record<string, string>> = {}): void {
    this.#patience?.cancel();
    if (this.#response.writableEnded || this.#response.destroyed) return;
    if (this.#stream !== undefined) {
      this.#stream.end(text);
      return;
    }
    const body = typeof text === 'string' ? Buffer.from(text) : text;
    this.#response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length, ...headers });
    // Node writes a text together with the head, in one piece.
    if (body.length > ONE_PIECE) this.#response.end(body);
    else this.#response.end(body.toString('latin1'), 'latin1');
  }

  /** Ends it with the answer to the request of this id. */
  answer(id: Id, answer: Answer): void {
    if (!answer.ok || typeof answer.result === 'string' || this.#stream !== undefined)
      this.end(responseBytes(id, answer), answer.ok ? 200 : answer.error.httpStatus);
    else this.#pass(onOneLine(answer.result), responseTail(id));
  }

  /** Ends it with a result that is not copied. */
  #pass(result: Buffer, tail: string): void {
    this.#patience?.cancel();
    const response = this.#response;
    if (response.writableEnded || response.destroyed) return;
    const length = RESULT.length + result.length + Buffer.byteLength(tail);
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': length });
    if (length > ONE_PIECE) {
      response.write(RESULT);
      response.write(result);
      response.end(tail);
    } else {
      // Node writes a text together with the head, in one piece; a byte is a character in it.
      const end = tail.length === length - RESULT.length - result.length ? tail : Buffer.from(tail).toString('latin1');
      const text = RESULT + result.toString('latin1') + end;
      const { socket } = response;
      if (socket === null) response.end(text, 'latin1');
      else {
        // `end` would write an empty piece behind it, and two pieces cost more than one.
        socket.cork();
        response.write(text, 'latin1');
        socket.uncork();
        response.end();
      }
    }
  }

  #open(): EventStream {
    this.#patience?.cancel();
    this.#stream ??= new EventStream(this.#response, this.#clock);
    return this.#stream;
  }
}
