/**
 * Records as files: one for each, private, written whole or not at all, with compare-and-swap between processes.
 *
 * @module
 */
import type { Clock } from '../base/clock.ts';
import { HoldfastError, errnoOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Files, Locks } from '../core/machine.ts';
import type {
  RecordBody,
  RecordKind,
  Reservation,
  Store,
  StoreChange,
  StoreNotice,
  StoredRecord,
} from '../core/store.ts';
import { Changes } from './changes.ts';
import { noKeys, seal } from './cipher.ts';
import type { Keys } from './cipher.ts';
import { refusedBecause } from './disk.ts';
import type { Disk } from './disk.ts';
import { LARGEST, encode } from './envelope.ts';
import { isNewerFile, unreadable, unwritable } from './faults.ts';
import { createNodeDisk } from './node-disk.ts';
import { NoticeBoard } from './notices.ts';
import { Places, idIn } from './places.ts';
import { RecordReader, isDamage } from './reader.ts';
import type { Parts } from './reader.ts';
import { Room } from './room.ts';
import { sweep } from './sweep.ts';

/** What a file store is made from. */
export interface FileStoreWorld {
  /** The state folder. */
  readonly folder: string;
  readonly files: Pick<Files, 'watchFolder'>;
  readonly locks: Locks;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Whose files are ours; absent where users have no numbers (Windows). */
  readonly uid: number | undefined;
  /** Default: none, everything is plain. */
  readonly keys?: Keys;
  /** Default: the disk of this machine. */
  readonly disk?: Disk;
  /** Shared with whoever else has something to tell. */
  readonly notices?: NoticeBoard;
}

const ROOM_BYTES = 16 * 1024;
const LOCK_WAIT_MS = 15_000;

class FileStore implements Store {
  readonly persistence = 'files';
  readonly #parts: Parts;
  readonly #locks: Locks;
  readonly #reader: RecordReader;
  readonly #changes: Changes;
  readonly #swept = new Set<RecordKind>();

