/**
 * With which credentials requests go: what `Credentials` gave, as far as it has to be remembered.
 *
 * @module
 */
import { REASONS } from '../core/reasons.ts';
import type { Secret } from '../base/secret.ts';
import type { CredentialInfo } from '../core/credential.ts';
import type { Fault } from '../core/fault.ts';
import type { CredentialKind, HeaderOutcome, SentToken } from '../core/ports.ts';

/** What is sent. */
export interface Sent {
  readonly kind: CredentialKind;
  /** The access token, where `kind` is `oauth`. */
  readonly token?: SentToken;
  /** What stands in `Authorization` with it. */
  readonly authorization?: Secret;
  /** The login that is held, also where its token is not sent. */
  readonly login?: CredentialInfo;
  /** After this the headers should be asked for again. */
  readonly renewInMs?: number;
  /** The token could not be renewed for now. */
  readonly refreshFault?: Fault;
  /** Why no token of the login that is held can be sent. */
  readonly ended?: Fault;
}

/** What is to be remembered of headers. */
export function sentOf(outcome: Extract<HeaderOutcome, { readonly ok: true }>): Sent {
  const { kind, token, login, renewInMs, refreshFault, headers } = outcome;
  const authorization = Object.entries(headers).find(([name]) => name.toLowerCase() === 'authorization')?.[1];
  return {
    kind,
    ...(token === undefined ? {} : { token }),
    ...(authorization === undefined ? {} : { authorization }),
    ...(login === undefined ? {} : { login }),
    ...(renewInMs === undefined ? {} : { renewInMs }),
    ...(refreshFault === undefined ? {} : { refreshFault }),
  };
}

/**
 * How often one contact is made again with better credentials. A login may first be one that another process has renewed,
 * and be refused as well: only then is it renewed here. What a helper prints is as good as it gets.
 */
export function mostRenewals(kind: CredentialKind): number {
  return kind === 'oauth' ? 2 : 1;
}

/** Whether a login is held: a 401 then means that it has ended. */
export function isTokenHeld({ kind, login }: Sent): boolean {
  return kind === 'oauth' || login !== undefined;
}

/** Whether both go with the same access token, or both without one. A login that was refused keeps its token in a new record. */
export function isSameToken(a: Sent, b: Sent): boolean {
  if (a.token?.credential !== b.token?.credential) return false;
  return a.token?.generation === b.token?.generation || a.authorization?.reveal() === b.authorization?.reveal();
}

/**
 * What keeps a token from being renewed for now, as the reason of its server: the login is kept (BEHAVIOUR §2,
 * `refresh-failed`). `undefined` where nothing does, or where the login is over.
 */
export function refreshFailure({ refreshFault }: Sent): Fault | undefined {
  if (refreshFault === undefined || REASONS[refreshFault.reason].status === 'needs-auth') return undefined;
  return { ...refreshFault, reason: 'refresh-failed' };
}
