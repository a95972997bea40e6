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

/** What may be replaced. */
export interface LimitParts {
  /** While it holds, a person is being asked on behalf of the server: its silence is not counted. */
  readonly isAsking?: () => boolean;
  readonly cut?: AbortController;
  /** The request goes out at once: no timer is set for the time before. */
  readonly startsNow?: boolean;
}

/**
 * The clocks of one call: whole, first byte, idle; and the caller's own signal. One timer for all of them, set for the
 * first that can strike: calls are many, and nearly all end before any does.
 */
export class Limits {
  stopped: Stop | undefined;
  /** Ends the call, also for other reasons than a limit. */
  readonly cut: AbortController;
  readonly #numbers: LimitNumbers;
  readonly #clock: Clock;
  readonly #caller: AbortSignal | undefined;
  readonly #isAsking: () => boolean;
  readonly #totalAt: number;
  /** Since when the first byte is waited for. */
  #waitsSince = Number.POSITIVE_INFINITY;
  /** The last sign of life; none is expected before the request goes out. */
  #heardAt = Number.POSITIVE_INFINITY;
  #timer: Timer | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  #ended = false;
  readonly #cancel = (): void => this.#stop('cancelled');

  constructor(
    options: Pick<CallOptions, 'signal' | 'timeoutMs'>,
    numbers: LimitNumbers,
    clock: Clock,
    { isAsking = () => false, cut = new AbortController(), startsNow = false }: LimitParts = {},
  ) {
    this.cut = cut;
    this.#numbers = numbers;
    this.#clock = clock;
    this.#isAsking = isAsking;
    this.#caller = options.signal;
    const now = clock.monotonic();
    this.#totalAt = now + forever(options.timeoutMs ?? numbers.totalMs);
    if (startsNow) this.#waitsSince = this.#heardAt = now;
    this.#arm();
    if (this.#caller?.aborted === true) this.#cancel();
    this.#caller?.addEventListener('abort', this.#cancel, { once: true });
  }

  get signal(): AbortSignal {
    return this.cut.signal;
  }

  /** The request goes out now. */
  start(): void {
    this.#waitsSince = this.#clock.monotonic();
    this.#heardAt = this.#waitsSince;
    this.#arm();
  }

  began(): void {
    this.#waitsSince = Number.POSITIVE_INFINITY;
    this.touch();
  }

  touch(): void {
    this.#heardAt = this.#clock.monotonic();
  }

  end(): void {
    this.#ended = true;
    this.#timer?.cancel();
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

  get #firstByteAt(): number {
    return this.#waitsSince + forever(this.#numbers.firstByteMs);
  }

  get #idleAt(): number {
    return this.#heardAt + forever(this.#numbers.idleMs);
  }

  /** A timer that strikes too early costs nothing: it looks, and waits for the rest. */
  #arm(): void {
    const at = Math.min(this.#totalAt, this.#firstByteAt, this.#idleAt);
    if (this.#ended || at >= this.#timerAt) return;
    this.#timer?.cancel();
    this.#timerAt = at;
    const ms = Math.max(0, Math.ceil(at - this.#clock.monotonic()));
    this.#timer = this.#clock.after(ms, () => this.#look());
  }

  #look(): void {
    this.#timerAt = Number.POSITIVE_INFINITY;
    const now = this.#clock.monotonic();
    if (this.#isAsking()) {
      this.#heardAt = now;
      if (this.#waitsSince !== Number.POSITIVE_INFINITY) this.#waitsSince = now;
    }
    if (now >= this.#totalAt) this.#stop('total');
    else if (now >= this.#firstByteAt) this.#stop('first-byte');
    else if (now >= this.#idleAt) this.#stop('idle');
    else this.#arm();
  }

  #stop(stop: Stop): void {
    if (this.stopped !== undefined) return;
    this.stopped = stop;
    this.cut.abort(new Error(STOP_TEXT[stop]));
  }
}

/** 0 stands for no limit. */
const forever = (ms: number): number => (ms > 0 ? ms : Number.POSITIVE_INFINITY);
