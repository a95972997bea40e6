/**
 * When a stream of announcements that ended is opened again.
 *
 * @module
 */

/** First wait; doubles while the stream brings nothing. */
const FIRST_MS = 1_000;
/** Longest wait. */
const CAP_MS = 300_000;

/** A stream that lived so long was a good one: its end starts with the first wait again. */
export const GOOD_LIFE_MS = 60_000;

/** The wait after `n` useless openings in a row: doubling, × random 0.5–1, never less than the server asks (`retry:`). */
export function reopenDelay(n: number, roll: number, retryMs = 0): number {
  const wait = Math.min(CAP_MS, FIRST_MS * 2 ** Math.min(20, n)) * (0.5 + roll / 2);
  return Math.max(wait, Math.min(retryMs, CAP_MS));
}
