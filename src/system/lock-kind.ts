/**
 * What every kind of lock between processes has in common: it is taken or it is not, and whoever took it lets go.
 *
 * @module
 */

/** How an attempt to take a lock ended. */
export type Taken =
  | { readonly ok: true; readonly release: () => Promise<void> }
  | {
      readonly ok: false;
      /** `busy` = still held when the time was over; `unavailable` = this kind of lock does not exist here. */
      readonly why: 'busy' | 'unavailable';
      /** Who holds it, in words, where that is known. */
      readonly holder?: string;
      /** What a person can do, where waiting cannot help. */
      readonly remedy?: string;
    };

/** One kind of lock. `signal` ends the waiting. Errors of the file system (`EROFS`, `EACCES`, `ENOSPC` …) are thrown. */
export type TakeLock = (path: string, signal: AbortSignal) => Promise<Taken>;
