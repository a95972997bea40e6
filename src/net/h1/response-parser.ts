/**
 * Bytes of a connection as responses (RFC 9112): heads, bodies by their framing, informational responses passed over.
 *
 * @module
 */
import { H1Error } from './h1-error.ts';
import { readHead } from './response-head.ts';
import type { ResponseHead } from './response-head.ts';

/** Who hears one response. */
export interface ResponseEars {
  head(head: ResponseHead): void;
  data(bytes: Buffer): void;
  /** The response is whole. `isLast` = nothing can follow it on this connection: it came with more than a response. */
  end(isLast: boolean): void;
}

/** Bytes of a head, and of the trailer; a line of a chunk's size is shorter. */
const LONGEST_HEAD = 16_384;
const LONGEST_LINE = 1_024;
/** More hex digits would be a body that nobody has. */
const MOST_DIGITS = 12;
const HEAD_END = Buffer.from('\r\n\r\n');
/** What every head begins with. */
const START = Buffer.from('HTTP/1.');
const CR = 0x0d;
const LF = 0x0a;

type State = 'head' | 'sized' | 'until-close' | 'size' | 'chunk' | 'chunk-end' | 'trailer' | 'over';

/** One connection's parser; `begin` before each response. What it throws ends the connection. */
export class ResponseParser {
  #state: State = 'over';
  #ears: ResponseEars | undefined;
  /** Bytes of a head or a line that is not whole yet. */
  #rest: Buffer | undefined;
  /** Bytes of the body or of the chunk that are still to come. */
  #left = 0;
  #trailerBytes = 0;

  /** A request goes out: its response comes next. */
  begin(ears: ResponseEars): void {
    this.#ears = ears;
    this.#state = 'head';
  }

  /** Takes what arrived. Errors: `H1Error`, also for bytes behind the last response. */
  push(chunk: Buffer): void {
    let bytes = chunk;
    if (this.#rest !== undefined) {
      bytes = Buffer.concat([this.#rest, chunk]);
      this.#rest = undefined;
    }
    let at = 0;
    if (this.#state === 'over' && bytes.length > 0) throw bad('what came unasked');
    while (at < bytes.length) {
      const next = this.#step(bytes, at);
      if (next === undefined) {
        this.#rest = at === 0 ? bytes : bytes.subarray(at);
        return;
      }
      at = next;
      if (this.#state === 'over') {
        // Who is told may send the next request: what is left here must never be taken for its response.
        this.#tellEnd(at < bytes.length);
        return;
      }
    }
  }

  /** The server has closed the connection. Errors: `H1Error` where a response is not whole. */
  close(): void {
    if (this.#state === 'until-close') {
      this.#state = 'over';
      this.#tellEnd(true);
    } else if (this.#state !== 'over') throw new H1Error('UND_ERR_SOCKET', 'the server closed the connection');
  }

  /** Where it goes on, or `undefined` where more is needed. */
  #step(bytes: Buffer, at: number): number | undefined {
    switch (this.#state) {
      case 'head':
        return this.#takeHead(bytes, at);
      case 'sized':
      case 'chunk':
      case 'until-close':
        return this.#takeData(bytes, at);
      case 'size':
      case 'chunk-end':
      case 'trailer':
        return this.#takeLine(bytes, at);
      case 'over':
        return bytes.length;
    }
  }

  #takeHead(bytes: Buffer, at: number): number | undefined {
    const end = bytes.indexOf(HEAD_END, at);
    if ((end === -1 ? bytes.length : end) - at > LONGEST_HEAD)
      throw new H1Error('UND_ERR_HEADERS_OVERFLOW', 'the head of the response is too large');
    if (end === -1) {
      // Who speaks something else may wait for us to go on, and never end a line.
      const here = Math.min(START.length, bytes.length - at);
      if (START.compare(bytes, at, at + here, 0, here) !== 0) throw bad('the start of the response');
      return undefined;
    }
    const head = readHead(bytes.toString('latin1', at, end));
    const behind = end + HEAD_END.length;
    if (head.status === 101) throw bad('another protocol');
    // Information, not the answer (RFC 9110 §15.2).
    if (head.status < 200) return behind;
    this.#begun(head);
    return behind;
  }

  #begun(head: ResponseHead): void {
    const { framing } = head;
    this.#state = framing === 'chunked' ? 'size' : framing === 'close' ? 'until-close' : 'sized';
    this.#left = typeof framing === 'number' ? framing : Number.POSITIVE_INFINITY;
    this.#ears?.head(head);
    if (this.#left === 0) this.#state = 'over';
  }

  #takeData(bytes: Buffer, at: number): number {
    const here = bytes.length - at;
    const taken = Math.min(here, this.#left);
    this.#ears?.data(at === 0 && taken === here ? bytes : bytes.subarray(at, at + taken));
    this.#left -= taken;
    if (this.#left === 0) {
      if (this.#state === 'chunk') this.#state = 'chunk-end';
      else if (this.#state === 'sized') this.#state = 'over';
    }
    return at + taken;
  }

  #takeLine(bytes: Buffer, at: number): number | undefined {
    const end = bytes.indexOf(LF, at);
    if ((end === -1 ? bytes.length : end) - at > LONGEST_LINE) throw bad('a line of the body');
    if (end === -1) return undefined;
    if (end === at || bytes[end - 1] !== CR) throw bad('the end of a line');
    this.#line(bytes.toString('latin1', at, end - 1));
    return end + 1;
  }

  #line(line: string): void {
    if (this.#state === 'size') this.#chunkOf(line);
    else if (this.#state === 'chunk-end') {
      if (line !== '') throw bad('the end of a chunk');
      this.#state = 'size';
    } else if (line === '') this.#state = 'over';
    else {
      // Fields behind the body are passed over.
      this.#trailerBytes += line.length;
      if (this.#trailerBytes > LONGEST_HEAD) throw bad('the trailer');
    }
  }

  #chunkOf(line: string): void {
    const digits = /^[0-9A-Fa-f]+(?=$|[\t ;])/.exec(line)?.[0];
    if (digits === undefined || digits.length > MOST_DIGITS) throw bad('the size of a chunk');
    this.#left = Number.parseInt(digits, 16);
    this.#trailerBytes = 0;
    this.#state = this.#left === 0 ? 'trailer' : 'chunk';
  }

  #tellEnd(isLast: boolean): void {
    const ears = this.#ears;
    this.#ears = undefined;
    ears?.end(isLast);
  }
}

function bad(what: string): H1Error {
  return new H1Error('HPE_INVALID_RESPONSE', `${what} is not valid`);
}
