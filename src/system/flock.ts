/**
 * The kernel's own lock, taken by `flock(1)` on a descriptor of ours: it lives as long as we hold the file open, ends with
 * our death however we die, and nobody can take it from us while we are frozen.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { accessSync, constants } from 'node:fs';
import type { TakeLock, Taken } from './lock-kind.ts';

/** Looked for here and not in PATH, so that two processes of one user never disagree about which kind of lock there is. */
const PLACES = ['/usr/bin/flock', '/bin/flock', '/usr/local/bin/flock', '/opt/homebrew/bin/flock'];

/** Where `flock(1)` is, of util-linux or busybox. */
export function findFlock(places: readonly string[] = PLACES): string | undefined {
  return places.find((place) => {
    try {
      accessSync(place, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

// The child has a copy of our descriptor; the lock belongs to the open file behind both, so it stays when the child ends.
function lockDescriptor(program: string, handle: FileHandle, signal: AbortSignal): Promise<Taken | 'held'> {
  return new Promise((resolve) => {
    const child = spawn(program, ['-x', '3'], { stdio: ['ignore', 'ignore', 'ignore', handle.fd], env: {} });
    const stop = (): void => {
      child.kill('SIGKILL');
    };
    const end = (taken: Taken | 'held'): void => {
      signal.removeEventListener('abort', stop);
      resolve(taken);
    };
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    child.on('error', () => end({ ok: false, why: 'unavailable' }));
    child.on('exit', (code) => {
      if (code === 0) end('held');
      else end({ ok: false, why: signal.aborted ? 'busy' : 'unavailable' });
    });
  });
}

/** Takes locks with the `flock(1)` at `program`. The lock file is made (0600) and never removed. */
export function createFlock(program: string): TakeLock {
  return async (path, signal) => {
    const handle = await open(path, 'a', 0o600);
    try {
      const outcome = await lockDescriptor(program, handle, signal);
      if (outcome === 'held') return { ok: true, release: () => handle.close() };
      await handle.close();
      return outcome;
    } catch (error) {
      await handle.close();
      throw error;
    }
  };
}
