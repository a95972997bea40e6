/**
 * Exclusion between processes: one queue inside this process, and in front of the others the best lock the system has.
 *
 * @module
 */
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { HoldfastError } from '../base/errors.ts';
import type { Locks } from '../core/machine.ts';
import type { TakeLock, Taken } from './lock-kind.ts';

const DEFAULT_WAIT_MS = 15_000;

// Loaded when the first lock is taken: most starts of the program take none.
async function bestLock(clock: Clock, platform: NodeJS.Platform): Promise<TakeLock> {
  if (platform === 'win32' || platform === 'darwin') {
    const { createNameLock, createPolledLock, tryExclusiveOpen } = await import('./polled-lock.ts');
    return createPolledLock(clock, platform === 'darwin' ? tryExclusiveOpen : createNameLock(platform));
  }
  const { createFlock, findFlock } = await import('./flock.ts');
  const program = findFlock();
  if (program !== undefined) return createFlock(program);
  const [{ createOwnerLock }, { ownIdentity }] = await Promise.all([
    import('./owner-lock.ts'),
    import('./process-identity.ts'),
  ]);
  return createOwnerLock(clock, ownIdentity);
}

function lockedError(path: string, waitMs: number, taken: Extract<Taken, { ok: false }>): HoldfastError {
  const holder = taken.holder ?? 'another process';
  const text =
    taken.why === 'busy'
      ? `${holder} holds the lock ${path}; waited ${waitMs} ms`
      : `the lock ${path} cannot be taken: flock(1) does not work here`;
  return new HoldfastError('ERR_CONFIG_LOCKED', text, {
    hint: taken.remedy ?? 'Try again; if it stays so, look for a Holdfast process that hangs and end it.',
    data: { file: path },
  });
}

class SystemLocks implements Locks {
  readonly #clock: Clock;
  readonly #choose: () => Promise<TakeLock>;
  #chosen: Promise<TakeLock> | undefined;
  /** The end of the queue of each path. */
  readonly #queues = new Map<string, Promise<void>>();

  constructor(clock: Clock, choose: () => Promise<TakeLock>) {
    this.#clock = clock;
    this.#choose = choose;
  }

  async withLock<T>(path: string, work: () => Promise<T>, waitMs = DEFAULT_WAIT_MS): Promise<T> {
    const limit = new AbortController();
    const timer = this.#clock.after(waitMs, () => limit.abort(new Error('waited long enough')));
    const turn = this.#enter(path);
    try {
      await this.#myTurn(turn.before, limit.signal);
      const taken = limit.signal.aborted ? ({ ok: false, why: 'busy' } as const) : await this.#takeFile(path, limit);
      if (!taken.ok) throw lockedError(path, waitMs, taken);
      timer.cancel();
      try {
        return await work();
      } finally {
        await taken.release();
      }
    } finally {
      timer.cancel();
      turn.leave();
    }
  }

  async #takeFile(path: string, limit: AbortController): Promise<Taken> {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    this.#chosen ??= this.#choose();
    const take = await this.#chosen;
    return take(path, limit.signal);
  }

  /** Waits for those before us in this process, at most until the limit. */
  #myTurn(before: Promise<void>, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
      void before.then(resolve);
    });
  }

  #enter(path: string): { readonly before: Promise<void>; readonly leave: () => void } {
    const before = this.#queues.get(path) ?? Promise.resolve();
    const own = gate();
    // Whoever gives up in the queue must not let the next one in before those in front have left.
    const tail = Promise.all([before, own.passed]).then(() => {
      if (this.#queues.get(path) === tail) this.#queues.delete(path);
      return undefined;
    });
    this.#queues.set(path, tail);
    return { before, leave: own.open };
  }
}

function gate(): { readonly passed: Promise<void>; readonly open: () => void } {
  let open: (() => void) | undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open: () => open?.() };
}

/**
 * The locks of this machine: `flock(1)` on Linux, `O_EXLOCK` on macOS, a named pipe on Windows, owner files where none of
 * them is. Not re-entrant: `work` that asks for the same path waits for itself and fails with `ERR_CONFIG_LOCKED`.
 */
export function createLocks(world: {
  readonly clock: Clock;
  readonly platform: NodeJS.Platform;
  /** Replaces the choice. */
  readonly take?: TakeLock;
}): Locks {
  const { clock, platform, take } = world;
  return new SystemLocks(clock, async () => take ?? bestLock(clock, platform));
}
