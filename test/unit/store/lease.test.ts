import { describe, expect, test } from 'vitest';
import { HoldfastError } from '../../../src/base/errors.ts';
import type { Locks } from '../../../src/core/machine.ts';
import { createLease, createMemoryLease } from '../../../src/store/lease.ts';
import { createVirtualClock } from '../../../src/testing/virtual-clock.ts';
import { memoryLocks, systemError } from '../../support/memory-files.ts';

const thrower = (error: Error) => async (): Promise<never> => {
  throw error;
};
const failing = (error: Error): Locks => ({ withLock: thrower(error) });

describe('[store.lease] a lease on locks', () => {
  test('takes the lock file of its id, and waits 15 s unless told otherwise', async () => {
    const asked: unknown[] = [];
    const locks: Locks = {
      withLock(path, work, waitMs) {
        asked.push([path, waitMs]);
        return work();
      },
    };
    const lease = createLease({ locks, folder: '/state' });
    expect(await lease.hold('a1', async () => 'done')).toBe('done');
    await lease.hold('a1', async () => 'done', 70);
    expect(asked).toEqual([
      ['/state/locks/lease-a1.lock', 15_000],
      ['/state/locks/lease-a1.lock', 70],
    ]);
  });

  test('that is held too long is ERR_STORE_BUSY, with the reason, the remedy and the file', async () => {
    const locked = new HoldfastError('ERR_CONFIG_LOCKED', 'process 7 holds the lock', { hint: 'End process 7.' });
    const lease = createLease({ locks: failing(locked), folder: '/state' });
    await expect(lease.hold('a1', async () => 'done')).rejects.toMatchObject({
      code: 'ERR_STORE_BUSY',
      message: 'the login is being renewed elsewhere: process 7 holds the lock',
      hint: 'End process 7.',
      data: { id: 'a1', path: '/state/locks/lease-a1.lock' },
    });
  });

  test('whose lock file cannot be made is ERR_STORE_UNWRITABLE', async () => {
    const path = '/state/locks/lease-a1.lock';
    const lease = createLease({ locks: failing(systemError('ENOSPC', path)), folder: '/state' });
    await expect(lease.hold('a1', async () => 'done')).rejects.toMatchObject({
      code: 'ERR_STORE_UNWRITABLE',
      message: `${path} cannot be written: ENOSPC`,
    });
  });

  test.each([new HoldfastError('ERR_CONFIG_LOCKED', 'another lock'), new TypeError('a bug')])(
    'passes on what its work throws: %s',
    async (error) => {
      const lease = createLease({ locks: memoryLocks(), folder: '/state' });
      await expect(lease.hold('a1', thrower(error))).rejects.toBe(error);
    },
  );
});

describe('[store.lease] a lease within one process', () => {
  test('lets one in at a time for each id, in the order of asking', async () => {
    const clock = createVirtualClock();
    const lease = createMemoryLease(clock);
    const seen: string[] = [];
    const hold = (id: string, word: string): Promise<void> =>
      lease.hold(id, async () => {
        seen.push(`${word} in`);
        await clock.sleep(100);
        seen.push(`${word} out`);
      });
    const all = Promise.all([hold('a1', 'one'), hold('a1', 'two'), hold('b2', 'other')]);
    await clock.advance(1_000);
    await all;
    expect(seen.slice(0, 2)).toEqual(['one in', 'other in']);
    expect(seen.filter((text) => !text.startsWith('other'))).toEqual(['one in', 'one out', 'two in', 'two out']);
    expect(clock.pending).toBe(0);
  });

  test('fails closed when the wait is over, lets nobody pass the holder, and is free after it', async () => {
    const clock = createVirtualClock();
    const lease = createMemoryLease(clock);
    let isHeld = true;
    const first = lease.hold('a1', async () => {
      await clock.sleep(60_000);
      isHeld = false;
    });
    const second = lease.hold('a1', async () => 'in', 1_000).catch((error: unknown) => error);
    const third = lease.hold('a1', async () => isHeld, 90_000);
    await clock.advance(61_000);
    expect(await second).toMatchObject({ code: 'ERR_STORE_BUSY', data: { id: 'a1' } });
    expect(await third).toBe(false);
    await first;
  });

  test('is free after work that throws', async () => {
    const lease = createMemoryLease(createVirtualClock());
    await expect(lease.hold('a1', thrower(new Error('no')))).rejects.toThrow('no');
    expect(await lease.hold('a1', async () => 'in')).toBe('in');
  });
});
