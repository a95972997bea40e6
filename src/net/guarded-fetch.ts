/**
 * Fetches a document from a URL that somebody else named: a guarded request of which only a success is read.
 *
 * @module
 */
import type { Answer } from '../core/fault.ts';
import { answerOf, guardedSend, type GuardedBounds, type GuardedReply } from './guarded-send.ts';

/** The bounds of one fetch. */
export type GuardedRequest = GuardedBounds;

/** A 2xx answer with its text, or what came instead. */
export type GuardedAnswer = GuardedReply | { readonly ok: false; readonly answer: Answer };

/**
 * One GET under the given bounds. Never throws: what is no success is an `Answer`, as `guardedSend` says, and its text
 * is left out. Nothing needs it, and it may hold what a redirect led to.
 */
export async function guardedFetch(url: string | URL, request: GuardedRequest): Promise<GuardedAnswer> {
  const got = await guardedSend(url, { ...request, method: 'GET', errorText: false });
  if (!got.ok) return { ok: false, answer: got.answer };
  const success = got.status >= 200 && got.status < 300;
  return success ? got : { ok: false, answer: answerOf(got, request.clock) };
}
