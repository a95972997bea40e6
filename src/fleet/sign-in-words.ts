/**
 * What becomes of sign-ins, as events, lines of the timeline and errors.
 *
 * @module
 */
import { HoldfastError } from '../base/errors.ts';
import { faultMessage } from '../core/classify.ts';
import { REASONS } from '../core/reasons.ts';
import type { FleetEventBody } from '../core/events.ts';
import type { Fault } from '../core/fault.ts';
import type { LoginOutcome } from '../core/sign-in.ts';
import type { TimelineNote } from './timeline.ts';

type Completed = Extract<LoginOutcome, { readonly kind: 'completed' }>;
type Failed = Extract<LoginOutcome, { readonly kind: 'failed' }>;

/** The event of a sign-in's end. */
export function ended(outcome: LoginOutcome, clean: (text: string) => string): FleetEventBody {
  const { flow } = outcome;
  if (outcome.kind === 'completed') return { event: 'auth.completed', scopes: outcome.credential.scopes, flow };
  const { reason, error, detail } = outcome;
  return { event: 'auth.failed', reason, error: clean(error), detail: clean(detail), flow };
}

/** The line of a sign-in's end. */
export function noteOfSignIn(outcome: LoginOutcome): TimelineNote {
  return {
    kind: 'auth',
    text: outcome.kind === 'completed' ? didOfSignIn(outcome) : `sign-in failed: ${outcome.detail}`,
  };
}

/** What a sign-in did, in words. */
export function didOfSignIn({ credential, missing }: Completed): string {
  const scopes = credential.scopes.length === 0 ? '' : ` (${credential.scopes.join(' ')})`;
  const lacks = missing.length === 0 ? '' : `; not granted: ${missing.join(' ')}`;
  return `signed in at ${credential.issuer}${scopes}${lacks}`;
}

/** What helps. A client that the server refuses is that of the entry; it has forgotten none that was registered. */
function hintOf({ error, reason }: Failed): string {
  if (error === 'cancelled') return 'Begin it again when you want it.';
  if (error === 'invalid_client' && reason === 'client-registration-refused')
    return 'Correct "clientId" and "clientSecret" (or "privateKey") in the "oauth" of the entry, then sign in again.';
  return REASONS[reason].remedy;
}

/** The error for a sign-in that ended without a login. */
export function failedError(name: string, failed: Failed): HoldfastError {
  const { flow, error, reason, detail } = failed;
  return new HoldfastError('ERR_LOGIN_FAILED', `${name}: the sign-in failed: ${detail}`, {
    hint: hintOf(failed),
    data: { server: name, flow, error, reason },
  });
}

/** The error where no sign-in can be begun. */
export function impossibleError(name: string, fault: Fault): HoldfastError {
  const { reason, detail, httpStatus, retryAfterMs } = fault;
  const sentence = faultMessage(fault);
  const why = detail === undefined || sentence.includes(detail) ? '' : ` (${detail})`;
  return new HoldfastError('ERR_LOGIN_FAILED', `${name}: no sign-in is possible: ${sentence}${why}`, {
    hint: REASONS[reason].remedy,
    data: {
      server: name,
      reason,
      ...(httpStatus === undefined ? {} : { httpStatus }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    },
  });
}

/** The limit of a wait was there before the person. */
export function waitingError(flow: string, cause: unknown): HoldfastError {
  return new HoldfastError('ERR_PENDING', 'the sign-in still waits for a person', {
    hint: 'Open the address that was shown, or ask again later.',
    data: { flow },
    cause,
  });
}
