/**
 * A file store on a disk in memory.
 *
 * @module
 */
import { silentLogger } from '../../src/base/logger.ts';
import type { RecordBody, Store, StoreNotice } from '../../src/core/store.ts';
import { storeKey } from '../../src/store/cipher.ts';
import type { Keys, StoreKey } from '../../src/store/cipher.ts';
import { createFileStore } from '../../src/store/file-store.ts';
import { createVirtualClock } from '../../src/testing/virtual-clock.ts';
import type { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { memoryDisk } from './memory-disk.ts';
import type { MemoryDisk } from './memory-disk.ts';
import { memoryLocks } from './memory-files.ts';

export const ROOT = '/state';

/** A key made of one byte. */
export const keyOf = (byte: number): StoreKey => storeKey(new Uint8Array(32).fill(byte));

/** One key for everything. */
export const keysOf = (key: StoreKey): Keys => ({
  forWriting: () => Promise.resolve(key),
  forReading: () => Promise.resolve(key),
  sawPlain: () => Promise.resolve(),
});

/** A record body. */
export const bodyOf = (id: string, word = id): RecordBody => ({
  id,
  facts: { server: `https://${word}.example/mcp`, scopes: ['a', 'b'], nested: { at: 1.5, none: null } },
  secrets: { accessToken: `access-${word}`, refreshToken: `refresh-${word}` },
});

/** Where a login lies. */
export const fileOf = (id: string): string => `${ROOT}/credentials/${id}.json`;

export interface StoreRig {
  readonly clock: VirtualClock;
  readonly disk: MemoryDisk;
  readonly store: Store;
  /** Calls the watchers of a folder, as the system would. */
  readonly stir: (folder: string, name?: string) => void;
  /** Another store on the same disk, as another process would open. */
  readonly again: (keys?: Keys) => Store;
  readonly noticed: () => readonly StoreNotice['kind'][];
}

/** A store on an empty disk. */
export function storeRig(keys?: Keys): StoreRig {
  const clock = createVirtualClock(Date.parse('2026-03-01T10:00:00Z'));
  const disk = memoryDisk(() => clock.now());
  const locks = memoryLocks();
  const watchers = new Set<{ readonly folder: string; readonly changed: (name: string | undefined) => void }>();
  const again = (own?: Keys): Store =>
    createFileStore({
      folder: ROOT,
      files: {
        watchFolder(folder, changed) {
          const watcher = { folder, changed };
          watchers.add(watcher);
          return () => void watchers.delete(watcher);
        },
      },
      locks,
      clock,
      logger: silentLogger,
      uid: 1,
      disk,
      ...(own === undefined ? {} : { keys: own }),
    });
  const store = again(keys);
  return {
    clock,
    disk,
    store,
    again,
    stir(folder, name) {
      for (const watcher of watchers) if (watcher.folder === folder) watcher.changed(name);
    },
    noticed: () => store.notices().map(({ kind }) => kind),
  };
}
