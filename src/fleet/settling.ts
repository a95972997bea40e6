/**
 * When the state of a connection says something final, and how to wait for that.
 *
 * @module
 */
import type { Emitter } from '../base/emitter.ts';
import type { State } from '../core/state.ts';
import type { Told } from './told.ts';

/** Whether a state is one that time alone may change: a try is under way or waited for. */
export function isSettling(state: State): boolean {
  return state.status === 'pending' && state.doing !== 'blocked';
}

/** Whether the state shows the outcome of a contact made after the try of `epoch` began. */
export function hasOutcome(state: State, epoch: number): boolean {
  if (state.epoch < epoch) return false;
  return !(state.status === 'pending' && state.doing === 'connecting') && !('probing' in state && state.probing);
}

/** A connection as those see it who wait for it. */
export interface Awaited {
  readonly state: State;
  readonly isClosed: boolean;
  readonly told: Emitter<Told>;
}

/**
 * Resolves at the next change for which `done` holds (now, if it holds already). Rejects when `signal` aborts, and when
 * the connection is closed: whoever waits for the server must look for the one that took its place.
 */
export function untilState(connection: Awaited, done: (state: State) => boolean, signal: AbortSignal): Promise<State> {
  return new Promise((resolve, reject) => {
    if (done(connection.state)) {
      resolve(connection.state);
      return;
    }
    const end = (): void => {
      off();
      signal.removeEventListener('abort', leave);
    };
    const leave = (): void => {
      end();
      reject(signal.reason as Error);
    };
    const gone = (): void => {
      end();
      reject(new Error('the connection is closed'));
    };
    const off = connection.told.on((told) => {
      if (told.kind === 'closed') gone();
      if (told.kind !== 'state' || !done(told.to)) return;
      end();
      resolve(told.to);
    });
    if (connection.isClosed) gone();
    else if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  });
}
