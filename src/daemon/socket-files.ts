/**
 * The few file operations that a control socket needs. Synchronous on purpose: they are short, and a check and the act
 * that relies on it stay together.
 *
 * @module
 */
import { chmodSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** What lies at a path; a symlink is told, not followed. */
export interface SocketFacts {
  readonly kind: 'socket' | 'folder' | 'symlink' | 'other';
  /** Permission bits only. */
  readonly mode: number;
  readonly uid: number;
  /** The same for the same file, however it is called. */
  readonly id: string;
}

/** The port. Errors are Node's system errors. */
export interface SocketFiles {
  /** `undefined` when there is nothing. */
  facts(path: string): SocketFacts | undefined;
  /** Makes a missing folder, 0700 whatever the umask is, and its parents; one that exists stays as it is. */
  makeFolder(path: string): void;
  chmod(path: string, mode: number): void;
  rename(from: string, to: string): void;
  /** No error when there is nothing. */
  remove(path: string): void;
  /** `undefined` when there is no such file. */
  readText(path: string): string | undefined;
  /** Writes a new file, 0600. `false` when something is there already, a dangling symlink included. */
  createText(path: string, text: string): boolean;
}

function orUndefined<T>(code: string, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === code) return undefined;
    throw error;
  }
}

function facts(path: string): SocketFacts | undefined {
  const found = orUndefined('ENOENT', () => lstatSync(path));
  if (found === undefined) return undefined;
  let kind: SocketFacts['kind'] = 'other';
  if (found.isSocket()) kind = 'socket';
  else if (found.isDirectory()) kind = 'folder';
  else if (found.isSymbolicLink()) kind = 'symlink';
  return { kind, mode: found.mode & 0o777, uid: found.uid, id: `${found.dev}:${found.ino}` };
}

/** The machine's own files. */
export const socketFiles: SocketFiles = {
  facts,
  makeFolder(path) {
    const made = mkdirSync(path, { recursive: true, mode: 0o700 });
    if (made !== undefined) chmodSync(path, 0o700);
  },
  chmod: chmodSync,
  rename: renameSync,
  remove: (path) => rmSync(path, { force: true }),
  readText: (path) => orUndefined('ENOENT', () => readFileSync(path, 'utf8')),
  createText: (path, text) =>
    orUndefined('EEXIST', () => {
      writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
      return true;
    }) ?? false,
};
