/**
 * What is at a path, without reading it. Apart from the other files because the command line asks this at every start.
 *
 * @module
 */
import { lstatSync, realpathSync, statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { errnoOf } from '../base/errors.ts';
import type { FileFacts, Files } from '../core/machine.ts';

function kindOf(stats: Stats): FileFacts['kind'] {
  if (stats.isFile()) return 'file';
  return stats.isDirectory() ? 'folder' : 'other';
}

/** The facts of what Node found. */
export function factsFrom(stats: Stats): FileFacts {
  const { size, mode, uid, mtimeMs } = stats;
  return { size, mode: mode & 0o7777, uid, mtimeMs, kind: kindOf(stats) };
}

/** Whether an error says that there is nothing at the path. */
export function isNothing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '');
}

async function unlessNothing<T>(look: () => T): Promise<T | undefined> {
  try {
    return look();
  } catch (error) {
    if (isNothing(error)) return undefined;
    throw error;
  }
}

/**
 * Looks at once: for a process that has nothing else to do, because threads and `node:fs/promises` take longer to start
 * than all that is asked here.
 */
export const quickFacts: Pick<Files, 'facts' | 'real'> = {
  facts: (path, options) => unlessNothing(() => factsFrom((options?.nofollow === true ? lstatSync : statSync)(path))),
  real: (path) => unlessNothing(() => realpathSync.native(path)),
};
