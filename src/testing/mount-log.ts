/**
 * What one path of the fault server has seen.
 *
 * @module
 */
import type { RequestRecord } from './exchange.ts';

/** The last requests, and exact counters over all of them. */
export class MountLog {
  readonly #path: string;
  readonly #keep: number;
  #records: RequestRecord[] = [];
  #initializes = 0;
  #handshakes = 0;
  #probes = 0;
  #gets = 0;
  #count = 0;

  constructor(path: string, keep: number) {
    this.#path = path;
    this.#keep = keep;
  }

  get records(): readonly RequestRecord[] {
    return this.#records;
  }

  get count(): number {
    return this.#count;
  }

  get initializes(): number {
    return this.#initializes;
  }

  get tries(): number {
    const openings = Math.max(this.#handshakes, this.#probes);
    return openings > 0 ? openings : this.#gets;
  }

  add(record: RequestRecord): void {
    this.#count += 1;
    if (record.rpcMethod === 'initialize') this.#initializes += 1;
    // Below the path it belongs to a stream of HTTP+SSE, whose GET was the opening.
    if (record.rpcMethod === 'initialize' && record.url.split('?', 1)[0] === this.#path) this.#handshakes += 1;
    if (record.rpcMethod === 'server/discover') this.#probes += 1;
    if (record.method === 'GET') this.#gets += 1;
    this.#records.push(record);
    // Dropped in lumps: shifting one by one costs time in long runs.
    if (this.#records.length > this.#keep * 2) this.#records = this.#records.slice(-this.#keep);
  }
}
