/**
 * Files and locks in memory, for tests of what reads and writes configuration. Faults are set by hand.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path';
import type { FileFacts, Files, Locks } from '../../src/core/machine.ts';

/** A system error as Node makes it. */
export function systemError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: '${path}'`), { code, path });
}

/** Files in memory. */
export interface MemoryFiles extends Files {
  /** Text by absolute path. */
  readonly texts: Map<string, string>;
  /** Modes that differ from 0600; executables are written with them. */
  readonly modes: Map<string, number>;
  /** Symbolic links: from path to target. */
  readonly links: Map<string, string>;
  /** Error codes: by path, for reading and writing. */
  readonly readFaults: Map<string, string>;
  readonly writeFaults: Map<string, string>;
  /** Writes made, in order. */
  readonly writes: string[];
  /** Writes like another program: at once, and the watchers hear it. */
  put(path: string, text: string, mode?: number): void;
  take(path: string): void;
}

/** An empty disk, or one with these files. */
export function memoryFiles(start: Readonly<Record<string, string>> = {}): MemoryFiles {
  const texts = new Map(Object.entries(start));
  const modes = new Map<string, number>();
  const links = new Map<string, string>();
  const readFaults = new Map<string, string>();
  const writeFaults = new Map<string, string>();
  const writes: string[] = [];
  const watchers = new Set<{ readonly folder: string; readonly changed: (name: string | undefined) => void }>();

  const followed = (path: string): string => links.get(path) ?? path;
  const isFolder = (path: string): boolean =>
    [...texts.keys()].some((file) => file.startsWith(`${path}/`)) || path === '/';
  const tell = (path: string): void => {
    for (const { folder, changed } of watchers) if (folder === dirname(path)) changed(basename(path));
  };
  const failing = (faults: Map<string, string>, path: string): void => {
    const code = faults.get(path);
    if (code !== undefined) throw systemError(code, path);
  };
  const kindOf = (path: string): FileFacts['kind'] | undefined => {
    if (texts.has(path)) return 'file';
    return isFolder(path) ? 'folder' : undefined;
  };

  return {
    texts,
    modes,
    links,
    readFaults,
    writeFaults,
    writes,
    put(path, text, mode) {
      texts.set(followed(path), text);
      if (mode !== undefined) modes.set(path, mode);
      tell(path);
    },
    take(path) {
      texts.delete(path);
      tell(path);
    },
    async readText(path) {
      failing(readFaults, path);
      return texts.get(followed(path));
    },
    async digest(path) {
      const text = texts.get(followed(path));
      return text === undefined ? undefined : createHash('sha256').update(text).digest('hex');
    },
    async writeAtomic(path, text, mode) {
      failing(writeFaults, path);
      texts.set(followed(path), text);
      if (mode !== undefined) modes.set(path, mode);
      writes.push(path);
      tell(path);
    },
    async remove(path) {
      texts.delete(path);
      tell(path);
    },
    async facts(path) {
      const kind = kindOf(followed(path));
      return kind === undefined ? undefined : { size: 0, mode: modes.get(path) ?? 0o600, uid: 0, mtimeMs: 0, kind };
    },
    async real(path) {
      return kindOf(followed(path)) === undefined ? undefined : followed(path);
    },
    list: (folder) => Promise.resolve([...texts.keys()].filter((path) => dirname(path) === folder)),
    makeFolder: () => Promise.resolve(),
    watchFolder(folder, changed) {
      const watcher = { folder, changed };
      watchers.add(watcher);
      return () => {
        watchers.delete(watcher);
      };
    },
  };
}

/** Locks of one process: one at a time for each path. */
export function memoryLocks(): Locks {
  const tails = new Map<string, Promise<unknown>>();
  return {
    withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
      const next = (tails.get(path) ?? Promise.resolve()).then(work, work);
      tails.set(
        path,
        next.catch(() => undefined),
      );
      return next;
    },
  };
}
