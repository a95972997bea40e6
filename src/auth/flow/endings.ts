/**
 * How sign-ins end, as values: the word, the reason and the sentence of every failure.
 *
 * @module
 */
import { faultMessage } from '../../core/classify.ts';
import type { Fault } from '../../core/fault.ts';
import type { ReasonId } from '../../core/reasons.ts';
import type { LoginOutcome } from '../../core/sign-in.ts';
import type { Flow } from './flow.ts';

/** The failed outcome. */
export type Failed = Extract<LoginOutcome, { readonly kind: 'failed' }>;

/** Whose end it is. */
export type Ending = Pick<Flow, 'id' | 'server' | 'stepUp'>;

/** What an OAuth error code says of the server (RFC 6749 §4.1.2.1 and §5.2, RFC 8628 §3.5, RFC 8707 §2). */
const REASON_OF_ERROR: Readonly<Record<string, ReasonId>> = {
  invalid_client: 'client-registration-refused',
  unauthorized_client: 'client-registration-refused',
  invalid_request: 'auth-server-misconfigured',
  invalid_target: 'auth-server-misconfigured',
  unsupported_response_type: 'auth-server-misconfigured',
  unsupported_grant_type: 'auth-server-misconfigured',
  invalid_response: 'auth-server-misconfigured',
  server_error: 'http-5xx',
  temporarily_unavailable: 'http-5xx',
};

const SENTENCE_OF_ERROR: Readonly<Record<string, string>> = {
  access_denied: 'The person, or the authorization server, did not grant the access.',
  invalid_grant: 'The authorization server did not accept the answer; it may have come too late.',
  invalid_scope: 'The authorization server does not know the scopes that were asked for.',
  expired_token: 'The code was not entered in time.',
  invalid_client:
    'The authorization server does not accept the client of the entry: its id, secret or key is another one.',
};

/** The authorization server said no, with a word of OAuth. */
export function refusedEnding(
  of: Ending,
  said: { readonly error: string; readonly description?: string | undefined },
): Failed {
  const { error, description } = said;
  const sentence = SENTENCE_OF_ERROR[error] ?? `The authorization server answered "${error}".`;
  return failed(of, {
    error: error === 'expired_token' ? 'expired' : error,
    reason: REASON_OF_ERROR[error] ?? waitingReason(of),
    detail: description === undefined ? sentence : `${sentence} It says: ${description}`,
  });
}

/** A fault of the network, of the authorization server or of the store. */
export function faultEnding(of: Ending, fault: Fault): Failed {
  return failed(of, { error: fault.reason, reason: fault.reason, detail: fault.detail ?? faultMessage(fault) });
}

const PLAIN = {
  expired: 'Nobody answered in time.',
  cancelled: 'The sign-in was taken back.',
} as const;

/** It ended without an answer. */
export function plainEnding(of: Ending, error: keyof typeof PLAIN): Failed {
  return failed(of, { error, reason: waitingReason(of), detail: PLAIN[error] });
}

/** The answer is of another authorization server than the one that was asked (RFC 9207). Nothing of it is shown. */
export function wrongIssuerEnding(of: Ending): Failed {
  return failed(of, {
    error: 'wrong-issuer',
    reason: 'issuer-mismatch',
    detail: 'The answer does not come from the authorization server that was asked; its code was not used.',
  });
}

/** The client that was registered here is not known there any more. */
export function forgottenClientEnding(of: Ending): Failed {
  return failed(of, {
    error: 'invalid_client',
    reason: waitingReason(of),
    detail:
      'The authorization server has forgotten the client that was registered with it. Start the sign-in again: a new one is registered.',
  });
}

/** The tokens are there and cannot be kept. */
export function unsavedEnding(of: Ending, detail: string): Failed {
  return failed(of, { error: 'store-readonly', reason: 'store-readonly', detail });
}

/** What the server waits for while nobody has signed in. */
function waitingReason({ stepUp }: Ending): ReasonId {
  return stepUp ? 'step-up-required' : 'sign-in-required';
}

function failed({ id, server }: Ending, what: Pick<Failed, 'error' | 'reason' | 'detail'>): Failed {
  return { kind: 'failed', flow: id, server, ...what };
}
