/**
 * Time as an argument. Everything above this floor waits through a `Clock`, so that tests move time and never sleep.
 *
 * @module
 */

/** A timer that can be cancelled. Cancelling twice, or after it fired, does nothing. */
export interface Timer {
  cancel(): void;
}

/** The only source of time. */
export interface Clock {
  /** Wall-clock milliseconds since the epoch. */
  now(): number;
  /** Milliseconds that never go back; only differences mean anything. May stand still while the machine sleeps. */
  monotonic(): number;
  /** Calls `fire` once after `ms` (clamped to 0…2³¹−1). A timer never keeps the process alive by itself when `unref` is set. */
  after(ms: number, fire: () => void, options?: { readonly unref?: boolean }): Timer;
  /** Resolves after `ms`; rejects with `signal.reason` on abort, leaving no timer behind. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Resolves after `ms` on the given clock, or rejects with the abort reason. Shared by every `Clock` implementation. */
export function sleepOn(clock: Pick<Clock, 'after'>, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const stop = (): void => {
      timer.cancel();
      reject(signal?.reason as Error);
    };
    const timer = clock.after(ms, () => {
      signal?.removeEventListener('abort', stop);
      resolve();
    });
    signal?.addEventListener('abort', stop, { once: true });
  });
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, fire, options) {
    const handle = setTimeout(fire, Math.min(Math.max(0, ms), LONGEST_TIMER_MS));
    if (options?.unref) handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
  sleep: (ms, signal) => sleepOn(systemClock, ms, signal),
};

/**
 * Calls `run` once, as soon as everything that has arrived by now was handled. No time passes, so no clock is asked, and a
 * virtual one does not hold it back.
 */
export function afterThisTurn(run: () => void): void {
  setImmediate(run);
}

/** ISO-8601 UTC, the only form in which a time leaves the program. */
export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** Milliseconds since the epoch of an ISO-8601 time; `NaN` when the text is none. */
export function parseIso(text: string): number {
  return Date.parse(text);
}
