/**
 * A clock whose time moves only when a test moves it.
 *
 * @module
 */
// One real turn of the event loop, no wait: every promise that can settle has settled after it.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { sleepOn } from '../base/clock.ts';
import type { Clock } from '../base/clock.ts';
import { HoldfastError } from '../base/errors.ts';
import { TimerHeap } from './timer-heap.ts';
import type { HeapTimer } from './timer-heap.ts';

/** How far `runUntilIdle` goes before it says that the timers never end. */
const IDLE_LIMIT_MS = 7 * 24 * 3_600_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** 2026-01-01T00:00:00Z: any fixed time does, but readable ISO texts help. */
const DEFAULT_START_MS = 1_767_225_600_000;

/** What the machine's sleep does to its monotonic clock. */
export interface JumpOptions {
  /**
   * `stands-still` (default, Linux): timers lost nothing and wait their whole rest after the wake-up.
   * `moves` (other systems): the timers that came due during the sleep fire, late, at the next `advance`.
   */
  readonly monotonic?: 'stands-still' | 'moves';
}

/** A `Clock` under the control of a test. */
export interface VirtualClock extends Clock {
  /**
   * Moves time by `ms`. Timers that come due fire in order, each at its own time, and promises settle after every one.
   * Errors: `ERR_USAGE` for a negative time or when another `advance` is under way; what a timer throws is thrown on.
   */
  advance(ms: number): Promise<void>;
  /** Fires timers until none is left, at most `limitMs` of virtual time (default 7 days; then `ERR_INTERNAL`). Returns the time that passed. */
  runUntilIdle(limitMs?: number): Promise<number>;
  /** The machine sleeps, or its clock is set: wall time jumps (backwards too) and no timer fires in between. */
  jump(ms: number, options?: JumpOptions): void;
  /** Lets promises settle without moving time. */
  settle(): Promise<void>;
  /** Timers that are waiting. */
  readonly pending: number;
  /** Milliseconds until the next timer, or `undefined` when none waits. */
  readonly nextIn: number | undefined;
}

class Virtual implements VirtualClock {
  readonly #timers = new TimerHeap();
  #monotonic = 0;
  #wallOffset: number;
  #seq = 0;
  #advancing = false;

  constructor(startMs: number) {
    this.#wallOffset = startMs;
  }

  get pending(): number {
    return this.#timers.size;
  }

  get nextIn(): number | undefined {
    const next = this.#timers.peek();
    return next === undefined ? undefined : Math.max(0, next.at - this.#monotonic);
  }

  // Bound, because code takes `clock.now` as a function.
  readonly now = (): number => this.#wallOffset + this.#monotonic;
  readonly monotonic = (): number => this.#monotonic;
  readonly settle = (): Promise<void> => nextTurn();

  after(ms: number, fire: () => void): { cancel(): void } {
    const wait = Math.min(Math.max(0, ms), LONGEST_TIMER_MS);
    this.#seq += 1;
    const timer: HeapTimer = { at: this.#monotonic + wait, seq: this.#seq, fire, over: false };
    this.#timers.push(timer);
    return { cancel: () => this.#timers.cancel(timer) };
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, ms, signal);
  }

  jump(ms: number, options: JumpOptions = {}): void {
    if (options.monotonic !== 'moves') {
      this.#wallOffset += ms;
      return;
    }
    if (ms < 0) throw new HoldfastError('ERR_USAGE', 'a monotonic clock never goes back');
    this.#monotonic += ms;
  }

  async advance(ms: number): Promise<void> {
    if (!(ms >= 0)) throw new HoldfastError('ERR_USAGE', `time cannot be advanced by ${ms} ms`);
    await this.#alone(async () => {
      await this.settle();
      const end = this.#monotonic + ms;
      for (let next = this.#timers.peek(); next !== undefined && next.at <= end; next = this.#timers.peek())
        await this.#fireNext();
      this.#monotonic = Math.max(this.#monotonic, end);
      await this.settle();
    });
  }

  async runUntilIdle(limitMs = IDLE_LIMIT_MS): Promise<number> {
    const start = this.#monotonic;
    await this.#alone(async () => {
      await this.settle();
      for (let next = this.#timers.peek(); next !== undefined; next = this.#timers.peek()) {
        if (next.at > start + limitMs)
          throw new HoldfastError('ERR_INTERNAL', `timers still wait after ${limitMs} ms of virtual time`);
        await this.#fireNext();
      }
    });
    return this.#monotonic - start;
  }

  async #fireNext(): Promise<void> {
    const timer = this.#timers.pop();
    if (timer === undefined) return;
    this.#monotonic = Math.max(this.#monotonic, timer.at);
    timer.fire();
    await this.settle();
  }

  async #alone(work: () => Promise<void>): Promise<void> {
    if (this.#advancing) throw new HoldfastError('ERR_USAGE', 'the time is being advanced already');
    this.#advancing = true;
    try {
      await work();
    } finally {
      this.#advancing = false;
    }
  }
}

/** A virtual clock that stands at `startMs` (milliseconds since the epoch, default 2026-01-01T00:00:00Z). */
export function createVirtualClock(startMs: number = DEFAULT_START_MS): VirtualClock {
  return new Virtual(startMs);
}
