/**
 * Notices that nobody needs the daemon.
 *
 * @module
 */
import type { Clock, Timer } from '../base/clock.ts';

const LOOKS = 20;

/** Calls back once when nothing was needed for the whole of a time. */
export class IdleWatch {
  readonly #clock: Clock;
  readonly #idleMs: number;
  readonly #idle: () => void;
  #timer: Timer | undefined;
  #since: number | undefined;

  constructor(clock: Clock, idleMs: number, idle: () => void) {
    this.#clock = clock;
    this.#idleMs = idleMs;
    this.#idle = idle;
  }

  /** Looks now and then whether something is `needed`. */
  watch(needed: () => boolean): void {
    const now = this.#clock.monotonic();
    if (needed()) this.#since = undefined;
    else this.#since ??= now;
    if (this.#since !== undefined && now - this.#since >= this.#idleMs) {
      this.#idle();
      return;
    }
    this.#timer = this.#clock.after(this.#idleMs / LOOKS, () => this.watch(needed), { unref: true });
  }

  stop(): void {
    this.#timer?.cancel();
  }
}
