/**
 * What a connection has left and still ends: old sessions and processes, for which the next process waits.
 *
 * @module
 */
import type { Clock } from '../base/clock.ts';
import type { Numbers } from '../core/numbers.ts';
import { limited, unlessAborted } from './limit.ts';

/** What ending a process may take beside its own graces. */
const KILL_MS = 5_000;

/** The work of one connection that is being ended. */
export class Closing {
  readonly #clock: Clock;
  readonly #longestMs: number;
  #done: Promise<void>;

  /** `before`: what another connection of the same entry still ends. */
  constructor(clock: Clock, { stdinGraceMs, termGraceMs }: Numbers, before: Promise<void>) {
    this.#clock = clock;
    this.#longestMs = stdinGraceMs + termGraceMs + KILL_MS;
    this.#done = before;
  }

  /** Resolves when everything that was added so far is over, well or not. */
  get done(): Promise<void> {
    return this.#done;
  }

  /** Adds work; how it ends is not told. */
  add(work: Promise<unknown>): void {
    this.#done = Promise.allSettled([this.#done, work]).then(() => undefined);
  }

  /** Resolves when what came before is over, or at `signal`. A process that cannot be ended keeps its server away for a time only. */
  async cleared(signal: AbortSignal): Promise<void> {
    const limit = limited(this.#clock, this.#longestMs, signal);
    await unlessAborted(this.#done, limit.signal);
    limit.end();
  }
}
