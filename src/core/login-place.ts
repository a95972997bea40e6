/**
 * Where the logins of a server lie.
 *
 * @module
 */
import { isRemote } from './entry.ts';
import type { CredentialInfo } from './credential.ts';
import type { EffectiveEntry } from './entry.ts';
import type { Fault } from './fault.ts';

/** The address of a server, and the account that it has in a view. */
export interface LoginPlace {
  readonly url: string;
  readonly profile: string;
  /** The client that the entry names: logins of others are not its. */
  readonly clientId?: string;
}

/** The place of an expanded entry; `undefined` for a process, and for one that could not be expanded. */
export function loginPlaceOf(entry: EffectiveEntry | Fault): LoginPlace | undefined {
  if ('reason' in entry || !isRemote(entry.endpoint)) return undefined;
  const { url, oauth } = entry.endpoint;
  return {
    url,
    profile: entry.profile ?? 'default',
    ...(oauth?.clientId === undefined ? {} : { clientId: oauth.clientId }),
  };
}

/** Whether a login lies there. */
export function isAtPlace({ server, profile, clientId }: CredentialInfo, place: LoginPlace): boolean {
  const isItsClient = place.clientId === undefined || place.clientId === clientId;
  return server === place.url && profile === place.profile && isItsClient;
}
