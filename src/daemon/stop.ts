/**
 * Ends the running daemon and waits for it, whatever its version is.
 *
 * @module
 */
import { HoldfastError } from '../base/errors.ts';
import type { Owner } from '../core/fleet.ts';
import type { Caller } from './exchange.ts';
import { greet } from './greet.ts';

/** Closing a fleet takes up to 10 s, what is drained for a newer program another 10 s. */
const LEAVE_MS = 25_000;
const POLL_MS = 25;

/** Waits until no daemon, or another than `pid`, is at the socket. Errors: `ERR_DAEMON_UNREACHABLE` after 25 s. */
export async function untilGone(caller: Caller, pid?: number): Promise<void> {
  const limit = caller.clock.monotonic() + LEAVE_MS;
  while (caller.clock.monotonic() < limit) {
    const found = await greet(caller);
    if (found.state === 'absent' || (found.state === 'running' && found.owner.pid !== pid)) return;
    await caller.clock.sleep(POLL_MS);
  }
  throw new HoldfastError('ERR_DAEMON_UNREACHABLE', 'the daemon does not end', {
    hint: 'Run: holdfast daemon status',
  });
}

/**
 * Asks the daemon to end every connection and to exit, and waits until its process has let go of the socket. The owner
 * that was ended; `undefined` when none ran, or when it was on its way out already. Errors: those of `greet`.
 */
export async function stopDaemon(caller: Caller): Promise<Owner | undefined> {
  const found = await greet(caller);
  if (found.state === 'absent') return undefined;
  if (found.state === 'running') await found.fleet.stop();
  const owner = found.state === 'running' ? found.owner : undefined;
  await untilGone(caller, owner?.pid);
  return owner;
}
