/**
 * A line that was too long to keep, and which request it was the answer to: so that a caller hears of the loss at once
 * and does not wait for a time-out.
 *
 * @module
 */
import type { RequestId } from '@modelcontextprotocol/client';

/** How much of either end is kept. */
const END_BYTES = 256;

const ID = String.raw`(\d{1,15}|"(?:[^"\\]|\\.){1,100}")`;
/** The only two places where a member is at the top level for sure: the start of the line and its end. */
const AT_START = new RegExp(String.raw`^\{(?:"jsonrpc":"2\.0",)?"id":${ID},(?:"jsonrpc":"2\.0",)?"(?:result|error)":`);
const RESULT_AT_START = /^\{(?:"jsonrpc":"2\.0",)?"(?:result|error)":/;
const AT_END = new RegExp(String.raw`,"id":${ID}(?:,"jsonrpc":"2\.0")?\}$`);

/** The two ends of a line whose middle was dropped. */
export class LostLine {
  #head = Buffer.alloc(0);
  #tail = Buffer.alloc(0);
  #bytes = 0;

  /** Takes the next part of the line. */
  push(part: Buffer): void {
    this.#bytes += part.length;
    if (this.#head.length < END_BYTES)
      this.#head = Buffer.concat([this.#head, part.subarray(0, END_BYTES - this.#head.length)]);
    this.#tail = Buffer.concat([this.#tail, part.subarray(-END_BYTES)]).subarray(-END_BYTES);
  }

  /** Length of the whole line in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The id of the request that the line answered, where it can be told for sure. */
  answered(): RequestId | undefined {
    const head = this.#head.toString('utf8');
    const tail = this.#tail.toString('utf8').trimEnd();
    const id = AT_START.exec(head)?.[1] ?? (RESULT_AT_START.test(head) ? AT_END.exec(tail)?.[1] : undefined);
    return id === undefined ? undefined : (JSON.parse(id) as RequestId);
  }
}
