/**
 * `Store` for tests: records in memory that several "processes" can share, with disks that are full and
 * writes that fail when a test says so.
 *
 * @module
 */
import { Emitter } from '../base/emitter.ts';
import { HoldfastError } from '../base/errors.ts';
import type { RecordKind, Store, StoreChange, StoreNotice, StoredRecord } from '../core/store.ts';

/** A point at which the store can be made to fail. */
export type StorePoint = 'read' | 'reserve' | 'write' | 'remove';

/** One thing that was done to the store, in order. */
export interface StoreAct {
  readonly act: StorePoint | 'release';
  readonly kind: RecordKind;
  readonly id: string;
}

/** A store in memory, and the strings to pull. */
export interface MemoryStore extends Store {
  /** What was done so far, refused or not. */
  readonly acts: readonly StoreAct[];
  /** Reservations that were neither used nor given back. */
  readonly reserved: number;
  /** From now on this point fails for records of the kind (default: all), until `mend`. */
  break(point: StorePoint, kind?: RecordKind): void;
  mend(): void;
  /** Puts a record there as another process would: no check of the generation. */
  plant(kind: RecordKind, record: StoredRecord): void;
  notice(notice: StoreNotice): void;
}

class Memory implements MemoryStore {
  readonly persistence = 'files';
  readonly acts: StoreAct[] = [];
  readonly #records = new Map<string, StoredRecord>();
  readonly #rooms = new Set<object>();
  readonly #broken: { readonly point: StorePoint; readonly kind: RecordKind | undefined }[] = [];
  readonly #changes = new Emitter<StoreChange>();
  readonly #notices: StoreNotice[] = [];

  get reserved(): number {
    return this.#rooms.size;
  }

  break(point: StorePoint, kind?: RecordKind): void {
    this.#broken.push({ point, kind });
  }

  mend(): void {
    this.#broken.length = 0;
  }

  plant(kind: RecordKind, record: StoredRecord): void {
    this.#records.set(keyOf(kind, record.id), record);
    this.#changes.emit({ kind, id: record.id });
  }

  notice(notice: StoreNotice): void {
    this.#notices.push(notice);
  }

  async read(kind: RecordKind, id: string): Promise<StoredRecord | undefined> {
    await this.#begin('read', kind, id);
    return this.#records.get(keyOf(kind, id));
  }

  async list(kind: RecordKind): Promise<readonly StoredRecord[]> {
    await this.#begin('read', kind, '*');
    return [...this.#records].filter(([key]) => key.startsWith(`${kind} `)).map(([, record]) => record);
  }

  async write(
    kind: RecordKind,
    body: Omit<StoredRecord, 'generation'>,
    seen: number,
    room?: { release(): Promise<void> },
  ): Promise<StoredRecord | undefined> {
    if (room !== undefined) this.#rooms.delete(room);
    await this.#begin('write', kind, body.id);
    const key = keyOf(kind, body.id);
    if ((this.#records.get(key)?.generation ?? 0) !== seen) return undefined;
    const { id, facts, secrets } = body;
    // Copied, as through a file: nobody shares objects with a store.
    const record: StoredRecord = structuredClone({ id, facts, secrets, generation: seen + 1 });
    this.#records.set(key, record);
    this.#changes.emit({ kind, id });
    return record;
  }

  async remove(kind: RecordKind, id: string, seen?: number): Promise<boolean> {
    await this.#begin('remove', kind, id);
    const key = keyOf(kind, id);
    const kept = this.#records.get(key);
    if (kept === undefined || (seen !== undefined && kept.generation !== seen)) return false;
    this.#records.delete(key);
    this.#changes.emit({ kind, id });
    return true;
  }

  async reserve(kind: RecordKind, id: string): Promise<{ release(): Promise<void> }> {
    await this.#begin('reserve', kind, id);
    const room = {
      release: (): Promise<void> => {
        if (this.#rooms.delete(room)) this.acts.push({ act: 'release', kind, id });
        return Promise.resolve();
      },
    };
    this.#rooms.add(room);
    return room;
  }

  watch(changed: (change: StoreChange) => void): () => void {
    return this.#changes.on(changed);
  }

  notices(): readonly StoreNotice[] {
    return this.#notices;
  }

  // A turn of the loop lies between a question and its answer, as with files, so that races are possible.
  async #begin(act: StorePoint, kind: RecordKind, id: string): Promise<void> {
    this.acts.push({ act, kind, id });
    await Promise.resolve();
    if (!this.#broken.some(({ point, kind: only }) => point === act && (only ?? kind) === kind)) return;
    throw act === 'read'
      ? new HoldfastError('ERR_STORE_UNREADABLE', `/memory/${kind} cannot be read`, {
          data: { path: `/memory/${kind}` },
        })
      : new HoldfastError('ERR_STORE_UNWRITABLE', `/memory/${kind} cannot be written`, {
          data: { path: `/memory/${kind}` },
        });
  }
}

function keyOf(kind: RecordKind, id: string): string {
  return `${kind} ${id}`;
}

/** A store in memory. Give the same one to several fleets, and they are several processes with one disk. */
export function createMemoryStore(): MemoryStore {
  return new Memory();
}

export { createMemoryLease } from './memory-lease.ts';
export type { MemoryLease } from './memory-lease.ts';
