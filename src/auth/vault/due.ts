/**
 * When a token should be renewed: pure arithmetic on the wall clock and the numbers table (BEHAVIOUR §4).
 *
 * @module
 */
import type { TokenSet } from '../../core/credential.ts';
import type { Numbers } from '../../core/numbers.ts';

type Life = Pick<TokenSet, 'obtainedAt' | 'expiresAt'>;
type Ahead = Pick<Numbers, 'refreshAheadMs'>;

/** Of its life, at most this part is given up by renewing early. */
const PART_OF_LIFE = 0.2;
/** Every process renews a little earlier or later than the others, so that they do not all want the lock at once. */
const SPREAD = 0.1;
/** No timer waits longer: timers do not see that the wall clock was set, or that the machine slept. */
const LOOK_AGAIN_MS = 300_000;

/**
 * Milliseconds for which the token still lives, negative once it has ended; `undefined` when the server did not say: then it
 * lives until a 401. So does one whose `expires_in` is 0, which nobody could ever use. Never more than its whole life: a
 * clock that was set back makes no token live longer.
 */
export function remainingMs({ obtainedAt, expiresAt }: Life, now: number): number | undefined {
  if (expiresAt === undefined || expiresAt <= obtainedAt) return undefined;
  return Math.min(expiresAt - now, expiresAt - obtainedAt);
}

/** How long before its end the token is renewed. `roll` in [0, 1) is drawn once per process. */
export function marginMs({ obtainedAt, expiresAt }: Life, { refreshAheadMs }: Ahead, roll: number): number {
  const life = Math.max(0, (expiresAt ?? obtainedAt) - obtainedAt);
  return Math.min(refreshAheadMs, life * PART_OF_LIFE) * (1 - SPREAD + 2 * SPREAD * roll);
}

/** Whether the token should be renewed now: `expires_at − now < min(refreshAheadMs, 20 % of life) ± 10 %`. */
export function isDue(tokens: Life, now: number, about: { readonly numbers: Ahead; readonly roll: number }): boolean {
  const remaining = remainingMs(tokens, now);
  return remaining !== undefined && remaining < marginMs(tokens, about.numbers, about.roll);
}

/** Whether the access token has surely ended. */
export function isDead(tokens: Life, now: number): boolean {
  const remaining = remainingMs(tokens, now);
  return remaining !== undefined && remaining <= 0;
}

/**
 * After how many milliseconds to ask again whether the token is due: at least 1, at most five minutes; `undefined` when it
 * has no known end.
 */
export function renewInMs(
  tokens: Life,
  now: number,
  about: { readonly numbers: Ahead; readonly roll: number },
): number | undefined {
  const remaining = remainingMs(tokens, now);
  if (remaining === undefined) return undefined;
  const wait = Math.ceil(remaining - marginMs(tokens, about.numbers, about.roll)) + 1;
  return Math.min(LOOK_AGAIN_MS, Math.max(1, wait));
}
