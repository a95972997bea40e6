/**
 * Records in memory, for homes that cannot be written and for tests: they end with the process.
 *
 * @module
 */
import { Emitter } from '../base/emitter.ts';
import type {
  RecordBody,
  RecordKind,
  Reservation,
  Store,
  StoreChange,
  StoreNotice,
  StoredRecord,
} from '../core/store.ts';

const nothing: Reservation = { release: () => Promise.resolve() };

class MemoryStore implements Store {
  readonly persistence = 'memory';
  readonly #notices: readonly StoreNotice[];
  readonly #records = new Map<string, StoredRecord>();
  readonly #changes = new Emitter<StoreChange>();

  constructor(notices: readonly StoreNotice[]) {
    this.#notices = notices;
  }

  async read(kind: RecordKind, id: string): Promise<StoredRecord | undefined> {
    return this.#records.get(`${kind} ${id}`);
  }

  async list(kind: RecordKind): Promise<readonly StoredRecord[]> {
    return [...this.#records].filter(([key]) => key.startsWith(`${kind} `)).map(([, record]) => record);
  }

  async write(kind: RecordKind, body: RecordBody, seen: number): Promise<StoredRecord | undefined> {
    const { id } = body;
    const key = `${kind} ${id}`;
    if ((this.#records.get(key)?.generation ?? 0) !== seen) return undefined;
    // A copy, as a file would be: nobody changes a record by changing what was given.
    const record: StoredRecord = {
      ...structuredClone({ id, facts: body.facts, secrets: body.secrets }),
      generation: seen + 1,
    };
    this.#records.set(key, record);
    this.#changes.emit({ kind, id });
    return record;
  }

  async remove(kind: RecordKind, id: string, seen?: number): Promise<boolean> {
    const key = `${kind} ${id}`;
    const generation = this.#records.get(key)?.generation;
    if (generation === undefined || (seen !== undefined && generation !== seen)) return false;
    this.#records.delete(key);
    this.#changes.emit({ kind, id });
    return true;
  }

  async reserve(): Promise<Reservation> {
    return nothing;
  }

  watch(changed: (change: StoreChange) => void): () => void {
    return this.#changes.on(changed);
  }

  notices(): readonly StoreNotice[] {
    return this.#notices;
  }
}

/** An empty store that ends with the process. */
export function createMemoryStore(notices: readonly StoreNotice[] = []): Store {
  return new MemoryStore(notices);
}
