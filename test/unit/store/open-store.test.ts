import { describe, expect, test } from 'vitest';
import { silentLogger } from '../../../src/base/logger.ts';
import { openStore } from '../../../src/store/open-store.ts';
import type { OpenedStore } from '../../../src/store/open-store.ts';
import { createVirtualClock } from '../../../src/testing/virtual-clock.ts';
import { memoryDisk } from '../../support/memory-disk.ts';
import type { MemoryDisk } from '../../support/memory-disk.ts';
import { memoryFiles, memoryLocks } from '../../support/memory-files.ts';
import { ROOT, bodyOf } from '../../support/store-rig.ts';
import { codeOf } from '../../support/waiting.ts';

const open = (disk: MemoryDisk, env: Record<string, string> = {}): Promise<OpenedStore> =>
  openStore({
    folder: ROOT,
    files: memoryFiles(),
    locks: memoryLocks(),
    clock: createVirtualClock(),
    logger: silentLogger,
    // No process is to be started here: there is no such program.
    node: '/nowhere/node',
    env: { HOLDFAST_KEYRING: 'off', ...env },
    uid: 1,
    disk,
  });

/** A disk on which nothing can be written any more. */
function readOnly(disk: MemoryDisk, code: string): MemoryDisk {
  const writing = new Set(['makeFolder', 'create', 'touch', 'rename', 'remove', 'fill']);
  disk.fault = (work) => (writing.has(work) ? code : undefined);
  return disk;
}

describe('opening the store', () => {
  test('[store.lazy] touches no key, reads nothing and says nothing', async () => {
    const disk = memoryDisk();
    const { store } = await open(disk, { HOLDFAST_KEY_FILE: '/nowhere/key', HOLDFAST_KEYRING: '' });
    expect([store.persistence, store.notices()]).toEqual(['files', []]);
    expect(await store.list('credential')).toEqual([]);
    expect(await store.read('credential', 'a1')).toBeUndefined();
    expect(disk.asked.filter((text) => text.startsWith('read'))).toEqual(['read /state/credentials/a1.json']);
    expect([...disk.files.keys()]).toEqual([]);
  });

  test.each(['EROFS', 'EACCES', 'EPERM', 'ENOTDIR', 'ENOENT'])(
    '[store.memory] in a home that cannot be written (%s) logins live in memory, and it is told',
    async (code) => {
      const { store, lease } = await open(readOnly(memoryDisk(), code));
      expect(store.persistence).toBe('memory');
      expect(store.notices()).toEqual([
        { kind: 'memory-only', path: ROOT, text: `${ROOT} cannot be written (${code}): logins end with this process` },
      ]);
      await store.write('credential', bodyOf('a1'), 0);
      expect(await store.read('credential', 'a1')).toMatchObject(bodyOf('a1'));
      // There is no place for a lock file, and no need of one.
      expect(await lease.hold('a1', async () => 'in')).toBe('in');
    },
  );

  test('[store.memory] where logins are kept already they are used, and nothing can be redeemed that could not be kept', async () => {
    const disk = memoryDisk();
    const before = await open(disk);
    await before.store.write('credential', bodyOf('a1'), 0);
    const { store } = await open(readOnly(disk, 'EROFS'));
    expect(store.persistence).toBe('files');
    expect(await store.list('credential')).toHaveLength(1);
    expect(store.notices().map(({ kind }) => kind)).toEqual(['read-only', 'plaintext']);
    expect(await codeOf(store.reserve('credential', 'a1'))).toBe('ERR_STORE_UNWRITABLE');
    expect(await codeOf(store.write('credential', bodyOf('a1'), 1))).toBe('ERR_STORE_UNWRITABLE');
    expect(await codeOf(store.remove('credential', 'a1'))).toBe('ERR_STORE_UNWRITABLE');
  });

  test('[store.faults] a full disk is no read-only one: the store stays one of files', async () => {
    const { store } = await open(readOnly(memoryDisk(), 'ENOSPC'));
    expect([store.persistence, store.notices()]).toEqual(['files', []]);
    expect(await codeOf(store.reserve('credential', 'a1'))).toBe('ERR_STORE_UNWRITABLE');
  });

  test('[store.not-ours] a folder that is not ours is not replaced by memory', async () => {
    const disk = memoryDisk();
    disk.refused.set(`${ROOT}/credentials`, 'is a symbolic link');
    const { store } = await open(disk);
    expect(store.persistence).toBe('files');
    expect(await codeOf(store.list('credential'))).toBe('ERR_STORE_UNREADABLE');
  });
});
