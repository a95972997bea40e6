/**
 * How often one server's tools may be called: a bucket of calls that fills by the clock and is emptied by calls.
 *
 * @module
 */
import type { Clock } from '../../base/clock.ts';

const MINUTE_MS = 60_000;
/** Calls that may come at once, as a part of those of a minute. */
const BURST = 1 / 6;
/** Rounds of questions that one call may take, as where the gateway itself makes them. */
const ROUNDS_EACH = 16;
/** For so long a client may answer a question. */
const ROUNDS_MINUTES = 10;
/** Sums of fractions are not exact: so little of a call is none. */
const CLOSE = 1e-6;

/** How many calls may come at once where so many are allowed in a minute: those of ten seconds, at least one. */
export function burstOf(perMinute: number): number {
  return Math.max(1, Math.ceil(perMinute * BURST));
}

/** One bucket. It sets no timer. */
export class RateLimit {
  readonly #clock: Pick<Clock, 'monotonic'>;
  #perMinute: number;
  #burst: number;
  #calls: number;
  /** When `#calls` was right. */
  #at: number;
  /** Rounds that the calls of the last minutes may still take. */
  #rounds = 0;

  /** Full at first. */
  constructor(clock: Pick<Clock, 'monotonic'>, perMinute: number) {
    this.#clock = clock;
    this.#perMinute = perMinute;
    this.#burst = burstOf(perMinute);
    this.#calls = this.#burst;
    this.#at = clock.monotonic();
  }

  get perMinute(): number {
    return this.#perMinute;
  }

  /** From now on another number counts; the bucket stays as full as it is. */
  change(perMinute: number): void {
    if (perMinute === this.#perMinute) return;
    this.#fill();
    const burst = burstOf(perMinute);
    this.#calls *= burst / this.#burst;
    this.#burst = burst;
    this.#perMinute = perMinute;
  }

  /** Takes one call. 0 = it may go; else the milliseconds after which one may, and nothing is taken. */
  take(): number {
    this.#fill();
    if (this.#calls < 1 - CLOSE) return Math.ceil(((1 - this.#calls) * MINUTE_MS) / this.#perMinute);
    this.#calls = Math.max(0, this.#calls - 1);
    this.#rounds = Math.min(this.#rounds + ROUNDS_EACH, this.#perMinute * ROUNDS_MINUTES * ROUNDS_EACH);
    return 0;
  }

  /** The same for a further round of a call that has begun: it belongs to that call, as long as there are not too many. */
  takeRound(): number {
    if (this.#rounds <= 0) return this.take();
    this.#rounds -= 1;
    return 0;
  }

  #fill(): void {
    const now = this.#clock.monotonic();
    this.#calls = Math.min(this.#burst, this.#calls + ((now - this.#at) * this.#perMinute) / MINUTE_MS);
    this.#at = now;
  }
}
