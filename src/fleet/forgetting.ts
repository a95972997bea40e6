/**
 * A login is forgotten: everywhere it is used, at once.
 *
 * @module
 */
import { isRemote } from '../core/entry.ts';
import { limited } from './limit.ts';
import type { ForgetAsk } from '../core/sign-in.ts';
import type { Connection } from './connection.ts';
import type { FleetDeps } from './deps.ts';

/**
 * Forgets the login of the connection's entry; what was done, in words. Its connections hear of it by the change that
 * the store tells.
 */
export async function forgetLogin(
  deps: FleetDeps,
  { entry, numbers }: Connection,
  how: Pick<ForgetAsk, 'revoke' | 'client' | 'keepLogin'>,
): Promise<readonly string[]> {
  if (!isRemote(entry.endpoint)) return ['no sign-in is stored for this server'];
  // Beside the redemption that it may have to wait for, a revocation is one request.
  const limit = limited(deps.clock, numbers.leaseWaitMs + numbers.metadataTimeoutMs + 2 * numbers.tokenTimeoutMs);
  try {
    const did = await deps.signIns.forget(entry, { ...how, numbers, signal: limit.signal });
    return did.length === 0 ? ['no sign-in is stored for this server'] : did;
  } finally {
    limit.end();
  }
}
