/**
 * Newline-delimited JSON-RPC (MCP, stdio transport) read from chunks that are cut anywhere.
 * What is no message is counted and shown a few times; it never ends the connection.
 *
 * @module
 */
import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/client';
import { isTooDeep } from '../../base/json-depth.ts';
import { DEEPEST } from '../protocol.ts';
import { LostLine } from './oversize.ts';

const LINE_FEED = 0x0a;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
/** How many stray lines are shown; later ones are only counted. */
const SHOWN = 5;
/** How much of a stray line is shown, in bytes. */
const SHOWN_BYTES = 512;

/** What the reader tells its owner. */
export interface FrameListener {
  /** Takes a line before it is read, and says whether it did. */
  unread?(line: Buffer): boolean;
  message(message: JSONRPCMessage): void;
  /** A line that is no JSON-RPC message, raw; called for the first five only. */
  stray(line: string): void;
  /** The answer to this request is nested too deep to be passed on. */
  tooDeep?(answered: RequestId): void;
  /** A line over the limit was dropped; `answered` is the request that it was the answer to, where that can be told. */
  dropped(bytes: number, answered: RequestId | undefined): void;
}

function isMessage(value: unknown): value is JSONRPCMessage {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { jsonrpc, method, id } = value as Record<string, unknown>;
  if (jsonrpc !== '2.0') return false;
  return typeof method === 'string' || (id !== undefined && ('result' in value || 'error' in value));
}

/** `undefined` for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Splits a byte stream into messages. Memory is bounded by `limitBytes` (`messageBytes`) for the line being read. */
export class FrameReader {
  readonly #limit: number;
  readonly #listener: FrameListener;
  #parts: Buffer[] = [];
  #bytes = 0;
  #lost: LostLine | undefined;
  #strays = 0;
  #dropped = 0;

  constructor(limitBytes: number, listener: FrameListener) {
    this.#limit = limitBytes;
    this.#listener = listener;
  }

  /** Lines so far that were no message. */
  get strays(): number {
    return this.#strays;
  }

  /** Lines so far that were over the limit. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Takes the next bytes of the stream. */
  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      this.#extend(chunk.subarray(start, end));
      this.#closeLine();
      start = end + 1;
    }
    if (start < chunk.length) this.#extend(chunk.subarray(start));
  }

  #extend(part: Buffer): void {
    if (this.#lost === undefined && this.#bytes + part.length > this.#limit) {
      this.#lost = new LostLine();
      for (const kept of this.#parts) this.#lost.push(kept);
      this.#parts = [];
    }
    if (this.#lost !== undefined) this.#lost.push(part);
    else if (part.length > 0) this.#parts.push(part);
    this.#bytes += part.length;
  }

  #closeLine(): void {
    const parts = this.#parts;
    const lost = this.#lost;
    this.#parts = [];
    this.#bytes = 0;
    this.#lost = undefined;
    if (lost !== undefined) this.#drop(lost);
    else if (parts.length > 0) this.#read(parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts));
  }

  #drop(lost: LostLine): void {
    this.#dropped += 1;
    this.#listener.dropped(lost.bytes, lost.answered());
  }

  #read(line: Buffer): void {
    if (this.#listener.unread?.(line) === true) return;
    const bare = line.subarray(0, 3).equals(BYTE_ORDER_MARK) ? line.subarray(3) : line;
    const text = bare.toString('utf8');
    if (text.trim() === '') return;
    const deep = isTooDeep(text, DEEPEST);
    if (deep) this.#refuse(line);
    const value = deep ? undefined : parsed(text);
    if (value === undefined) {
      this.#stray(bare);
      return;
    }
    // Revision 2025-03-26 allowed several messages in one array.
    const values: readonly unknown[] = Array.isArray(value) && value.length > 0 ? value : [value];
    if (!values.every(isMessage)) this.#stray(bare);
    for (const each of values) if (isMessage(each)) this.#listener.message(each);
  }

  #refuse(line: Buffer): void {
    const ends = new LostLine();
    ends.push(line);
    const answered = ends.answered();
    if (answered !== undefined) this.#listener.tooDeep?.(answered);
  }

  #stray(line: Buffer): void {
    this.#strays += 1;
    if (this.#strays <= SHOWN) this.#listener.stray(line.subarray(0, SHOWN_BYTES).toString('utf8'));
  }
}
