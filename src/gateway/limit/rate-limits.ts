/**
 * The limits of all servers of one owner: whoever calls, at whatever endpoint, empties the same bucket.
 *
 * @module
 */
import type { Clock } from '../../base/clock.ts';
import type { EntrySource } from '../../core/entry.ts';
import type { ForwardingFleet } from '../../core/fleet.ts';
import { RateLimit } from './rate-limit.ts';

/** Limits by entry. An entry that is gone leaves its bucket behind, so that nobody fills it by taking it away and back. */
export class RateLimits {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #made = new Map<string, RateLimit>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** The limit of an entry as it stands now; none where it has no number. */
  of(server: string, { file, pointer }: EntrySource, perMinute: number | undefined): RateLimit | undefined {
    if (perMinute === undefined) return undefined;
    const key = JSON.stringify([file, pointer, server]);
    const known = this.#made.get(key);
    if (known === undefined) {
      const made = new RateLimit(this.#clock, perMinute);
      this.#made.set(key, made);
      return made;
    }
    known.change(perMinute);
    return known;
  }
}

const byFleet = new WeakMap<ForwardingFleet, RateLimits>();

/** The limits of a fleet: those of its conversations in lines and of its listeners over HTTP are the same. */
export function rateLimitsOf(fleet: ForwardingFleet, clock: Clock): RateLimits {
  const known = byFleet.get(fleet) ?? new RateLimits(clock);
  byFleet.set(fleet, known);
  return known;
}
