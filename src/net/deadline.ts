/**
 * The two clocks of one request, whole time and silence, and the caller's own abort, as one signal.
 *
 * @module
 */
import type { Clock, Timer } from '../base/clock.ts';
import { errnoOf } from '../base/errors.ts';
import type { Answer } from '../core/fault.ts';
import { wasProxied } from './unsent.ts';

/** Ends the waits of one request. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** The promise, or a rejection as soon as the request is over; the silence clock starts anew. */
  within<T>(work: Promise<T>): Promise<T>;
  /** What a rejection of `within` means. */
  answerFor(error: unknown): Answer;
  /** Drops timers and listeners, and with them whatever is still open. */
  end(): void;
}

/** Milliseconds and the caller's signal. `phaseMs` defaults to `timeoutMs`. */
export interface DeadlineOptions {
  readonly timeoutMs: number;
  readonly phaseMs?: number;
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

/** Starts both clocks now. `end()` must follow. */
export function startDeadline({ timeoutMs, phaseMs = timeoutMs, signal, clock }: DeadlineOptions): Deadline {
  const controller = new AbortController();
  let late: string | undefined;
  const expire = (text: string): void => {
    late ??= text;
    controller.abort();
  };
  const stop = (): void => controller.abort();
  const total = clock.after(timeoutMs, () => expire(`no complete answer within ${timeoutMs} ms`));
  let phase: Timer | undefined;
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  return {
    signal: controller.signal,
    within: (work) => {
      phase?.cancel();
      phase = clock.after(phaseMs, () => expire(`no answer for ${phaseMs} ms`));
      return orAborted(work, controller.signal);
    },
    answerFor: (error) => {
      if (late !== undefined) return { kind: 'timeout', text: late };
      if (signal.aborted) return { kind: 'network', errno: 'ABORT_ERR' };
      const errno = errnoOf(error) ?? 'UND_ERR';
      return { kind: 'network', errno, ...(wasProxied(error) ? { viaProxy: true } : {}) };
    },
    end: () => {
      total.cancel();
      phase?.cancel();
      signal.removeEventListener('abort', stop);
      controller.abort();
    },
  };
}

/** A `fetch` that does not listen to its signal must not outlive it for the one who waits. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new Error('the request was ended'));
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
