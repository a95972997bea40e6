/**
 * The body of an HTTP answer as it arrives, read once: whole, or chunk by chunk with the server held back meanwhile.
 *
 * @module
 */

/** What holds the server back, and breaks the body off. */
export interface BodyControl {
  pause(): void;
  resume(): void;
  abort(reason: Error): void;
}

/** Bytes that wait for a reader before the server is held back. */
const MOST_WAITING = 65_536;
/** Pieces that are kept as they came: each holds all that arrived with it, and a list of very many is slow to take from. */
const MOST_PIECES = 1_024;

/** A body. It is fed from one side and read from the other. */
export class LeanReader {
  readonly #control: BodyControl;
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  /** Of the first of them so many were made of several. */
  #joins = 0;
  /** What a reader of the whole body takes; else the server is held back at `MOST_WAITING`. */
  #most = MOST_WAITING;
  #paused = false;
  #over = false;
  #error: unknown;
  #waiting: (() => void) | undefined;

  constructor(control: BodyControl) {
    this.#control = control;
  }

  push(chunk: Uint8Array): void {
    if (this.#over) return;
    if (this.#chunks.push(chunk) - this.#joins > MOST_PIECES) this.#join();
    this.#bytes += chunk.length;
    if (this.#bytes > this.#most) {
      this.#paused = true;
      this.#control.pause();
    } else if (this.#most !== MOST_WAITING) return;
    this.#wake();
  }

  end(): void {
    this.#over = true;
    this.#wake();
  }

  fail(error: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#error = error;
    this.#wake();
  }

  /** Breaks the body off; whoever reads it hears its end. */
  discard(): void {
    if (this.#over) return;
    this.#chunks = [];
    this.end();
    this.#control.abort(new Error('nobody reads the body any more'));
  }

  /** The whole body; `undefined` when it is larger than `limit` bytes. */
  async whole(limit: number): Promise<Uint8Array | undefined> {
    this.#most = limit;
    this.#taken(0);
    while (!this.#over && this.#bytes <= limit) await this.#more();
    if (this.#error !== undefined) throw this.#error as Error;
    if (this.#bytes <= limit) return this.#joined();
    this.#chunks = [];
    this.discard();
    return undefined;
  }

  /** The same where nothing more is to come, which is so for most bodies before anybody looks; else nothing is taken. */
  ready(limit: number): Uint8Array | undefined {
    return this.#over && this.#error === undefined && this.#bytes <= limit ? this.#joined() : undefined;
  }

  #join(): void {
    const pieces = this.#chunks.splice(this.#joins);
    this.#joins = this.#chunks.push(Buffer.concat(pieces));
  }

  #joined(): Uint8Array {
    const chunks = this.#chunks;
    const [first] = chunks;
    this.#chunks = [];
    return chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const chunk = this.#chunks.shift();
        if (chunk !== undefined) {
          this.#joins = Math.max(0, this.#joins - 1);
          this.#taken(chunk.length);
          yield chunk;
        } else if (!this.#over) await this.#more();
        else if (this.#error === undefined) return;
        else throw this.#error as Error;
      }
    } finally {
      this.discard();
    }
  }

  #taken(bytes: number): void {
    this.#bytes -= bytes;
    if (!this.#paused || this.#bytes > this.#most) return;
    this.#paused = false;
    this.#control.resume();
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.();
  }
}
