/**
 * Takes the control socket for this process: safe from the first moment, and for one process only.
 *
 * @module
 */
import { connect } from 'node:net';
import type { Server } from 'node:net';
import { dirname, join } from 'node:path';
import { HoldfastError, errnoOf } from '../base/errors.ts';
import type { Locks } from '../core/machine.ts';
import { checkFolder, checkSocket } from './socket-guard.ts';
import type { Guard } from './socket-guard.ts';
import type { SocketFiles } from './socket-files.ts';

/** What binding needs. */
export interface BindOptions {
  readonly socketPath: string;
  readonly guard: Guard & { readonly files: SocketFiles };
  readonly locks: Locks;
  /** A short text that no other process uses now. */
  readonly unique: string;
}

/** The socket, taken. */
export interface Bound {
  /** Whether the socket is still there and this one: its folder may have been swept. */
  held(): boolean;
  /** Removes the socket, if it is still this one. To be called before listening ends. */
  release(): void;
}

const LOCK_WAIT_MS = 10_000;

function running(socketPath: string, cause?: unknown): HoldfastError {
  return new HoldfastError('ERR_DAEMON_RUNNING', 'a daemon of this user is running already', {
    hint: 'Use it, or run: holdfast daemon stop',
    data: { socket: socketPath },
    ...(cause === undefined ? {} : { cause }),
  });
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ path, backlog: 511 }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

// A socket file whose process is dead refuses at once; anything else, a full queue included, means that one lives.
function isDead(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(false);
    });
    probe.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code === 'ECONNREFUSED' || error.code === 'ENOENT');
    });
  });
}

// Bound under another name, made private, then renamed: at its own name the socket is never open to others, whatever
// the umask is, and it takes the place of a dead one without a gap.
async function take(server: Server, { socketPath, guard, unique }: BindOptions): Promise<Bound> {
  const { files } = guard;
  if (checkSocket(socketPath, guard) === 'safe' && !(await isDead(socketPath))) throw running(socketPath);
  const temporary = join(dirname(socketPath), `.${unique.slice(0, 8)}`);
  files.remove(temporary);
  await listen(server, temporary);
  try {
    files.chmod(temporary, 0o600);
    files.rename(temporary, socketPath);
  } catch (error) {
    server.close();
    throw error;
  }
  const own = files.facts(socketPath)?.id;
  const held = (): boolean => {
    try {
      return own !== undefined && files.facts(socketPath)?.id === own;
    } catch {
      // Where it cannot be looked at nobody else finds it either.
      return false;
    }
  };
  return {
    held,
    release: () => {
      if (held()) files.remove(socketPath);
    },
  };
}

async function takePipe(server: Server, socketPath: string): Promise<Bound> {
  try {
    await listen(server, socketPath);
  } catch (error) {
    throw errnoOf(error) === 'EADDRINUSE' ? running(socketPath, error) : error;
  }
  return { held: () => true, release: () => {} };
}

/**
 * Listens at `socketPath`, in a 0700 folder that is made where it is missing. A socket left from a dead daemon is
 * replaced, under a lock. Errors: `ERR_DAEMON_RUNNING`; `ERR_SOCKET_UNSAFE`; system errors of the folder.
 */
export async function bind(server: Server, options: BindOptions): Promise<Bound> {
  const { socketPath, guard, locks } = options;
  if (guard.uid === undefined) return takePipe(server, socketPath);
  guard.files.makeFolder(dirname(socketPath));
  checkFolder(socketPath, guard);
  try {
    return await locks.withLock(`${socketPath}.lock`, () => take(server, options), LOCK_WAIT_MS);
  } catch (error) {
    // Whoever holds the lock for so long is another daemon on its way.
    if (error instanceof HoldfastError && error.code === 'ERR_CONFIG_LOCKED') throw running(socketPath, error);
    throw error;
  }
}
