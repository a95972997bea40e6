/**
 * What an answer of the server means, given what was sent; a 401 or 403 is told apart by what the server offers
 * (BEHAVIOUR §3a).
 *
 * @module
 */
import { classifyConnect } from '../core/classify.ts';
import { isRemote } from '../core/entry.ts';
import { isTokenHeld } from './sent.ts';
import type { EffectiveEntry } from '../core/entry.ts';
import type { Answer, Challenge, Fault } from '../core/fault.ts';
import type { Numbers } from '../core/numbers.ts';
import type { FleetDeps } from './deps.ts';
import type { Sent } from './sent.ts';

/** Whose answer it is, and how long may be asked about it. */
export interface Answered {
  readonly entry: EffectiveEntry;
  readonly numbers: Numbers;
  readonly signal: AbortSignal;
}

/** Whether the answer is about the credentials that were sent, or were not. */
export function refusedCredentials(answer: Answer): boolean {
  return answer.kind === 'http' && (answer.status === 401 || answer.status === 403);
}

/** What an answer means, asking the server's metadata where a 401 or 403 makes that matter. */
export async function meaning(
  deps: FleetDeps,
  { entry, numbers, signal }: Answered,
  answer: Answer,
  sent: Sent,
): Promise<{ readonly fault: Fault; readonly offersOAuth?: boolean; readonly challenges?: readonly Challenge[] }> {
  const context = { sent: sent.kind, tokenHeld: isTokenHeld(sent) };
  if (!refusedCredentials(answer) || answer.kind !== 'http' || !isRemote(entry.endpoint))
    return { fault: classifyConnect(answer, { ...context, offersOAuth: false }) };
  const { challenges } = answer;
  const { offered } = await deps.credentials.advertises(entry.endpoint, challenges, { numbers, signal });
  const fault = classifyConnect(answer, { ...context, offersOAuth: offered });
  // Why the login could not be renewed says more than the refusal that followed from it.
  const why =
    fault.reason === 'sign-in-expired'
      ? (sent.ended?.detail ?? sent.refreshFault?.detail ?? sent.login?.refusal)
      : undefined;
  return { fault: why === undefined ? fault : { ...fault, detail: why }, offersOAuth: offered, challenges };
}
