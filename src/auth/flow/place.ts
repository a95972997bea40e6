/**
 * Where a login belongs: the server, the account, and the lane of an entry that sends headers of its own.
 *
 * @module
 */
import { HoldfastError } from '../../base/errors.ts';
import { isRemote, type EffectiveEntry, type EffectiveRemote } from '../../core/entry.ts';
import type { LoginPlace } from './parts.ts';

/** The account of entries that name none. */
export const DEFAULT_PROFILE = 'default';

/** Whether the entry proves itself by headers: static ones or those of a helper. OAuth never begins by itself there. */
export function hasOwnHeaders({ headers, helper }: EffectiveRemote): boolean {
  return helper !== undefined || Object.keys(headers).length > 0;
}

/**
 * The login that the entry uses. One that a person made beside the entry's own headers belongs to this entry alone:
 * another entry for the same url goes on without it.
 */
export function placeOf(entry: EffectiveEntry, endpoint: EffectiveRemote): LoginPlace {
  const clientId = endpoint.oauth?.clientId;
  return {
    serverUrl: endpoint.url,
    profile: entry.profile ?? DEFAULT_PROFILE,
    lane: hasOwnHeaders(endpoint) ? entry.key : '',
    ...(clientId === undefined ? {} : { clientId }),
  };
}

/** The endpoint of an entry that a person can sign in to. Errors: `ERR_USAGE` for a process. */
export function remoteOf(entry: EffectiveEntry): EffectiveRemote {
  if (isRemote(entry.endpoint)) return entry.endpoint;
  throw new HoldfastError('ERR_USAGE', `"${entry.name}" is a local process: there is nothing to sign in to`, {
    hint: 'Give the process its credentials by "env" in the entry.',
  });
}
