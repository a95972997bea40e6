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

/** Resolves at the next change for which `done` holds (now, if it holds already); rejects when `signal` aborts. */
export function untilState(
  connection: { readonly state: State; readonly told: Emitter<Told> },
  done: (state: State) => boolean,
  signal: AbortSignal,
): Promise<State> {
  return new Promise((resolve, reject) => {
    if (done(connection.state)) {
      resolve(connection.state);
      return;
    }
    const leave = (): void => {
      off();
      reject(signal.reason as Error);
    };
    const off = connection.told.on((told) => {
      if (told.kind !== 'state' || !done(told.to)) return;
      off();
      signal.removeEventListener('abort', leave);
      resolve(told.to);
    });
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  });
}
