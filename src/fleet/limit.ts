/**
 * The end of a wait: a signal that aborts after a time or with other signals, and leaves nothing behind on them.
 *
 * @module
 */
import type { Clock } from '../base/clock.ts';

/** An end that was set. */
export interface Limit {
  readonly signal: AbortSignal;
  /** The time was up before anything else ended the wait. */
  readonly isTimeUp: boolean;
  /** The wait is over; nothing is heard or kept any more. */
  end(): void;
}

/**
 * Aborts after `ms` (`undefined` = no time) or with the first of `others`. Unlike `AbortSignal.any`, which leaves a weak
 * reference on long-lived signals for ever.
 */
export function limited(clock: Clock, ms: number | undefined, ...others: readonly (AbortSignal | undefined)[]): Limit {
  const controller = new AbortController();
  let isTimeUp = false;
  const timer =
    ms === undefined
      ? undefined
      : clock.after(ms, () => {
          isTimeUp = !controller.signal.aborted;
          controller.abort(new Error('the time is up'));
        });
  const heard = others
    .filter((other) => other !== undefined)
    .map((other) => {
      const abort = (): void => controller.abort(other.reason);
      if (other.aborted) abort();
      else other.addEventListener('abort', abort, { once: true });
      return () => other.removeEventListener('abort', abort);
    });
  return {
    signal: controller.signal,
    get isTimeUp() {
      return isTimeUp;
    },
    end() {
      timer?.cancel();
      for (const unhear of heard) unhear();
    },
  };
}

/** Resolves when the work is over or the signal aborts, whichever comes first; how the work ended is not told. */
export function unlessAborted(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      signal.removeEventListener('abort', end);
      resolve();
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
    work.then(end, end);
  });
}

/** A limit of which most calls never need the signal: it is made when somebody asks for it. */
export interface LazyLimit {
  readonly signal: AbortSignal;
  /** What is left of the time, in milliseconds; at least 1. */
  readonly leftMs: number;
  end(): void;
}

/** As `limited`, for a call that is nearly always over before anybody has to hear of its end. */
export function lazilyLimited(clock: Clock, ms: number, other: AbortSignal | undefined): LazyLimit {
  return new Lazy(clock, ms, other);
}

class Lazy implements LazyLimit {
  readonly #clock: Clock;
  readonly #until: number;
  readonly #other: AbortSignal | undefined;
  #made: Limit | undefined;

  constructor(clock: Clock, ms: number, other: AbortSignal | undefined) {
    this.#clock = clock;
    this.#until = clock.monotonic() + ms;
    this.#other = other;
  }

  get signal(): AbortSignal {
    this.#made ??= limited(this.#clock, this.leftMs, this.#other);
    return this.#made.signal;
  }

  get leftMs(): number {
    return Math.max(1, this.#until - this.#clock.monotonic());
  }

  end(): void {
    this.#made?.end();
  }
}
