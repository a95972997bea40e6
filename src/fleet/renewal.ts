/**
 * Fresh headers for an open session: one run of the helper, or one refresh, for all whose requests were refused with
 * the same headers (BEHAVIOUR §3b, 401), and a refresh in time for a token that is about to end.
 *
 * @module
 */
import { unlessAborted } from './limit.ts';
import { isSameToken, sentOf } from './sent.ts';
import type { Timer } from '../base/clock.ts';
import type { EffectiveEntry } from '../core/entry.ts';
import type { Fault } from '../core/fault.ts';
import type { Numbers } from '../core/numbers.ts';
import type { HelperRun, SentToken, Session } from '../core/ports.ts';
import type { FleetDeps } from './deps.ts';
import type { Sent } from './sent.ts';

/** What renewing needs, and whom it tells. */
export interface RenewalParts {
  readonly deps: FleetDeps;
  readonly entry: EffectiveEntry;
  readonly numbers: Numbers;
  readonly session: Session;
  /** What was sent as credentials when the session opened. */
  readonly sent: Sent;
  readonly onHelper: (run: HelperRun) => void;
  /** Other headers are sent from now on, or more is known of the login. */
  readonly onSent: (sent: Sent) => void;
  /** The login could not be renewed for now; told once until it could. */
  readonly onRefreshFault: (fault: Fault) => void;
}

/** A hint that is too short, or a server that changes its mind all the time, must not become a storm. */
const SHORTEST_MS = 1_000;

interface Running {
  readonly work: Promise<void>;
  /** The token is known to be refused. */
  readonly isRefused: boolean;
}

/** The headers of one session. */
export class Renewal {
  readonly #parts: RenewalParts;
  readonly #ended: AbortSignal;
  readonly #doubt: () => void;
  readonly #openedAt: number;
  #sent: Sent;
  #generation = 0;
  #running: Running | undefined;
  #endedAt = Number.NEGATIVE_INFINITY;
  #timer: Timer | undefined;
  #isFaulty = false;
  /** The server has answered since the last run began: what is refused now was good until now. */
  #hasHelped = false;

  /** `ended` aborts when the session ends, and ends the helper with it; `doubt` is called when a login seems to be over. */
  constructor(parts: RenewalParts, ended: AbortSignal, doubt: () => void) {
    this.#parts = parts;
    this.#ended = ended;
    this.#doubt = doubt;
    this.#sent = parts.sent;
    this.#openedAt = parts.deps.clock.monotonic();
    ended.addEventListener('abort', () => this.#timer?.cancel(), { once: true });
    this.#noteFault(parts.sent.refreshFault);
    this.#schedule();
  }

  /** Rises with every renewal; a request remembers it to say later with which headers it went. */
  get generation(): number {
    return this.#generation;
  }

  get sent(): Sent {
    return this.#sent;
  }

  /**
   * Resolves with whether the session sends other headers now than those of generation `seen`, which were refused.
   * Headers that were good until now are worth another run, for which a call waits up to a second. After a run that did
   * not help it is not run again right away for a call, and at most once a minute for a contact of our own (BEHAVIOUR
   * §6). Who gives up by `signal` does not end a run that others wait for.
   */
  async renew(ask: { readonly seen: number; readonly by: 'call' | 'contact' }, signal: AbortSignal): Promise<boolean> {
    // What runs already may not know that the token is refused.
    if (this.#running?.isRefused === false) await unlessAborted(this.#running.work, signal);
    if (this.#generation !== ask.seen) return true;
    if (this.#running === undefined && this.#isTooSoon(ask.by)) return false;
    if (this.#running === undefined) await this.#rest(signal);
    if (this.#generation !== ask.seen) return true;
    if (signal.aborted) return false;
    this.#running ??= this.#start(this.#sent.token);
    await unlessAborted(this.#running.work, signal);
    return this.#generation !== ask.seen;
  }

  /** The server has answered a request with the headers of now. */
  accepted(): void {
    this.#hasHelped = true;
  }

  /** Takes over what is kept now: a login that was made, or renewed, elsewhere. Never rejects. */
  async adopt(): Promise<void> {
    const before = this.#running;
    if (before !== undefined) await before.work;
    if (this.#ended.aborted) return;
    this.#running ??= this.#start(undefined);
    await this.#running.work;
  }

  #start(refused: SentToken | undefined): Running {
    const { deps, entry } = this.#parts;
    const work = this.#run(refused)
      .catch((error: unknown) => deps.logger.error({ error, server: entry.name }, 'headers could not be renewed'))
      .finally(() => {
        this.#running = undefined;
        this.#endedAt = deps.clock.monotonic();
      });
    return { work, isRefused: refused !== undefined || this.#sent.kind === 'helper' };
  }

  /** A login keeps its own count of refreshes; a helper has none. */
  #isTooSoon(by: 'call' | 'contact'): boolean {
    if (this.#sent.kind === 'oauth') return false;
    const { deps, numbers } = this.#parts;
    const now = deps.clock.monotonic();
    if (this.#hasHelped) return false;
    if (by === 'call') return now - this.#endedAt < numbers.halfOpenMs;
    return now - Math.max(this.#openedAt, this.#endedAt) < numbers.helperGapMs;
  }

  /** Headers of a helper that end all the time are renewed at most once a second. */
  async #rest(signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts.deps;
    const ms = SHORTEST_MS - (clock.monotonic() - this.#endedAt);
    if (this.#sent.kind === 'helper' && this.#hasHelped && ms > 0) await clock.sleep(ms, signal).catch(() => undefined);
  }

  async #run(refused: SentToken | undefined): Promise<void> {
    const { deps, entry, numbers, session, onHelper, onSent } = this.#parts;
    const fresh = this.#sent.kind === 'helper';
    this.#hasHelped = false;
    const ask = { fresh, numbers, signal: this.#ended, ...(refused === undefined ? {} : { refused }) };
    const outcome = await deps.credentials.headers(entry, ask);
    if (outcome.run !== undefined) onHelper(outcome.run);
    if (this.#ended.aborted) return;
    const before = this.#sent;
    if (!outcome.ok) {
      if (before.kind !== 'oauth') return;
      this.#sent = { ...before, refreshFault: outcome.fault };
      this.#noteFault(outcome.fault);
      this.#schedule(numbers.refreshGapMs);
      // Where a refusal began it, a contact is being made already.
      if (refused === undefined) this.#doubt();
      return;
    }
    this.#sent = sentOf(outcome);
    this.#noteFault(outcome.refreshFault);
    if (fresh || this.#sent.kind !== before.kind || !isSameToken(before, this.#sent)) {
      this.#generation += 1;
      session.setHeaders(outcome.headers, outcome.proof);
    }
    onSent(this.#sent);
    this.#schedule();
  }

  #noteFault(fault: Fault | undefined): void {
    if (fault !== undefined && !this.#isFaulty) this.#parts.onRefreshFault(fault);
    this.#isFaulty = fault !== undefined;
  }

  /** Asks for the headers again before the token ends; the hint is spread already. */
  #schedule(otherwiseMs?: number): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const { kind, renewInMs, refreshFault } = this.#sent;
    const { deps, numbers } = this.#parts;
    const ms = otherwiseMs ?? renewInMs ?? (refreshFault === undefined ? undefined : numbers.refreshGapMs);
    if (kind !== 'oauth' || ms === undefined || this.#ended.aborted) return;
    this.#timer = deps.clock.after(Math.max(SHORTEST_MS, ms), () => void this.adopt(), { unref: true });
  }
}
