/**
 * Asks who is at the socket, and whether this program can work with it.
 *
 * @module
 */
import { HoldfastError } from '../base/errors.ts';
import type { Owner } from '../core/fleet.ts';
import type { View } from '../core/view.ts';
import { RemoteFleet } from './client.ts';
import { isAbsent } from './dial.ts';
import type { Caller } from './exchange.ts';
import { compareVersions, sameMajor } from './version.ts';

/** A daemon that answers. */
export interface Running {
  readonly state: 'running';
  readonly fleet: RemoteFleet;
  readonly owner: Owner;
  /** The daemon, compared to this program. */
  readonly age: 'same' | 'older' | 'newer';
  /** Both have the same major version. */
  readonly compatible: boolean;
}

/** What was found at the socket. `stopping` = a daemon that is on its way out, or that died while it was asked. */
export type Greeting = Running | { readonly state: 'absent' } | { readonly state: 'stopping' };

/** A daemon that does not say who it is for so long is taken for hung. */
export const GREETING_SILENCE_MS = 10_000;

/** Who is at the socket. Errors: `ERR_SOCKET_UNSAFE`; `ERR_DAEMON_UNREACHABLE` for a daemon that does not answer. */
export async function greet(caller: Caller, view?: View): Promise<Greeting> {
  let owner: Owner;
  try {
    owner = await new RemoteFleet({ silenceMs: GREETING_SILENCE_MS, ...caller }).owner();
  } catch (error) {
    if (isAbsent(error)) return { state: 'absent' };
    // A process that was killed a moment ago still takes connections, and resets them.
    const leaving = error instanceof HoldfastError && (error.data['stopping'] === true || error.data['gone'] === true);
    if (leaving) return { state: 'stopping' };
    throw error;
  }
  const difference = compareVersions(owner.version, caller.version);
  let age: Running['age'] = 'same';
  if (difference !== 0) age = difference < 0 ? 'older' : 'newer';
  const compatible = sameMajor(owner.version, caller.version);
  return { state: 'running', fleet: new RemoteFleet(caller, view), owner, age, compatible };
}

/** The error of a daemon of another major version. */
export function incompatible(owner: Owner, version: string): HoldfastError {
  return new HoldfastError('ERR_DAEMON_VERSION', `the daemon has version ${owner.version}, this program ${version}`, {
    hint: 'Use the newer program, or run: holdfast daemon stop',
    data: { daemon: owner.version, here: version },
  });
}

/** The running daemon of the same major version, or `undefined` when none runs; starts nothing. */
export async function connectDaemon(caller: Caller, view?: View): Promise<RemoteFleet | undefined> {
  const found = await greet(caller, view);
  if (found.state !== 'running') return undefined;
  if (!found.compatible) throw incompatible(found.owner, caller.version);
  return found.fleet;
}
