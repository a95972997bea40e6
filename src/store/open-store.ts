/**
 * Opens the store of this machine: files with the key that the ladder finds, or memory where the home cannot be written.
 *
 * @module
 */
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { errnoOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Files, Locks } from '../core/machine.ts';
import type { Lease, Store } from '../core/store.ts';
import type { Disk } from './disk.ts';
import { createFileStore } from './file-store.ts';
import { createKeys } from './key/ladder.ts';
import { createLease, createMemoryLease } from './lease.ts';
import { createMemoryStore } from './memory-store.ts';
import { createNodeDisk } from './node-disk.ts';
import { NoticeBoard } from './notices.ts';
import { KINDS, Places, idIn, tempName } from './places.ts';

/** What the store is opened in. */
export interface StoreWorld {
  /** The state folder. */
  readonly folder: string;
  readonly files: Pick<Files, 'watchFolder'>;
  readonly locks: Locks;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The Node that runs us. */
  readonly node: string;
  /** Absent where users have no numbers (Windows). */
  readonly uid: number | undefined;
  /** Default: the disk of this machine. */
  readonly disk?: Disk;
}

/** A store, and the leases that fit it. */
export interface OpenedStore {
  readonly store: Store;
  readonly lease: Lease;
}

/** Why a folder can never be written, and not only now. */
const FOR_GOOD = new Set(['EROFS', 'EACCES', 'EPERM', 'ENOENT', 'ENOTDIR']);

/** Why files cannot be made in the folder, or `undefined` when they can (or could, were the disk not full). */
async function objection(disk: Disk, places: Places, notices: NoticeBoard): Promise<string | undefined> {
  const folder = places.folder('credential');
  const probe = join(folder, tempName('probe'));
  try {
    notices.modes(folder, await disk.makeFolder(folder));
    await disk.touch(probe);
    await disk.remove(probe);
    return undefined;
  } catch (error) {
    const code = errnoOf(error) ?? '';
    return FOR_GOOD.has(code) ? code : undefined;
  }
}

/** Whether a login or anything else is kept in the folder; also where that cannot be seen. */
async function hasRecords(disk: Disk, places: Places): Promise<boolean> {
  try {
    for (const kind of KINDS)
      if ((await disk.names(places.folder(kind))).some((name) => idIn(name) !== undefined)) return true;
    return false;
  } catch (error) {
    return !['ENOTDIR', 'EACCES'].includes(errnoOf(error) ?? '');
  }
}

/**
 * The store in a state folder. Where nothing can be written there it is memory (notice `memory-only`), but where logins
 * are kept there already it is those, for reading (notice `read-only`). Never throws; no key and no keyring is touched
 * before a secret is.
 */
export async function openStore(world: StoreWorld): Promise<OpenedStore> {
  const { folder, clock, logger, locks, uid } = world;
  const places = new Places(folder);
  const disk = world.disk ?? createNodeDisk({ clock, uid });
  const notices = new NoticeBoard(logger);
  const why = await objection(disk, places, notices);
  if (why !== undefined) {
    const text = `${folder} cannot be written (${why})`;
    if (!(await hasRecords(disk, places))) {
      notices.add({ kind: 'memory-only', path: folder, text: `${text}: logins end with this process` });
      return { store: createMemoryStore(notices.all()), lease: createMemoryLease(clock) };
    }
    notices.add({ kind: 'read-only', path: folder, text: `${text}: logins can be used, but not renewed or added` });
  }
  const keys = createKeys({
    places,
    disk,
    notices,
    locks,
    clock,
    env: world.env,
    keyring: async () => (await import('./key/keyring.ts')).createKeyring(world),
  });
  return { store: createFileStore({ ...world, disk, keys, notices }), lease: createLease({ locks, folder }) };
}
