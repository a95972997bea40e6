/**
 * Fresh headers for an open session of a helper server: one run for all whose requests were refused with the same
 * headers (BEHAVIOUR §3b, 401).
 *
 * @module
 */
import type { EffectiveEntry } from '../core/entry.ts';
import type { Numbers } from '../core/numbers.ts';
import type { HelperRun, Session } from '../core/ports.ts';
import type { FleetDeps } from './deps.ts';

/** What renewing needs. */
export interface RenewalParts {
  readonly deps: FleetDeps;
  readonly entry: EffectiveEntry;
  readonly numbers: Numbers;
  readonly session: Session;
  readonly onHelper: (run: HelperRun) => void;
}

/** The headers of one session. */
export class Renewal {
  readonly #parts: RenewalParts;
  #generation = 0;
  #asking = 0;
  #endedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: RenewalParts) {
    this.#parts = parts;
  }

  /** Rises with every renewal; a request remembers it to say later with which headers it went. */
  get generation(): number {
    return this.#generation;
  }

  /**
   * Resolves with whether the session sends other headers now than those of generation `seen`. The helper is not run
   * again right after a run that did not help.
   */
  async renew(seen: number, signal: AbortSignal): Promise<boolean> {
    const { deps, entry, numbers, session, onHelper } = this.#parts;
    if (this.#generation !== seen) return true;
    if (this.#asking === 0 && deps.clock.monotonic() - this.#endedAt < numbers.halfOpenMs) return false;
    this.#asking += 1;
    const outcome = await deps.credentials.headers(entry, { fresh: true, numbers, signal }).finally(() => {
      this.#asking -= 1;
      this.#endedAt = deps.clock.monotonic();
    });
    if (outcome.run !== undefined) onHelper(outcome.run);
    // Somebody who waited for the same run took its headers over already.
    if (this.#generation !== seen) return true;
    if (!outcome.ok || signal.aborted) return false;
    this.#generation += 1;
    session.setHeaders(outcome.headers);
    return true;
  }
}
