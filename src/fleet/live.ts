/**
 * One open session and what looks after it: its pulse, contacts of our own, and the headers it sends (BEHAVIOUR §3b).
 *
 * @module
 */
import { limited } from './limit.ts';
import { meaning, refusedCredentials } from './opening.ts';
import { Pulse } from './pulse.ts';
import { Renewal } from './renewal.ts';
import type { Answer, Fault } from '../core/fault.ts';
import type { CredentialKind } from '../core/ports.ts';
import type { RenewalParts } from './renewal.ts';

/** What a live session is made from, and whom it tells. */
export interface LiveParts extends RenewalParts {
  /** What was sent as credentials when it opened. */
  readonly kind: CredentialKind;
  /** The try that opened it. */
  readonly epoch: number;
  /** A contact of our own failed: the server is not well. */
  readonly onFault: (fault: Fault) => void;
  readonly onAdvertised: (offersOAuth: boolean) => void;
}

/** The server is there and well; it only asks to be contacted less often. */
function isRateLimit(answer: Answer): boolean {
  return answer.kind === 'http' && answer.status === 429;
}

/** The session of a connected server. */
export class Live {
  readonly session: LiveParts['session'];
  readonly kind: CredentialKind;
  readonly epoch: number;
  readonly #parts: LiveParts;
  readonly #pulse: Pulse;
  readonly #renewal: Renewal;
  readonly #ended = new AbortController();
  #checking: Promise<Fault | undefined> | undefined;

  constructor(parts: LiveParts) {
    const { deps, numbers, session } = parts;
    this.#parts = parts;
    this.session = session;
    this.kind = parts.kind;
    this.epoch = parts.epoch;
    this.#renewal = new Renewal(parts, this.#ended.signal);
    const everyMs = session.transport === 'stdio' ? 0 : numbers.livenessMs;
    const { clock, random } = deps;
    this.#pulse = new Pulse({ clock, random, everyMs, check: () => void this.check() });
  }

  /** With which headers a request that is sent now goes. */
  get generation(): number {
    return this.#renewal.generation;
  }

  /** Whether calls go with other headers now than `seen`; runs the helper for that where there is one. */
  async renewHeaders(seen: number, signal: AbortSignal): Promise<boolean> {
    return this.kind === 'helper' && this.#renewal.renew({ seen, by: 'call' }, signal);
  }

  /** The server has just answered: the next contact is a whole interval away. */
  answered(): void {
    this.#pulse.answered();
  }

  streamDied(): void {
    this.#pulse.streamDied();
  }

  /**
   * One contact of our own, whose failure decides the status. Single flight. Resolves with the fault, or `undefined`
   * when the server answered well or the session ended meanwhile. Never rejects.
   */
  check(): Promise<Fault | undefined> {
    this.#checking ??= this.#check().finally(() => {
      this.#checking = undefined;
    });
    return this.#checking;
  }

  /** Ends the session; nothing is told any more. Resolves when it is closed. Never rejects. */
  async end(): Promise<void> {
    const { deps, entry, session } = this.#parts;
    this.#ended.abort(new Error('the session ended'));
    this.#pulse.stop();
    session.onEvent = undefined;
    try {
      await session.close();
    } catch (error) {
      deps.logger.error({ error, server: entry.name }, 'a session could not be closed');
    }
  }

  async #check(): Promise<Fault | undefined> {
    const { deps, entry, numbers } = this.#parts;
    const limit = limited(deps.clock, numbers.connectTimeoutMs, this.#ended.signal);
    try {
      const answer = await this.#contact(limit.signal);
      if (answer === undefined || isRateLimit(answer) || this.#ended.signal.aborted) return undefined;
      const { fault, offersOAuth } = await meaning(deps, { entry, numbers, signal: limit.signal }, answer, this.kind);
      if (this.#ended.signal.aborted) return undefined;
      if (offersOAuth !== undefined) this.#parts.onAdvertised(offersOAuth);
      this.#parts.onFault(fault);
      return fault;
    } catch (error) {
      deps.logger.error({ error, server: entry.name }, 'a contact broke');
      return undefined;
    } finally {
      limit.end();
    }
  }

  /** A helper server whose headers are refused is asked again with fresh ones (BEHAVIOUR §3a, row b). */
  async #contact(signal: AbortSignal): Promise<Answer | undefined> {
    const seen = this.generation;
    const answer = await this.session.contact(signal);
    const mayHelp = this.kind === 'helper' && answer !== undefined && refusedCredentials(answer);
    if (!mayHelp || signal.aborted) return answer;
    return (await this.#renewal.renew({ seen, by: 'contact' }, signal)) ? this.session.contact(signal) : answer;
  }
}
