/**
 * The note that a redemption has begun. Whoever finds one of the generation that is still kept knows that the outcome of an
 * earlier redemption is unknown: its process died, or its answer never came.
 *
 * @module
 */
import { HoldfastError } from '../../base/errors.ts';
import type { Store } from '../../core/store.ts';

/** What the note says. */
export interface Intent {
  /** Of the credential. */
  readonly generation: number;
  /** Wall clock, ms since the epoch. */
  readonly startedAt: number;
  /** For people who look; never trusted, because processes of other containers have the same numbers. */
  readonly pid: number;
}

/** Whether a note about this generation was left behind. Only under the lease does that mean anything. */
export async function isUnsettled(store: Store, id: string, generation: number): Promise<boolean> {
  return (await store.read('intent', id))?.facts['generation'] === generation;
}

/** Writes the note; it is safe on disk when this resolves. Errors: `ERR_STORE_UNWRITABLE`. */
export async function noteIntent(store: Store, id: string, { generation, startedAt, pid }: Intent): Promise<void> {
  const seen = (await store.read('intent', id))?.generation ?? 0;
  const written = await store.write('intent', { id, facts: { generation, startedAt, pid }, secrets: {} }, seen);
  if (written !== undefined) return;
  throw new HoldfastError('ERR_STORE_BUSY', 'another process has begun to renew this sign-in without the lease', {
    hint: 'Try again.',
  });
}
