/**
 * What is at a path, without reading it. Apart from the other files because the command line asks this at every start.
 *
 * @module
 */
import { lstat, realpath, stat } from 'node:fs';
import type { Stats } from 'node:fs';
import { promisify } from 'node:util';
import { errnoOf } from '../base/errors.ts';
import type { FileFacts, Files } from '../core/machine.ts';

// Not from `node:fs/promises`: loading that takes longer than all that is asked here.
const look = { lstat: promisify(lstat), stat: promisify(stat), realpath: promisify(realpath.native) };

const isAbsent = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '');

/** The result, or `undefined` where there is nothing at the path. */
export async function unlessAbsent<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

function kindOf(facts: Stats): FileFacts['kind'] {
  if (facts.isFile()) return 'file';
  return facts.isDirectory() ? 'folder' : 'other';
}

async function factsOf(path: string, nofollow: boolean): Promise<FileFacts | undefined> {
  const found = await unlessAbsent(nofollow ? look.lstat(path) : look.stat(path));
  if (found === undefined) return undefined;
  return {
    size: found.size,
    mode: found.mode & 0o7777,
    uid: found.uid,
    mtimeMs: found.mtimeMs,
    kind: kindOf(found),
  };
}

/** The part of `Files` that only looks. */
export const fileFacts: Pick<Files, 'facts' | 'real'> = {
  facts: (path, options) => factsOf(path, options?.nofollow === true),
  real: (path) => unlessAbsent(look.realpath(path)),
};
