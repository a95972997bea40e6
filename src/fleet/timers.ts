/**
 * The timers of one connection: at most one of each kind that its state waits on, and those of contacts to come.
 *
 * @module
 */
import type { Clock, Timer } from '../base/clock.ts';
import type { TimerId } from '../core/state.ts';

/** All of them. */
export class Timers {
  readonly #clock: Clock;
  readonly #armed = new Map<TimerId, Timer>();
  readonly #later = new Set<Timer>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Waits anew: the timer of this kind that waits already is cancelled. */
  arm(id: TimerId, ms: number, fire: () => void): void {
    this.disarm(id);
    const timer = this.#clock.after(ms, () => {
      this.#armed.delete(id);
      fire();
    });
    this.#armed.set(id, timer);
  }

  disarm(id: TimerId): void {
    this.#armed.get(id)?.cancel();
    this.#armed.delete(id);
  }

  /** Calls `fire` once, beside all the others. */
  later(ms: number, fire: () => void): void {
    const timer = this.#clock.after(ms, () => {
      this.#later.delete(timer);
      fire();
    });
    this.#later.add(timer);
  }

  /** Cancels all of them. */
  clear(): void {
    for (const timer of [...this.#armed.values(), ...this.#later]) timer.cancel();
    this.#armed.clear();
    this.#later.clear();
  }
}
