/**
 * The ports behind which credentials are kept: `Store` remembers records, `Lease` lets one process at a time redeem
 * (DESIGN §4). Implemented by `src/store` (memory, files; later PostgreSQL), replaced whole in tests.
 *
 * @module
 */

/**
 * What a record is: a login, a client that an authorization server has registered, a sign-in under way, or the note
 * that a redemption has begun and its outcome is not known yet.
 */
export type RecordKind = 'credential' | 'registration' | 'flow' | 'intent';

/** The parts of a record that its owner decides. */
export interface RecordBody {
  /** Lower-case hex, at most 64 characters: it is a file name. */
  readonly id: string;
  /** JSON without any secret: it may be seen without the key. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** Secret texts by name; encrypted where a key is held. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** A record as it is kept. */
export interface StoredRecord extends RecordBody {
  /** 1 for the first one written, one more with every write: what compare-and-swap compares. */
  readonly generation: number;
}

/** Room on disk that was set aside before a token was redeemed. Used by `write`, or given back. */
export interface Reservation {
  release(): Promise<void>;
}

/** Something a person should know of the store; shown by `status`, `doctor` and `credentials`. */
export interface StoreNotice {
  readonly kind:
    | 'plaintext'
    | 'memory-only'
    /** Records can be read, but nothing can be written. */
    | 'read-only'
    | 'quarantined'
    | 'modes-mended'
    | 'key-unreadable'
    /** A later version has written it: it is left alone. */
    | 'newer-version'
    /** A symbolic link, or something of another user: it is left alone. */
    | 'refused';
  /** One sentence with the path in it. */
  readonly text: string;
  readonly path?: string;
}

/** A record of this kind was written or removed, perhaps by another process. */
export interface StoreChange {
  readonly kind: RecordKind;
  readonly id: string;
}

/**
 * Where records are kept. Errors of every writing method: `ERR_STORE_UNWRITABLE` (data.path; the message names it);
 * of every reading one: `ERR_STORE_UNREADABLE`. A record that cannot be understood is set aside (the file is kept), told
 * as a notice, and is then absent; other records are not touched.
 */
export interface Store {
  /** `files` survive this process; `memory` does not (a read-only home). */
  readonly persistence: 'files' | 'memory' | 'database';
  read(kind: RecordKind, id: string): Promise<StoredRecord | undefined>;
  list(kind: RecordKind): Promise<readonly StoredRecord[]>;
  /**
   * Compare-and-swap: writes only while the kept generation is `seen` (0 = there is none), through `room` if given.
   * Resolves after the record is safe on disk (fsync of file and folder): the record, or `undefined` when another
   * generation is there.
   */
  write(kind: RecordKind, body: RecordBody, seen: number, room?: Reservation): Promise<StoredRecord | undefined>;
  /** Removes the record, with `seen` only that generation. Whether it removed one. */
  remove(kind: RecordKind, id: string, seen?: number): Promise<boolean>;
  /** Sets `bytes` (default 16 KiB) aside, fsynced, in the folder of the kind. Errors: `ERR_STORE_UNWRITABLE`. */
  reserve(kind: RecordKind, id: string, bytes?: number): Promise<Reservation>;
  /** Calls `changed` after a record was written or removed, by this process or another. The result ends the watch. */
  watch(changed: (change: StoreChange) => void): () => void;
  notices(): readonly StoreNotice[];
}

/**
 * Exclusion around a redemption: a kernel lock that ends with its holder and is never stolen from a frozen one. Errors
 * of `hold`: `ERR_STORE_BUSY` when it cannot be had within `waitMs` (default 15 000); the work was then not begun.
 */
export interface Lease {
  hold<T>(id: string, work: () => Promise<T>, waitMs?: number): Promise<T>;
}
