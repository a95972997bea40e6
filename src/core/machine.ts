/**
 * The ports to the machine below: files, locks and processes. The real ones live in `src/system`; tests pass faulty ones.
 *
 * @module
 */

/** What is known of a file without reading it. */
export interface FileFacts {
  readonly size: number;
  /** Permission bits only. */
  readonly mode: number;
  readonly uid: number;
  readonly mtimeMs: number;
  readonly kind: 'file' | 'folder' | 'other';
}

/** Files as this program needs them. Errors are Node's system errors (`code` is set). */
export interface Files {
  /** Whole text as UTF-8; `undefined` when there is no such file. Refuses files over `limit` bytes (default 16 MiB, `EFBIG`). */
  readText(path: string, limit?: number): Promise<string | undefined>;
  /** SHA-256 of the bytes, hex; `undefined` when there is no regular file. */
  digest(path: string): Promise<string | undefined>;
  /** Temp file in the same folder, fsync, rename, fsync of the folder; `mode` holds from the first byte (default: that of the file, else 0600). Follows a symlink at `path`. Makes the folder (0700). */
  writeAtomic(path: string, text: string, mode?: number): Promise<void>;
  remove(path: string): Promise<void>;
  /** `undefined` when there is nothing at `path`. Does not follow a symlink at the end when `nofollow`. */
  facts(path: string, options?: { readonly nofollow?: boolean }): Promise<FileFacts | undefined>;
  /** Real path, or `undefined` when there is nothing. */
  real(path: string): Promise<string | undefined>;
  list(folder: string): Promise<readonly string[]>;
  makeFolder(path: string, mode: number): Promise<void>;
  /** Calls `changed` with a base name when something in the folder changes; a folder that does not exist yet is waited for. */
  watchFolder(folder: string, changed: (name: string | undefined) => void): () => void;
}

/** Exclusion between processes: a kernel lock that ends with its holder and is never stolen from a frozen one. */
export interface Locks {
  /** Runs `work` while holding the lock of `path` (a file that is never deleted). Fails closed with `ERR_CONFIG_LOCKED` after `waitMs` (default 15 000). */
  withLock<T>(path: string, work: () => Promise<T>, waitMs?: number): Promise<T>;
}
