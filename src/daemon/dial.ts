/**
 * Opens one connection to the daemon's socket, after looking whether the socket can be trusted.
 *
 * @module
 */
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { HoldfastError } from '../base/errors.ts';
import { checkSocket } from './socket-guard.ts';
import type { Guard } from './socket-guard.ts';

/** Where to, and what must hold. */
export interface DialOptions {
  readonly socketPath: string;
  readonly guard: Guard;
  readonly clock: Clock;
  /** Key of the mutual challenge; asked for on Windows only. `undefined` = there is no key file, so no daemon either. */
  readonly key?: () => string | undefined;
}

const BUSY_TRIES = 40;
const BUSY_WAIT_MS = 50;

/** The error of a connection that nobody answers; `data.absent` says that no daemon runs at all. */
export function noDaemon(cause?: unknown): HoldfastError {
  return new HoldfastError('ERR_DAEMON_UNREACHABLE', 'no daemon is running', {
    hint: 'Run: holdfast daemon start',
    data: { absent: true },
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Whether an error says that no daemon runs. */
export function isAbsent(error: unknown): boolean {
  return error instanceof HoldfastError && error.data['absent'] === true;
}

function connected(path: string): Promise<Socket | 'busy'> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EAGAIN') resolve('busy');
      else if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') reject(noDaemon(error));
      else
        reject(
          new HoldfastError(
            'ERR_DAEMON_UNREACHABLE',
            `the socket of the daemon cannot be opened: ${error.code ?? ''}`,
            {
              hint: `Look at ${path}, or run with --no-daemon.`,
              cause: error,
            },
          ),
        );
    });
  });
}

/**
 * An open connection. Errors: `ERR_SOCKET_UNSAFE`; `ERR_DAEMON_UNREACHABLE`, with `data.absent` when nobody listens.
 * A full queue of the socket (EAGAIN) is waited out for 2 s.
 */
export async function dial({ socketPath, guard, clock, key }: DialOptions): Promise<Socket> {
  if (checkSocket(socketPath, guard) === 'absent') throw noDaemon();
  let socket = await connected(socketPath);
  for (let tries = 0; socket === 'busy' && tries < BUSY_TRIES; tries += 1) {
    await clock.sleep(BUSY_WAIT_MS);
    socket = await connected(socketPath);
  }
  if (socket === 'busy')
    throw new HoldfastError('ERR_DAEMON_UNREACHABLE', 'the daemon does not take connections', {
      hint: 'Run: holdfast daemon stop',
    });
  if (key !== undefined) {
    const secret = key();
    if (secret === undefined) {
      socket.destroy();
      throw noDaemon();
    }
    const { challengeServer } = await import('./challenge.ts');
    await challengeServer(socket, secret, clock);
  }
  return socket;
}
