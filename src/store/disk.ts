/**
 * The disk as the store needs it: private files and folders, whole writes, and refusal of what is not ours. The real one
 * is `node-disk.ts`; tests pass faulty ones.
 *
 * @module
 */
import { errnoOf } from '../base/errors.ts';

/** What was to be done about the permission bits of a file or folder: `open` = others may see it and we cannot change that. */
export type Modes = 'fine' | 'mended' | 'open';

/** What was read. `bytes` is absent where the file is larger than allowed. */
export interface FoundFile {
  readonly bytes?: Uint8Array;
  readonly modes: Modes;
}

/** A file that nobody sees yet: made exclusively, ours alone, its room on the disk taken. */
export interface NewFile {
  readonly path: string;
  /** Replaces the whole content and fsyncs it. May be called again after a failure. */
  fill(bytes: Uint8Array): Promise<void>;
  /** Lets go of it without removing it. Twice does nothing. */
  close(): Promise<void>;
}

/**
 * Files and folders that only their owner may see. Errors are Node's system errors, and `EREFUSED` for what we will not
 * touch: a symbolic link, something of another user, something that is no file or folder.
 */
export interface Disk {
  /** Makes the folder (0700) with those above it, synced, or checks it and mends its permission bits. */
  makeFolder(path: string): Promise<Modes>;
  /** Checks the folder and mends its permission bits; `undefined` when there is none. */
  checkFolder(path: string): Promise<Modes | undefined>;
  /** Names in the folder; none when there is no folder. */
  names(folder: string): Promise<readonly string[]>;
  /** The file, or `undefined` when there is none. Mends its permission bits. */
  read(path: string, limit: number): Promise<FoundFile | undefined>;
  /** A new file of `bytes` zeros (0600), fsynced. Fails where anything is at the path. Leaves nothing behind on failure. */
  create(path: string, bytes: number): Promise<NewFile>;
  /** Makes an empty file (0600) unless there is one. */
  touch(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Whether there was something to remove. */
  remove(path: string): Promise<boolean>;
  /** Carries names that were made or removed to the disk. */
  sync(folder: string): Promise<void>;
  /** Milliseconds since the epoch, and a text that differs when the file is another one; `undefined` when there is none. */
  look(path: string): Promise<{ readonly modifiedAt: number; readonly signature: string } | undefined>;
}

/** An error for what we will not touch. */
export function refusal(path: string, why: string): Error {
  return Object.assign(new Error(`${path} ${why}`), { code: 'EREFUSED', path, why });
}

/** What was not touched, and why in words that follow its path; `undefined` for other errors. */
export function refusedBecause(error: unknown): { readonly path: string; readonly why: string } | undefined {
  return errnoOf(error) === 'EREFUSED' ? (error as Error & { readonly path: string; readonly why: string }) : undefined;
}
