/**
 * Writes the answer to one request: one JSON text or NDJSON lines, with a sign of life while it is being made.
 *
 * @module
 */
import type { ServerResponse } from 'node:http';
import type { Clock, Timer } from '../base/clock.ts';
import { lineOf } from './lines.ts';
import { BEAT_MS } from './protocol.ts';

/** Beyond this many unread bytes, lines that may be lost are. */
const BACKLOG_BYTES = 1_048_576;

/** One answer. */
export class Answering {
  readonly #response: ServerResponse;
  readonly #clock: Clock;
  readonly #work = new AbortController();
  #beat: Timer | undefined;

  constructor(response: ServerResponse, clock: Clock) {
    this.#response = response;
    this.#clock = clock;
    response.once('close', () => {
      this.#beat?.cancel();
      if (!response.writableFinished) this.#work.abort();
    });
    this.#schedule();
  }

  /** Ends the work for this answer: aborted when the client left before it was whole, or by `abandon`. */
  get signal(): AbortSignal {
    return this.#work.signal;
  }

  /** Ends the work because the daemon is ending. */
  abandon(): void {
    this.#work.abort();
  }

  /** The whole answer as one JSON text. */
  json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): void {
    this.#beat?.cancel();
    if (this.#response.destroyed) return;
    const text = `${JSON.stringify(value)}\n`;
    this.#response.writeHead(status, {
      ...headers,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    });
    this.#response.end(text);
  }

  /** Begins an NDJSON answer and sends its head at once. */
  begin(): void {
    if (this.#response.destroyed) return;
    this.#response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    this.#response.flushHeaders();
  }

  /** One line; resolves when the client has room for the next. */
  async line(value: unknown): Promise<void> {
    if (this.#response.destroyed || this.#response.write(lineOf(value))) return;
    await new Promise<void>((resolve) => {
      const go = (): void => {
        this.#response.off('drain', go).off('close', go);
        resolve();
      };
      this.#response.on('drain', go).on('close', go);
    });
  }

  /** One line; resolves when it has left this process, or never will. */
  async last(value: unknown): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#response.once('close', () => resolve());
      if (this.#response.destroyed) resolve();
      else this.#response.write(lineOf(value), () => resolve());
    });
  }

  /** A line that may be left out when the client does not read. */
  hint(value: unknown): void {
    if (!this.#response.destroyed && this.#response.writableLength < BACKLOG_BYTES) this.#response.write(lineOf(value));
  }

  /** Ends an NDJSON answer. */
  end(): void {
    this.#beat?.cancel();
    this.#response.end();
  }

  #schedule(): void {
    this.#beat = this.#clock.after(
      BEAT_MS,
      () => {
        if (this.#response.writableEnded || this.#response.destroyed) return;
        if (!this.#response.headersSent) this.#response.writeProcessing();
        else if (this.#response.writableLength === 0) this.#response.write('\n');
        this.#schedule();
      },
      { unref: true },
    );
  }
}
