/**
 * Kernel locks that can only be tried, not waited for: `O_EXLOCK` on macOS, the name of a pipe on Windows. Both end with
 * the process that holds them.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { errnoOf } from '../base/errors.ts';
import type { TakeLock } from './lock-kind.ts';

/** `O_EXLOCK` of macOS and the BSDs (`fcntl.h`): the lock of `flock(2)`, taken by `open(2)` itself. */
const O_EXLOCK = 0x20;
const BUSY = new Set(['EAGAIN', 'EWOULDBLOCK', 'EADDRINUSE']);
const TRY_EVERY_MS = 20;

/** One try: how to let go, or `undefined` when another holds it. */
export type TryLock = (path: string) => Promise<(() => Promise<void>) | undefined>;

/** Tries again and again until the lock is ours or `signal` aborts. */
export function createPolledLock(clock: Clock, tryLock: TryLock): TakeLock {
  return async (path, signal) => {
    for (;;) {
      const release = await tryLock(path);
      if (release !== undefined) return { ok: true, release };
      await clock.sleep(TRY_EVERY_MS, signal).catch(() => undefined);
      if (signal.aborted) return { ok: false, why: 'busy' };
    }
  };
}

async function unlessBusy<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (BUSY.has(errnoOf(error) ?? '')) return undefined;
    throw error;
  }
}

/** macOS: opens the lock file with the lock. */
export const tryExclusiveOpen: TryLock = async (path) => {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK | O_EXLOCK;
  const handle = await unlessBusy(open(path, flags, 0o600));
  return handle === undefined ? undefined : () => handle.close();
};

/** The name under which a lock is listened for: a named pipe on Windows, an abstract socket (first byte 0) elsewhere. */
export function lockName(path: string, platform: NodeJS.Platform): string {
  const hash = createHash('sha256').update(path).digest('hex').slice(0, 32);
  return platform === 'win32' ? String.raw`\\.\pipe\holdfast-lock-${hash}` : `\0holdfast-lock-${hash}`;
}

/** Windows: listens under a name that only one process can have. */
export function createNameLock(platform: NodeJS.Platform): TryLock {
  return async (path) => {
    const server = createServer((socket) => socket.destroy());
    const listening = new Promise<boolean>((resolve, reject) => {
      server.once('error', reject);
      server.listen(lockName(path, platform), () => resolve(true));
    });
    if ((await unlessBusy(listening)) === undefined) return undefined;
    server.unref();
    return () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      });
  };
}
