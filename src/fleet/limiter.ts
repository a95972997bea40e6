/**
 * How many tries run side by side: a fixed number of slots a kind, given back after a while so that hanging servers do
 * not keep good ones waiting; first tries go before retries (BEHAVIOUR §4).
 *
 * @module
 */
import type { Clock } from '../base/clock.ts';

interface Waiter {
  readonly first: boolean;
  readonly go: () => void;
}

/** A pool of slots with two queues. */
export class Limiter {
  readonly #clock: Clock;
  readonly #slotMs: number;
  readonly #queue: Waiter[] = [];
  #free: number;

  /** `slots` tries at once; each gives its slot back after `slotMs` even when it is still running. */
  constructor(clock: Clock, slots: number, slotMs: number) {
    this.#clock = clock;
    this.#free = Math.max(1, slots);
    this.#slotMs = slotMs;
  }

  /** Resolves with the release function when a slot is free; rejects when `signal` aborts first. Releasing twice does nothing. */
  async acquire(first: boolean, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#free > 0) this.#free -= 1;
    else await this.#wait(first, signal);
    let held = true;
    const release = (): void => {
      if (!held) return;
      held = false;
      timer.cancel();
      this.#pass();
    };
    const timer = this.#clock.after(this.#slotMs, release, { unref: true });
    return release;
  }

  #wait(first: boolean, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        first,
        go: () => {
          signal.removeEventListener('abort', leave);
          resolve();
        },
      };
      const leave = (): void => {
        this.#queue.splice(this.#queue.indexOf(waiter), 1);
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', leave, { once: true });
      const behindFirst = this.#queue.findIndex((other) => !other.first);
      if (first && behindFirst >= 0) this.#queue.splice(behindFirst, 0, waiter);
      else this.#queue.push(waiter);
    });
  }

  #pass(): void {
    const next = this.#queue.shift();
    if (next === undefined) this.#free += 1;
    else next.go();
  }
}
