/**
 * The real disk under the store.
 *
 * @module
 */
import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir, rename, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { errnoOf } from '../base/errors.ts';
import { refusal } from './disk.ts';
import type { Disk, FoundFile, Modes, NewFile } from './disk.ts';

const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
const OTHERS = 0o077;
/** Windows refuses to rename over a file that a virus scanner or an indexer has open for a moment. */
const RENAME_TRIES = 20;
const RENAME_WAIT_MS = 25;

// Windows knows neither of the two flags.
const NOFOLLOW = constants.O_NOFOLLOW ?? 0;
const NONBLOCK = constants.O_NONBLOCK ?? 0;

const hasCode = (error: unknown, ...codes: readonly string[]): boolean => codes.includes(errnoOf(error) ?? '');

async function unlessAbsent<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  let at = 0;
  while (at < bytes.length) at += (await handle.write(bytes, at, bytes.length - at, at)).bytesWritten;
}

class RealFile implements NewFile {
  readonly path: string;
  readonly #handle: FileHandle;
  #closed: Promise<void> | undefined;

  constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.#handle = handle;
  }

  async fill(bytes: Uint8Array): Promise<void> {
    // Over the zeros that are there, so that a full disk has room for it.
    await writeAll(this.#handle, bytes);
    await this.#handle.truncate(bytes.length);
    await this.#handle.sync();
  }

  close(): Promise<void> {
    this.#closed ??= this.#handle.close();
    return this.#closed;
  }
}

class NodeDisk implements Disk {
  readonly #clock: Clock;
  readonly #uid: number | undefined;

  constructor(clock: Clock, uid: number | undefined) {
    this.#clock = clock;
    this.#uid = uid;
  }

  async makeFolder(path: string): Promise<Modes> {
    const first = await this.#mkdir(path);
    if (first === undefined) return (await this.checkFolder(path)) ?? 'fine';
    const modes = await this.checkFolder(path);
    for (let made = path; made.length >= first.length; made = dirname(made)) await this.sync(dirname(made));
    return modes ?? 'fine';
  }

  async #mkdir(path: string): Promise<string | undefined> {
    try {
      return await mkdir(path, { recursive: true, mode: FOLDER_MODE });
    } catch (error) {
      // A file or a dangling link stands there.
      if (hasCode(error, 'EEXIST')) throw refusal(path, 'is not a folder');
      throw error;
    }
  }

  async checkFolder(path: string): Promise<Modes | undefined> {
    const facts = await unlessAbsent(lstat(path));
    if (facts === undefined) return undefined;
    if (facts.isSymbolicLink()) throw refusal(path, 'is a symbolic link');
    if (!facts.isDirectory()) throw refusal(path, 'is not a folder');
    this.#mustBeOurs(path, facts);
    if (this.#uid === undefined || (facts.mode & OTHERS) === 0) return 'fine';
    const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY | NOFOLLOW);
    try {
      return await this.#mend(handle, FOLDER_MODE);
    } finally {
      await handle.close();
    }
  }

  async names(folder: string): Promise<readonly string[]> {
    return (await unlessAbsent(readdir(folder))) ?? [];
  }

  async read(path: string, limit: number): Promise<FoundFile | undefined> {
    const handle = await this.#openForReading(path);
    if (handle === undefined) return undefined;
    try {
      const facts = await handle.stat();
      if (!facts.isFile()) throw refusal(path, 'is not a regular file');
      this.#mustBeOurs(path, facts);
      const isOpen = this.#uid !== undefined && (facts.mode & OTHERS) !== 0;
      const modes = isOpen ? await this.#mend(handle, FILE_MODE) : 'fine';
      if (facts.size > limit) return { modes };
      return { modes, bytes: await handle.readFile() };
    } finally {
      await handle.close();
    }
  }

  async #openForReading(path: string): Promise<FileHandle | undefined> {
    try {
      // Without O_NONBLOCK a planted pipe would make us wait for ever.
      return await unlessAbsent(open(path, constants.O_RDONLY | NOFOLLOW | NONBLOCK));
    } catch (error) {
      if (hasCode(error, 'ELOOP', 'EMLINK')) throw refusal(path, 'is a symbolic link');
      if (hasCode(error, 'EISDIR', 'ENXIO')) throw refusal(path, 'is not a regular file');
      throw error;
    }
  }

  async create(path: string, bytes: number): Promise<NewFile> {
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | NOFOLLOW;
    const handle = await open(path, flags, FILE_MODE);
    try {
      await writeAll(handle, new Uint8Array(bytes));
      await handle.sync();
      return new RealFile(path, handle);
    } catch (error) {
      await handle.close().catch(() => undefined);
      await unlink(path).catch(() => undefined);
      throw error;
    }
  }

  async touch(path: string): Promise<void> {
    const handle = await open(path, constants.O_WRONLY | constants.O_CREAT | NOFOLLOW | NONBLOCK, FILE_MODE);
    await handle.close();
  }

  async rename(from: string, to: string): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        await rename(from, to);
        return;
      } catch (error) {
        const mayPass = this.#uid === undefined && hasCode(error, 'EPERM', 'EACCES', 'EBUSY');
        if (!mayPass || tries >= RENAME_TRIES) throw error;
        await this.#clock.sleep(RENAME_WAIT_MS);
      }
    }
  }

  async remove(path: string): Promise<boolean> {
    return (await unlessAbsent(unlink(path).then(() => true))) ?? false;
  }

  async sync(folder: string): Promise<void> {
    let handle: FileHandle | undefined;
    try {
      handle = await open(folder, 'r');
      await handle.sync();
    } catch (error) {
      // Systems that cannot open folders, and network disks that cannot sync them, keep names by themselves.
      if (!hasCode(error, 'EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP')) throw error;
    } finally {
      await handle?.close();
    }
  }

  async look(path: string): Promise<{ readonly modifiedAt: number; readonly signature: string } | undefined> {
    const facts = await unlessAbsent(lstat(path));
    if (facts === undefined) return undefined;
    const { ino, size, mtimeMs, ctimeMs } = facts;
    return { modifiedAt: mtimeMs, signature: `${ino}:${size}:${mtimeMs}:${ctimeMs}` };
  }

  #mustBeOurs(path: string, facts: Stats): void {
    if (this.#uid === undefined || facts.uid === this.#uid) return;
    throw refusal(path, `belongs to user ${facts.uid}, not to you (${this.#uid})`);
  }

  async #mend(handle: FileHandle, mode: number): Promise<Modes> {
    try {
      await handle.chmod(mode);
      return 'mended';
    } catch {
      return 'open';
    }
  }
}

/** The disk of this machine. `uid` is absent where users have no numbers (Windows): owners and modes are then not looked at. */
export function createNodeDisk(world: { readonly clock: Clock; readonly uid: number | undefined }): Disk {
  return new NodeDisk(world.clock, world.uid);
}
