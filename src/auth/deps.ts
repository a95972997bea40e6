/**
 * The world in which sign-ins happen: what every part of OAuth is made from.
 *
 * @module
 */
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Random } from '../base/random.ts';
import type { Redactor } from '../base/secret.ts';
import type { Vital } from '../base/vital.ts';
import type { Numbers } from '../core/numbers.ts';
import type { Lease, Store } from '../core/store.ts';
import type { AddressPolicy } from '../net/address-policy.ts';
import type { Fetch } from '../net/dispatcher.ts';

/** The ports of OAuth. Secrets and verifiers come from `node:crypto`, never from `random`, which only spreads timers. */
export interface OAuthDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly redactor: Redactor;
  readonly fetch: Fetch;
  readonly store: Store;
  readonly lease: Lease;
  /** Hears of what must not be cut off: tokens that a server has spent and that are not safe yet. */
  readonly vital?: Vital;
  /** Default `local-user`. */
  readonly addressMode?: AddressPolicy['mode'];
}

/** Limits and end of one piece of work. */
export interface OAuthAsk {
  readonly numbers: Numbers;
  readonly signal: AbortSignal;
}
