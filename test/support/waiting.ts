/**
 * How long something takes on a virtual clock, and how it ends.
 *
 * @module
 */
import type { HoldfastError } from '../../src/base/errors.ts';
import type { Rig } from './scripted-fleet.ts';

/** The code of the error that the work ends with; `none` when it ends well. */
export const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error as HoldfastError).code ?? String(error),
  );

/** Settles `work` within a second of virtual time, or says that it hangs. */
export async function soon<T>(r: Rig, work: Promise<T>): Promise<T | 'hangs'> {
  let over = false;
  const done = work.finally(() => {
    over = true;
  });
  done.catch(() => undefined);
  await r.clock.advance(1_000);
  return over ? done : 'hangs';
}
