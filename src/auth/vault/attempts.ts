/**
 * The requests of one redemption: when the same token may be sent again, and when nobody knows what became of it.
 *
 * @module
 */
import type { Clock, Timer } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import type { TokenOutcome } from '../token/outcome.ts';

/** How a series of requests ended. */
export interface Attempted {
  readonly outcome: TokenOutcome;
  /** The server may have acted on a request whose answer did not come: the token may be spent. */
  readonly uncertain: boolean;
}

/** One request, which must end within `timeoutMs`. */
export type Post = (timeoutMs: number) => Promise<TokenOutcome>;

const MOST_UNSENT = 3;
const MOST_REPEATS = 2;
const FIRST_WAIT_MS = 500;
/** With less time left an answer is not to be expected. */
const LEAST_MS = 250;
/** A proxy that answers 502 or 504 does not know what the server behind it has done. */
const SERVER_ERROR = 500;

/**
 * Sends until there is an answer, all within `windowMs` (default of the table: 8 s, less than the 10 s for which
 * authorization servers let a spent token pass). Surely unsent: at most 3 tries, full jitter. Sent without an answer: the
 * same token at once, at most twice more. An answer is never asked for again here.
 */
export async function attempts(
  world: { readonly clock: Clock; readonly random: Random },
  windowMs: number,
  post: Post,
): Promise<Attempted> {
  const { clock, random } = world;
  const end = clock.monotonic() + windowMs;
  let unsent = 0;
  let repeats = 0;
  let uncertain = false;
  for (;;) {
    const outcome = await post(Math.max(LEAST_MS, end - clock.monotonic()));
    if (outcome.kind !== 'transient') return { outcome, uncertain };
    let wait = 0;
    if (outcome.sent === 'answered') {
      return { outcome, uncertain: uncertain || (outcome.fault.httpStatus ?? 0) >= SERVER_ERROR };
    } else if (outcome.sent === 'maybe') {
      uncertain = true;
      repeats += 1;
    } else {
      unsent += 1;
      wait = random.next() * FIRST_WAIT_MS * 2 ** unsent;
    }
    if (unsent >= MOST_UNSENT || repeats > MOST_REPEATS) return { outcome, uncertain };
    if (clock.monotonic() + wait + LEAST_MS > end) return { outcome, uncertain };
    if (wait > 0) await clock.sleep(wait);
  }
}

/** A timer that is this late says that the whole process stood still. */
const FROZEN_MS = 1_000;

/**
 * A clock whose timers, when the process was frozen (SIGSTOP), give what has arrived meanwhile one more second: an answer
 * that waits in the socket must not be thrown away with the token in it.
 */
export function patientClock(clock: Clock): Clock {
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    sleep: (ms, signal) => clock.sleep(ms, signal),
    after(ms, fire, options) {
      const due = clock.monotonic() + ms;
      let timer: Timer = clock.after(
        ms,
        () => {
          if (clock.monotonic() - due <= FROZEN_MS) fire();
          else timer = clock.after(FROZEN_MS, fire, options);
        },
        options,
      );
      return { cancel: () => timer.cancel() };
    },
  };
}
