/**
 * A disk in memory with faults by hand, for tests of the store.
 *
 * @module
 */
import { dirname } from 'node:path';
import { refusal } from '../../src/store/disk.ts';
import type { Disk, NewFile } from '../../src/store/disk.ts';
import { systemError } from './memory-files.ts';

/** What is asked of the disk. */
export type DiskWork =
  | 'makeFolder'
  | 'checkFolder'
  | 'names'
  | 'read'
  | 'create'
  | 'fill'
  | 'touch'
  | 'rename'
  | 'remove'
  | 'sync'
  | 'look';

/** A disk in memory. */
export interface MemoryDisk extends Disk {
  readonly files: Map<string, Uint8Array>;
  readonly folders: Set<string>;
  /** What is refused, by path: why. */
  readonly refused: Map<string, string>;
  readonly modifiedAt: Map<string, number>;
  /** Everything asked, in order. */
  readonly asked: string[];
  /** Decides before each piece of work: the code of the error it ends with. */
  fault: (work: DiskWork, path: string) => string | undefined;
  text(path: string): string;
  put(path: string, text: string | Uint8Array): void;
}

/** An empty disk. `now` gives the times of files. */
export function memoryDisk(now: () => number = () => 0): MemoryDisk {
  const files = new Map<string, Uint8Array>();
  const folders = new Set<string>();
  const refused = new Map<string, string>();
  const modifiedAt = new Map<string, number>();
  const versions = new Map<string, number>();
  const asked: string[] = [];
  let count = 0;

  const begin = (work: DiskWork, path: string): void => {
    asked.push(`${work} ${path}`);
    const code = disk.fault(work, path);
    if (code !== undefined) throw systemError(code, path);
    const why = refused.get(path);
    if (why !== undefined && work !== 'look' && work !== 'names') throw refusal(path, why);
  };
  const store = (path: string, bytes: Uint8Array): void => {
    files.set(path, bytes);
    modifiedAt.set(path, now());
    count += 1;
    versions.set(path, count);
  };
  const mustHave = (path: string): Uint8Array => {
    const bytes = files.get(path);
    if (bytes === undefined) throw systemError('ENOENT', path);
    return bytes;
  };

  const disk: MemoryDisk = {
    files,
    folders,
    refused,
    modifiedAt,
    asked,
    fault: () => undefined,
    text: (path) => Buffer.from(files.get(path) ?? []).toString('utf8'),
    put(path, text) {
      folders.add(dirname(path));
      store(path, typeof text === 'string' ? Buffer.from(text) : text);
    },
    async makeFolder(path) {
      begin('makeFolder', path);
      folders.add(path);
      return 'fine';
    },
    async checkFolder(path) {
      begin('checkFolder', path);
      return folders.has(path) ? 'fine' : undefined;
    },
    async names(folder) {
      begin('names', folder);
      return [...files.keys()].filter((path) => dirname(path) === folder).map((path) => path.slice(folder.length + 1));
    },
    async read(path, limit) {
      begin('read', path);
      const bytes = files.get(path);
      if (bytes === undefined) return undefined;
      return bytes.length > limit ? { modes: 'fine' } : { modes: 'fine', bytes };
    },
    async create(path, bytes): Promise<NewFile> {
      begin('create', path);
      if (files.has(path)) throw systemError('EEXIST', path);
      store(path, new Uint8Array(bytes));
      return {
        path,
        async fill(content) {
          begin('fill', path);
          if (files.has(path)) store(path, Uint8Array.from(content));
        },
        close: () => Promise.resolve(),
      };
    },
    async touch(path) {
      begin('touch', path);
      if (!files.has(path)) store(path, new Uint8Array());
    },
    async rename(from, to) {
      begin('rename', from);
      const bytes = mustHave(from);
      files.delete(from);
      store(to, bytes);
    },
    async remove(path) {
      begin('remove', path);
      return files.delete(path);
    },
    async sync(folder) {
      begin('sync', folder);
    },
    async look(path) {
      begin('look', path);
      if (!files.has(path)) return undefined;
      return { modifiedAt: modifiedAt.get(path) ?? 0, signature: String(versions.get(path)) };
    },
  };
  return disk;
}
