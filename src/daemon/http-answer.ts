/**
 * Reads one HTTP/1.1 answer (RFC 9112) from a connection that carries nothing else. Written out here because it is the
 * whole of what a client of the control socket needs, and loading `node:http` takes a fifth of the time in which
 * `holdfast status` has to be done.
 *
 * @module
 */
import { StringDecoder } from 'node:string_decoder';
import { ByteReader } from './byte-reader.ts';
import type { Source } from './byte-reader.ts';

const LONGEST_LINE = 16_384;
const MOST_HEADERS = 200;

/** The head of an answer. */
export interface AnswerHead {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
}

/** What came is no HTTP/1.1 answer, or it ended too early. */
export class BadAnswer extends Error {
  override readonly name: string = 'BadAnswer';
}

/** The other side closed before the answer was whole. */
export class EarlyEnd extends BadAnswer {
  override readonly name = 'EarlyEnd';

  constructor() {
    super('the answer ended too early');
  }
}

/** One answer, read from its beginning. Errors of every method: `BadAnswer`, and those of the source. */
export class HttpAnswer {
  readonly #reader: ByteReader;

  constructor(source: Source) {
    this.#reader = new ByteReader(source);
  }

  /** The head; interim ones (1xx) are signs of life and are passed over. */
  async head(): Promise<AnswerHead> {
    for (;;) {
      const first = await this.#line();
      const status = Number(/^HTTP\/1\.1 (\d{3})(?: |$)/.exec(first)?.[1]);
      if (!(status >= 100)) throw new BadAnswer('this is no answer of HTTP/1.1');
      const headers = await this.#headers();
      if (status >= 200) return { status, headers };
    }
  }

  /** The body, as text, as it comes. */
  async *body({ headers }: AnswerHead): AsyncGenerator<string> {
    const decoder = new StringDecoder('utf8');
    const parts = headers.get('transfer-encoding') === 'chunked' ? this.#chunks() : this.#bytes(lengthOf(headers));
    for await (const part of parts) {
      const text = decoder.write(part);
      if (text !== '') yield text;
    }
    const rest = decoder.end();
    if (rest !== '') yield rest;
  }

  async *#chunks(): AsyncGenerator<Buffer> {
    for (;;) {
      const size = /^([0-9a-f]{1,8})(?:;|$)/i.exec(await this.#line())?.[1];
      if (size === undefined) throw new BadAnswer('a chunk has no size');
      const length = Number.parseInt(size, 16);
      if (length === 0) break;
      yield* this.#bytes(length);
      if ((await this.#line()) !== '') throw new BadAnswer('a chunk is longer than its size');
    }
    await this.#headers();
  }

  async *#bytes(length: number): AsyncGenerator<Buffer> {
    let left = length;
    while (left > 0) {
      const part = await this.#reader.some(left);
      if (part === undefined) throw new EarlyEnd();
      left -= part.length;
      yield part;
    }
  }

  async #headers(): Promise<ReadonlyMap<string, string>> {
    const headers = new Map<string, string>();
    for (let count = 0; count < MOST_HEADERS; count += 1) {
      const line = await this.#line();
      if (line === '') return headers;
      const colon = line.indexOf(':');
      headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
    }
    throw new BadAnswer('the answer has too many headers');
  }

  async #line(): Promise<string> {
    const line = await this.#reader.line(LONGEST_LINE);
    if (line === undefined) throw new EarlyEnd();
    return line;
  }
}

function lengthOf(headers: ReadonlyMap<string, string>): number {
  const length = headers.get('content-length');
  if (length === undefined || !/^\d{1,15}$/.test(length)) throw new BadAnswer('the answer has no length');
  return Number(length);
}
