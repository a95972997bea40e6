/**
 * The errors of calls that need more rights than the sign-in has (BEHAVIOUR §7).
 *
 * @module
 */
import { HoldfastError } from '../base/errors.ts';
import { faultMessage } from '../core/classify.ts';
import type { Fault } from '../core/fault.ts';

/** What is lacking. */
interface Lacking {
  readonly scopes: readonly string[];
  readonly tool?: string;
  /** Of the scopes: those that the pinned ones of the entry leave out. */
  readonly unpinned?: readonly string[];
}

function dataOf(name: string, { scopes, tool, unpinned }: Lacking): Record<string, unknown> {
  return {
    server: name,
    sent: 'rejected',
    reason: 'step-up-required',
    httpStatus: 403,
    missingScopes: scopes,
    ...(tool === undefined ? {} : { tool }),
    ...(unpinned === undefined ? {} : { unpinned }),
  };
}

function wordsOf({ scopes, unpinned }: Lacking): string {
  const named = scopes.length === 0 ? '' : `: ${scopes.join(' ')}`;
  return unpinned === undefined ? named : `${named}; the entry pins "oauth.scopes" without ${unpinned.join(' ')}`;
}

function hintOf({ unpinned }: Lacking, hint: string): string {
  return unpinned === undefined
    ? hint
    : `Add ${unpinned.join(' ')} to "oauth.scopes" of the entry, then sign in again.`;
}

/** A person has to grant the rights; `waiting` = the consent that can be given now, `fault` = why none could be begun. */
export function requiredError(
  name: string,
  lack: Lacking,
  waiting: { readonly url?: string; readonly flow?: string } | undefined,
  fault?: Fault,
): HoldfastError {
  const { url, flow } = waiting ?? {};
  const why = fault === undefined ? '' : ` (${fault.detail ?? faultMessage(fault)})`;
  return new HoldfastError(
    'ERR_STEP_UP_REQUIRED',
    `${name}: the server wants more rights than the sign-in has${wordsOf(lack)}${why}`,
    {
      hint: hintOf(lack, `A person has to grant them: holdfast login ${name} --step-up`),
      data: {
        ...dataOf(name, lack),
        action: 'grant-access',
        ...(url === undefined ? {} : { url }),
        ...(flow === undefined ? {} : { flow }),
        ...(fault === undefined ? {} : { cause: fault.reason }),
      },
    },
  );
}

/** The rights were not granted, or the consent did not help. */
export function refusedError(
  name: string,
  lack: Lacking,
  why: { readonly error: string; readonly detail: string },
): HoldfastError {
  return new HoldfastError(
    'ERR_STEP_UP_REFUSED',
    `${name}: the rights were not granted${wordsOf(lack)} (${why.detail})`,
    {
      hint: hintOf(lack, 'The sign-in works as before; ask for the rights again when you want them.'),
      data: { ...dataOf(name, lack), error: why.error },
    },
  );
}

/** Nobody is asked again so soon. */
export function untilRested(name: string, lack: Lacking, restMs: number): HoldfastError {
  const retryAfterMs = Math.ceil(restMs);
  return new HoldfastError('ERR_STEP_UP_REFUSED', `${name}: the rights were not granted a moment ago${wordsOf(lack)}`, {
    hint: hintOf(lack, `A person can grant them at any time: holdfast login ${name} --step-up`),
    data: { ...dataOf(name, lack), error: 'resting', retryAfterMs, action: 'grant-access' },
  });
}