  constructor(world: FileStoreWorld) {
    const { clock, logger, uid } = world;
    this.#parts = {
      clock,
      places: new Places(world.folder),
      disk: world.disk ?? createNodeDisk({ clock, uid }),
      keys: world.keys ?? noKeys,
      notices: world.notices ?? new NoticeBoard(logger),
    };
    this.#locks = world.locks;
    this.#reader = new RecordReader(this.#parts);
    this.#changes = new Changes({ ...this.#parts, files: world.files, logger });
  }

  async read(kind: RecordKind, id: string): Promise<StoredRecord | undefined> {
    const path = this.#parts.places.file(kind, id);
    try {
      if (!(await this.#reader.hasFolder(kind))) return undefined;
      const found = await this.#reader.record(kind, id);
      return isDamage(found) ? await this.#readAgain(kind, id) : found;
    } catch (error) {
      throw unreadable(path, error);
    }
  }

  async list(kind: RecordKind): Promise<readonly StoredRecord[]> {
    const { places, disk } = this.#parts;
    const folder = places.folder(kind);
    try {
      if (!(await this.#reader.hasFolder(kind))) return [];
      const ids = (await disk.names(folder)).map(idIn).filter((id) => id !== undefined);
      const records: StoredRecord[] = [];
      for (const id of ids.toSorted()) {
        const record = await this.#readListed(kind, id);
        if (record !== undefined) records.push(record);
      }
      return records;
    } catch (error) {
      throw unreadable(folder, error);
    }
  }

  async write(kind: RecordKind, body: RecordBody, seen: number, room?: Reservation): Promise<StoredRecord | undefined> {
    const { places, keys } = this.#parts;
    const path = places.file(kind, body.id);
    const own = ownRoom(room, kind, body.id);
    try {
      await this.#prepare(kind);
      const key = await keys.forWriting();
      const { id, facts, secrets } = body;
      const generation = seen + 1;
      const about = { kind, id, generation, facts };
      const closed = key === undefined ? ({ form: 'plain', values: secrets } as const) : seal(key, secrets, about);
      const bytes = encode({ ...about, secrets: closed });
      if (bytes.length > LARGEST) throw new HoldfastError('ERR_STORE_UNWRITABLE', `${path} would be too large`);
      const isWritten = await this.#locked(kind, id, async () => {
        if ((await this.#generation(kind, id)) !== seen) return false;
        await this.#put({ kind, id }, bytes, own);
        return true;
      });
      if (!isWritten) return undefined;
      this.#changes.wrote(kind, id);
      return { id, generation, facts, secrets };
    } catch (error) {
      throw unwritable(path, error);
    }
  }

  async remove(kind: RecordKind, id: string, seen?: number): Promise<boolean> {
    const { places, disk } = this.#parts;
    const path = places.file(kind, id);
    try {
      // Without this a folder that nobody has written to yet would be made by a removal.
      if (!(await this.#reader.hasFolder(kind)) || (await disk.look(path)) === undefined) return false;
      const isRemoved = await this.#locked(kind, id, async () => {
        if (seen !== undefined && (await this.#generation(kind, id)) !== seen) return false;
        const was = await disk.remove(path);
        await disk.sync(places.folder(kind));
        return was;
      });
      if (isRemoved) this.#changes.wrote(kind, id);
      return isRemoved;
    } catch (error) {
      throw unwritable(path, error);
    }
  }

  async reserve(kind: RecordKind, id: string, bytes = ROOM_BYTES): Promise<Reservation> {
    const { places, keys, disk } = this.#parts;
    const path = places.file(kind, id);
    try {
      await this.#prepare(kind);
      // A token that could not be encrypted must not be redeemed either; nor one whose lock file has no room.
      await keys.forWriting();
      await disk.touch(places.lock(kind, id));
      return await this.#newRoom(kind, id, bytes);
    } catch (error) {
      throw unwritable(path, error);
    }
  }

  watch(changed: (change: StoreChange) => void): () => void {
    return this.#changes.on(changed);
  }

  notices(): readonly StoreNotice[] {
    return this.#parts.notices.all();
  }

  /** The record, one that we may not touch or do not know left out: the others are to be had all the same. */
  async #readListed(kind: RecordKind, id: string): Promise<StoredRecord | undefined> {
    const { places, notices } = this.#parts;
    const path = places.file(kind, id);
    try {
      const found = await this.#reader.record(kind, id);
      return isDamage(found) ? await this.#readAgain(kind, id) : found;
    } catch (error) {
      const refused = refusedBecause(error);
      if (refused !== undefined)
        notices.add({ kind: 'refused', path, text: `${path} ${refused.why} and is left alone` });
      else if (isNewerFile(error)) notices.add({ kind: 'newer-version', path, text: unreadable(path, error).message });
      else throw unreadable(path, error);
      return undefined;
    }
  }

  /** A damaged file is judged again under the lock, because another process may just have mended it. */
  async #readAgain(kind: RecordKind, id: string): Promise<StoredRecord | undefined> {
    const judge = async (mayMove: boolean): Promise<StoredRecord | undefined> => {
      const found = await this.#reader.record(kind, id);
      if (!isDamage(found)) return found;
      if (mayMove) await this.#reader.setAside(kind, id, found.why);
      return undefined;
    };
    let isJudged = false;
    try {
      return await this.#locked(kind, id, () => {
        isJudged = true;
        return judge(true);
      });
    } catch (error) {
      if (isJudged) throw error;
      // No lock in a folder that cannot be written: the file stays where it is.
      const path = this.#parts.places.file(kind, id);
      const text = `${path} cannot be understood and cannot be moved out of the way`;
      this.#parts.notices.add({ kind: 'quarantined', path, text });
      return judge(false);
    }
  }

  /** The generation that is kept, 0 for none. The caller holds the lock. */
  async #generation(kind: RecordKind, id: string): Promise<number> {
    const envelope = await this.#reader.envelope(kind, id);
    if (!isDamage(envelope)) return envelope?.generation ?? 0;
    await this.#reader.setAside(kind, id, envelope.why);
    return 0;
  }

  async #prepare(kind: RecordKind): Promise<void> {
    const { places, disk, notices } = this.#parts;
    for (const folder of [places.folder(kind), places.lockFolder]) notices.modes(folder, await disk.makeFolder(folder));
    if (this.#swept.has(kind)) return;
    this.#swept.add(kind);
    await sweep(this.#parts, kind);
  }

  async #newRoom(kind: RecordKind, id: string, bytes: number): Promise<Room> {
    const { places, disk } = this.#parts;
    return new Room(disk, { kind, id, file: await disk.create(places.temp(kind, id), bytes) });
  }

  async #put(
    about: { readonly kind: RecordKind; readonly id: string },
    bytes: Uint8Array,
    reserved?: Room,
  ): Promise<void> {
    const { disk, places } = this.#parts;
    const { kind, id } = about;
    const room = reserved ?? (await this.#newRoom(kind, id, bytes.length));
    try {
      await room.file.fill(bytes);
      await disk.rename(room.file.path, places.file(kind, id));
    } catch (error) {
      // Room that was taken before stays for another try, unless somebody has cleaned it away.
      if (reserved !== undefined && errnoOf(error) !== 'ENOENT') throw error;
      await room.release();
      if (reserved === undefined) throw error;
      await this.#put(about, bytes);
      return;
    }
    await room.used();
    await disk.sync(places.folder(kind));
  }

  #locked<T>(kind: RecordKind, id: string, work: () => Promise<T>): Promise<T> {
    return this.#locks.withLock(this.#parts.places.lock(kind, id), work, LOCK_WAIT_MS);
  }
}

/** The room as ours; `undefined` when it is used up, by a write whose last step has failed. */
function ownRoom(room: Reservation | undefined, kind: RecordKind, id: string): Room | undefined {
  if (room === undefined) return undefined;
  if (!(room instanceof Room) || room.kind !== kind || room.id !== id)
    throw new HoldfastError('ERR_INTERNAL', 'room was reserved for another record');
  return room.isOpen ? room : undefined;
}

/**
 * Records under `folder`: one 0600 file each in 0700 folders (docs/storage-schema.md). Nothing is made before the first
 * write. Symbolic links and what belongs to others are refused, permission bits for others are mended.
 */
export function createFileStore(world: FileStoreWorld): Store {
  return new FileStore(world);
}
