/**
 * Exclusion around a redemption: between processes where there are files, within this one where there are none.
 *
 * @module
 */
import type { Clock } from '../base/clock.ts';
import { HoldfastError } from '../base/errors.ts';
import type { Locks } from '../core/machine.ts';
import type { Lease } from '../core/store.ts';
import { unwritable } from './faults.ts';
import { Places } from './places.ts';

const WAIT_MS = 15_000;

function busy(
  id: string,
  about: { readonly why: string; readonly hint?: string; readonly path?: string },
): HoldfastError {
  return new HoldfastError('ERR_STORE_BUSY', `the login is being renewed elsewhere: ${about.why}`, {
    hint: about.hint ?? 'Try again.',
    data: { id, ...(about.path === undefined ? {} : { path: about.path }) },
  });
}

/**
 * Leases as locks of files under `folder`, one for each id, never removed. Errors of `hold`, all before the work has
 * begun: `ERR_STORE_BUSY`, and `ERR_STORE_UNWRITABLE` where the lock file cannot be made. What the work throws passes.
 */
export function createLease(world: { readonly locks: Locks; readonly folder: string }): Lease {
  const places = new Places(world.folder);
  return {
    async hold(id, work, waitMs = WAIT_MS) {
      const path = places.lease(id);
      let hasBegun = false;
      const begin: typeof work = () => {
        hasBegun = true;
        return work();
      };
      try {
        return await world.locks.withLock(path, begin, waitMs);
      } catch (error) {
        if (hasBegun) throw error;
        if (!(error instanceof HoldfastError) || error.code !== 'ERR_CONFIG_LOCKED') throw unwritable(path, error);
        throw busy(id, { why: error.message, path, ...(error.hint === undefined ? {} : { hint: error.hint }) });
      }
    },
  };
}

/** Leases within this process, for a store that no other process sees. */
export function createMemoryLease(clock: Clock): Lease {
  const tails = new Map<string, Promise<void>>();
  return {
    async hold(id, work, waitMs = WAIT_MS) {
      const before = tails.get(id) ?? Promise.resolve();
      const own = gate();
      const tail = Promise.all([before, own.passed]).then(() => {
        if (tails.get(id) === tail) tails.delete(id);
        return undefined;
      });
      tails.set(id, tail);
      const limit = gate();
      const timer = clock.after(waitMs, limit.open);
      try {
        const first = await Promise.race([before.then(() => 'turn'), limit.passed.then(() => 'late')]);
        timer.cancel();
        if (first === 'late') throw busy(id, { why: `waited ${waitMs} ms` });
        return await work();
      } finally {
        timer.cancel();
        own.open();
      }
    },
  };
}

function gate(): { readonly passed: Promise<void>; readonly open: () => void } {
  let open: (() => void) | undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open: () => open?.() };
}
