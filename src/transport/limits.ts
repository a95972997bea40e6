/**
 * The clocks of one call: whole time, first byte, idle, and the caller's own signal.
 *
 * @module
 */
import type { Clock, Timer } from '../base/clock.ts';
import type { CallOptions } from '../core/ports.ts';

/** Limits in milliseconds; 0 = none. */
export interface LimitNumbers {
  /** Until an answer begins. */
  readonly firstByteMs: number;
  /** Without answer or progress. */
  readonly idleMs: number;
  /** Whole time where the caller names none. */
  readonly totalMs: number;
}

/** Why we ended a call ourselves. */
export type Stop = 'total' | 'first-byte' | 'idle' | 'cancelled';

/** The same as sentences. */
export const STOP_TEXT: Readonly<Record<Stop, string>> = {
  total: 'The call took longer than it may.',
  'first-byte': 'The server did not begin to answer in time.',
  idle: 'The server sent neither an answer nor progress for too long.',
  cancelled: 'The call was cancelled.',
};

/** The clocks of one call: whole, first byte, idle; and the caller's own signal. */
export class Limits {
  stopped: Stop | undefined;
  readonly #abort = new AbortController();
  readonly #numbers: LimitNumbers;
  readonly #clock: Clock;
  readonly #caller: AbortSignal | undefined;
  readonly #total: Timer | undefined;
  #firstByte: Timer | undefined;
  #idle: Timer | undefined;
  #ended = false;
  readonly #isAsking: () => boolean;
  readonly #cancel = (): void => this.#stop('cancelled');

  /** While `isAsking`, a person is being asked on behalf of the server: its silence is not counted. */
  constructor(options: CallOptions, numbers: LimitNumbers, clock: Clock, isAsking: () => boolean = () => false) {
    this.#numbers = numbers;
    this.#clock = clock;
    this.#isAsking = isAsking;
    this.#caller = options.signal;
    this.#total = this.#arm(options.timeoutMs ?? numbers.totalMs, 'total');
    if (this.#caller?.aborted === true) this.#cancel();
    this.#caller?.addEventListener('abort', this.#cancel, { once: true });
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** The request goes out now. */
  start(): void {
    this.#firstByte?.cancel();
    this.#firstByte = this.#arm(this.#numbers.firstByteMs, 'first-byte');
    this.touch();
  }

  began(): void {
    this.#firstByte?.cancel();
    this.touch();
  }

  touch(): void {
    this.#idle?.cancel();
    this.#idle = this.#arm(this.#numbers.idleMs, 'idle');
  }

  end(): void {
    this.#ended = true;
    for (const timer of [this.#total, this.#firstByte, this.#idle]) timer?.cancel();
    this.#caller?.removeEventListener('abort', this.#cancel);
  }

  /** The promise, unless a limit ends the wait first. */
  async race(promise: Promise<void>): Promise<void> {
    await Promise.race([
      promise,
      new Promise<never>((_, reject) => {
        const stop = (): void => reject(this.signal.reason as Error);
        if (this.signal.aborted) stop();
        this.signal.addEventListener('abort', stop, { once: true });
      }),
    ]);
  }

  #arm(ms: number, stop: Stop): Timer | undefined {
    return ms > 0 && !this.#ended ? this.#clock.after(ms, () => this.#late(ms, stop)) : undefined;
  }

  #late(ms: number, stop: Stop): void {
    if (stop === 'total' || !this.#isAsking()) this.#stop(stop);
    else if (stop === 'idle') this.#idle = this.#arm(ms, stop);
    else this.#firstByte = this.#arm(ms, stop);
  }

  #stop(stop: Stop): void {
    if (this.stopped !== undefined) return;
    this.stopped = stop;
    this.#abort.abort(new Error(STOP_TEXT[stop]));
  }
}
