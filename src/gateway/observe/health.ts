/**
 * Whether the gateway does its work, in one word, for whoever restarts it or sends it traffic.
 *
 * @module
 */
import type { Snapshot } from '../../core/snapshot.ts';

/**
 * `ok` = it serves; `starting` = no server could be asked yet, and some are tried for the first time; `failing` = the
 * connections do not answer. A server that is down or needs a person makes nothing unhealthy: no restart would help.
 */
export type Health = 'ok' | 'starting' | 'failing';

/** The health of a gateway before these servers; `undefined` where nobody could say how they are. */
export function healthOf(servers: readonly Snapshot[] | undefined): Health {
  if (servers === undefined) return 'failing';
  const isStarting = servers.some(({ status, phase }) => status === 'pending' && phase === 'startup');
  return isStarting && servers.every(({ status }) => status !== 'connected') ? 'starting' : 'ok';
}

/** The status of its answer. */
export function healthStatus(health: Health): 200 | 503 {
  return health === 'ok' ? 200 : 503;
}
