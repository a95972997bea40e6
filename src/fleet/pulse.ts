/**
 * Looks after an open remote session between calls: a contact of our own now and then, and at once when its stream
 * dies, so that `connected` never means "was connected once" (BEHAVIOUR §1, §3b).
 *
 * @module
 */
import type { Clock, Timer } from '../base/clock.ts';
import type { Random } from '../base/random.ts';

/** Least time between two contacts that dying streams provoke. */
const STREAM_GAP_MS = 1_000;

/** What a pulse needs. */
export interface PulseOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Mean time between contacts (± 50 %); 0 switches them off. */
  readonly everyMs: number;
  readonly check: () => void;
}

/** The heartbeat of one session. */
export class Pulse {
  readonly #options: PulseOptions;
  #timer: Timer | undefined;
  /** When the next contact is due; the timer may strike before, and then waits for the rest. */
  #dueAt = 0;
  #checkedAt = Number.NEGATIVE_INFINITY;
  #stopped = false;

  constructor(options: PulseOptions) {
    this.#options = options;
    this.#schedule();
  }

  /** The session has just answered something: the next contact is a whole interval away. */
  answered(): void {
    this.#dueAt = this.#nextAt();
  }

  /** A stream of the session died: asks the server itself, at most once a second. */
  streamDied(): void {
    if (this.#stopped) return;
    const now = this.#options.clock.monotonic();
    if (now - this.#checkedAt < STREAM_GAP_MS) return;
    this.#check();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #check(): void {
    this.#checkedAt = this.#options.clock.monotonic();
    this.#schedule();
    this.#options.check();
  }

  #nextAt(): number {
    const { clock, random, everyMs } = this.#options;
    return clock.monotonic() + everyMs * (0.5 + random.next());
  }

  #schedule(): void {
    this.#timer?.cancel();
    this.#dueAt = this.#nextAt();
    this.#wait();
  }

  /** One timer, however many answers come meanwhile. */
  #wait(): void {
    const { clock, everyMs } = this.#options;
    if (everyMs <= 0 || this.#stopped) return;
    const ms = Math.max(0, this.#dueAt - clock.monotonic());
    this.#timer = clock.after(ms, () => (clock.monotonic() < this.#dueAt ? this.#wait() : this.#check()), {
      unref: true,
    });
  }
}
