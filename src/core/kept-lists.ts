/**
 * The port that keeps lists of servers beyond the life of a process: shown, and marked, until they are read again.
 *
 * @module
 */
import type { Lists } from './ports.ts';

/** Last good lists, by the key of the effective entry. Nothing here ever rejects: lists can always be read again. */
export interface KeptLists {
  /** `undefined` where none are kept, or what is kept cannot be read. */
  load(key: string): Promise<Lists | undefined>;
  save(key: string, lists: Lists): Promise<void>;
  forget(key: string): Promise<void>;
}
