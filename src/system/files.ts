/**
 * The real files: reading with a bound, writing that is whole or not at all, and facts about what is there.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { lstat, mkdir, open, readdir, realpath, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { Clock } from '../base/clock.ts';
import type { Files } from '../core/machine.ts';
import { writeWhole } from './atomic-write.ts';
import { factsFrom, isNothing } from './facts.ts';
import { watchFolder } from './folder-watch.ts';

const DEFAULT_LIMIT = 16 * 1024 * 1024;

/** A system error as Node would have made it, for what the kernel itself does not refuse. */
function systemError(code: string, path: string, what: string): Error {
  return Object.assign(new Error(`${code}: ${what}, open '${path}'`), { code, path, syscall: 'open' });
}

/** The result, or `undefined` where there is nothing at the path. */
async function unlessAbsent<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isNothing(error)) return undefined;
    throw error;
  }
}

// Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
function openForReading(path: string): Promise<FileHandle | undefined> {
  return unlessAbsent(open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)));
}

async function readText(path: string, limit: number): Promise<string | undefined> {
  const handle = await openForReading(path);
  if (handle === undefined) return undefined;
  try {
    const facts = await handle.stat();
    if (facts.isDirectory()) throw systemError('EISDIR', path, 'illegal operation on a directory');
    if (!facts.isFile()) throw systemError('EINVAL', path, 'not a regular file');
    if (facts.size > limit) throw systemError('EFBIG', path, `file over ${limit} bytes`);
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

async function digest(path: string): Promise<string | undefined> {
  const facts = await unlessAbsent(stat(path));
  if (facts?.isFile() !== true) return undefined;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** The files of this machine. Errors are Node's own, with `code`. */
export function createFiles(world: { readonly clock: Clock }): Files {
  return {
    readText: (path, limit = DEFAULT_LIMIT) => readText(path, limit),
    digest,
    writeAtomic: writeWhole,
    remove: (path) => rm(path, { force: true }),
    async facts(path, options) {
      const found = await unlessAbsent(options?.nofollow === true ? lstat(path) : stat(path));
      return found === undefined ? undefined : factsFrom(found);
    },
    real: (path) => unlessAbsent(realpath(path)),
    list: (folder) => readdir(folder),
    async makeFolder(path, mode) {
      await mkdir(path, { recursive: true, mode });
    },
    watchFolder: (folder, changed) => watchFolder(world.clock, folder, changed),
  };
}
