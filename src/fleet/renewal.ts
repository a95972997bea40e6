/**
 * Fresh headers for an open session of a helper server: one run for all whose requests were refused with the same
 * headers (BEHAVIOUR §3b, 401).
 *
 * @module
 */
import { unlessAborted } from './limit.ts';
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
  readonly #ended: AbortSignal;
  readonly #openedAt: number;
  #generation = 0;
  #running: Promise<void> | undefined;
  #endedAt = Number.NEGATIVE_INFINITY;

  /** `ended` aborts when the session ends, and ends the helper with it. */
  constructor(parts: RenewalParts, ended: AbortSignal) {
    this.#parts = parts;
    this.#ended = ended;
    this.#openedAt = parts.deps.clock.monotonic();
  }

  /** Rises with every renewal; a request remembers it to say later with which headers it went. */
  get generation(): number {
    return this.#generation;
  }

  /**
   * Resolves with whether the session sends other headers now than those of generation `seen`. For a call the helper is
   * not run again right after a run that did not help; for a contact of our own at most once a minute (BEHAVIOUR §6).
   * Who gives up by `signal` does not end a run that others wait for.
   */
  async renew(ask: { readonly seen: number; readonly by: 'call' | 'contact' }, signal: AbortSignal): Promise<boolean> {
    const { entry } = this.#parts;
    const { clock, logger } = this.#parts.deps;
    if (this.#generation !== ask.seen) return true;
    if (this.#running === undefined && this.#isTooSoon(ask.by)) return false;
    this.#running ??= this.#run()
      .catch((error: unknown) => logger.error({ error, server: entry.name }, 'headers could not be renewed'))
      .finally(() => {
        this.#running = undefined;
        this.#endedAt = clock.monotonic();
      });
    await unlessAborted(this.#running, signal);
    return this.#generation !== ask.seen;
  }

  #isTooSoon(by: 'call' | 'contact'): boolean {
    const { deps, numbers } = this.#parts;
    const now = deps.clock.monotonic();
    if (by === 'call') return now - this.#endedAt < numbers.halfOpenMs;
    return now - Math.max(this.#openedAt, this.#endedAt) < numbers.helperGapMs;
  }

  async #run(): Promise<void> {
    const { deps, entry, numbers, session, onHelper } = this.#parts;
    const outcome = await deps.credentials.headers(entry, { fresh: true, numbers, signal: this.#ended });
    if (outcome.run !== undefined) onHelper(outcome.run);
    if (!outcome.ok || this.#ended.aborted) return;
    this.#generation += 1;
    session.setHeaders(outcome.headers);
  }
}
