/**
 * What one path of the fault server has seen.
 *
 * @module
 */
import type { RequestRecord } from './exchange.ts';

/** The last requests, and exact counters over all of them. */
export class MountLog {
  readonly #keep: number;
  #records: RequestRecord[] = [];
  #initializes = 0;
  #probes = 0;
  #gets = 0;
  #count = 0;

  constructor(keep: number) {
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
    const handshakes = Math.max(this.#initializes, this.#probes);
    return handshakes > 0 ? handshakes : this.#gets;
  }

  add(record: RequestRecord): void {
    this.#count += 1;
    if (record.rpcMethod === 'initialize') this.#initializes += 1;
    if (record.rpcMethod === 'server/discover') this.#probes += 1;
    if (record.method === 'GET') this.#gets += 1;
    this.#records.push(record);
    // Dropped in lumps: shifting one by one costs time in long runs.
    if (this.#records.length > this.#keep * 2) this.#records = this.#records.slice(-this.#keep);
  }
}
