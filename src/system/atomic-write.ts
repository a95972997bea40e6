/**
 * Writes a file so that a reader, a crash or a full disk sees the old text or the new one, never a part.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { lstat, mkdir, open, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { errnoOf } from '../base/errors.ts';

const OWNER_ONLY = 0o600;
const LONGEST_LINK_CHAIN = 40;

async function statIfThere(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** The path behind symlinks, also where the last one points to nothing yet. Errors: `ELOOP`. */
async function targetOf(path: string): Promise<string> {
  let current = resolve(path);
  for (let hops = 0; hops < LONGEST_LINK_CHAIN; hops += 1) {
    const folder = await realpath(dirname(current)).catch(() => dirname(current));
    current = join(folder, basename(current));
    const isLink = await lstat(current).then(
      (facts) => facts.isSymbolicLink(),
      () => false,
    );
    if (!isLink) return current;
    current = resolve(folder, await readlink(current));
  }
  throw Object.assign(new Error(`ELOOP: too many symbolic links, open '${path}'`), { code: 'ELOOP', path });
}

/** The new name reaches the disk only with its folder. Systems that cannot open folders keep names by themselves. */
async function syncFolder(folder: string): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(folder, 'r');
    await handle.sync();
  } catch (error) {
    if (!['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP'].includes(errnoOf(error) ?? '')) throw error;
  } finally {
    await handle?.close();
  }
}

async function fill(handle: FileHandle, text: string, like: { readonly mode: number; readonly old?: Stats }) {
  const { mode, old } = like;
  const own = await handle.stat();
  // A file that root edits for a user stays the user's. Where that is not allowed the file becomes the writer's.
  if (old !== undefined && (old.uid !== own.uid || old.gid !== own.gid))
    await handle.chown(old.uid, old.gid).catch(() => undefined);
  await handle.chmod(mode);
  await handle.writeFile(text, 'utf8');
  await handle.sync();
}

/**
 * Puts `text` at `path`: temp file in the same folder, fsync, rename, fsync of the folder. `mode` defaults to that of the
 * file, else 0600; nobody else can read the text at any moment before. A symlink at `path` stays, its target changes.
 * Makes the folder (0700). After a failure (`ENOSPC`, `EROFS`, `EACCES` …) the old text stands and no temp file is left.
 */
export async function writeWhole(path: string, text: string, mode?: number): Promise<void> {
  const target = await targetOf(path);
  const folder = dirname(target);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const old = await statIfThere(target);
  const temp = join(folder, `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`);
  const handle = await open(temp, 'wx', OWNER_ONLY);
  try {
    try {
      const wanted = mode ?? (old === undefined ? OWNER_ONLY : old.mode & 0o777);
      await fill(handle, text, { mode: wanted, ...(old === undefined ? {} : { old }) });
    } finally {
      await handle.close();
    }
    await rename(temp, target);
  } catch (error) {
    await rm(temp, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncFolder(folder);
}
