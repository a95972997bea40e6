/**
 * `Lease` for tests: several "processes" of one test wait for each other, and one can be frozen while it holds.
 *
 * @module
 */
import type { Clock, Timer } from '../base/clock.ts';
import { HoldfastError } from '../base/errors.ts';
import type { Lease } from '../core/store.ts';

/** A lease in memory, and who holds what. */
export interface MemoryLease extends Lease {
  /** Ids that are held now. */
  readonly held: readonly string[];
  /** Holds the lease as a process that is frozen would, until the result is called. */
  freeze(id: string): Promise<() => void>;
}

/** One lease for all who share it. Waiting runs on `clock`. Errors of `hold`: `ERR_STORE_BUSY`. */
export function createMemoryLease(clock: Clock): MemoryLease {
  const queues = new Map<string, (() => void)[]>();
  const give = (id: string): void => {
    const next = queues.get(id)?.shift();
    if (next === undefined) queues.delete(id);
    else next();
  };
  const take = (id: string, waitMs: number): Promise<void> => {
    const queue = queues.get(id);
    if (queue === undefined) {
      queues.set(id, []);
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const mine = (): void => {
        timer.cancel();
        resolve();
      };
      const timer: Timer = clock.after(waitMs, () => {
        queue.splice(queue.indexOf(mine), 1);
        reject(new HoldfastError('ERR_STORE_BUSY', 'another process holds this login', { data: { id } }));
      });
      queue.push(mine);
    });
  };
  return {
    get held() {
      return [...queues.keys()];
    },
    async freeze(id) {
      await take(id, 0);
      return () => give(id);
    },
    async hold(id, work, waitMs = 15_000) {
      await take(id, waitMs);
      try {
        return await work();
      } finally {
        give(id);
      }
    },
  };
}
