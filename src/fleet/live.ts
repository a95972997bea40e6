/**
 * One open session and what looks after it: its pulse, contacts of our own, and the headers it sends (BEHAVIOUR §3b).
 *
 * @module
 */
import { wantedScopes } from '../core/classify.ts';
import { limited } from './limit.ts';
import { meaning, refusedCredentials } from './meaning.ts';
import { Pulse } from './pulse.ts';
import { Renewal } from './renewal.ts';
import { mostRenewals, refreshFailure } from './sent.ts';
import type { Answer, Fault } from '../core/fault.ts';
import type { CredentialKind } from '../core/ports.ts';
import type { RenewalParts } from './renewal.ts';
import type { Sent } from './sent.ts';

/** What a live session is made from, and whom it tells. */
export interface LiveParts extends RenewalParts {
  /** The try that opened it. */
  readonly epoch: number;
  /** A contact of our own failed: the server is not well. */
  readonly onFault: (fault: Fault) => void;
  /** A contact of our own was refused for want of rights: the server is well. */
  readonly onLack: (answer: Answer) => void;
  readonly onAdvertised: (offersOAuth: boolean) => void;
}

/** The server is there and well; it only asks to be contacted less often. */
function isRateLimit(answer: Answer): boolean {
  return answer.kind === 'http' && answer.status === 429;
}

/** The session of a connected server. */
export class Live {
  readonly session: LiveParts['session'];
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
    this.epoch = parts.epoch;
    this.#renewal = new Renewal(parts, this.#ended.signal, () => void this.check());
    const everyMs = session.transport === 'stdio' ? 0 : numbers.livenessMs;
    const { clock, random } = deps;
    this.#pulse = new Pulse({ clock, random, everyMs, check: () => void this.check() });
  }

  /** With which credentials requests go now. */
  get sent(): Sent {
    return this.#renewal.sent;
  }

  get kind(): CredentialKind {
    return this.#renewal.sent.kind;
  }

  /** With which headers a request that is sent now goes. */
  get generation(): number {
    return this.#renewal.generation;
  }

  /** Whether calls go with other headers now than `seen`, which were refused: runs the helper, or refreshes, for that. */
  async renewHeaders(seen: number, signal: AbortSignal): Promise<boolean> {
    const mayHelp = this.kind === 'helper' || this.kind === 'oauth';
    return mayHelp && this.#renewal.renew({ seen, by: 'call' }, signal);
  }

  /** Takes over a login that was made or renewed elsewhere; requests under way go on. Never rejects. */
  adopt(): Promise<void> {
    return this.#renewal.adopt();
  }

  /** The server has just answered: the next contact is a whole interval away. */
  answered(): void {
    this.#pulse.answered();
    this.#renewal.accepted();
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
      if (this.kind === 'oauth' && wantedScopes(answer) !== undefined) {
        this.#parts.onLack(answer);
        return undefined;
      }
      return await this.#blame(answer, limit.signal);
    } catch (error) {
      deps.logger.error({ error, server: entry.name }, 'a contact broke');
      return undefined;
    } finally {
      limit.end();
    }
  }

  /** The server is not well: says why. */
  async #blame(answer: Answer, signal: AbortSignal): Promise<Fault | undefined> {
    const { deps, entry, numbers } = this.#parts;
    const { sent } = this;
    const { fault, offersOAuth } = await meaning(deps, { entry, numbers, signal }, answer, sent);
    if (this.#ended.signal.aborted) return undefined;
    if (offersOAuth !== undefined) this.#parts.onAdvertised(offersOAuth);
    // What the authorization server cannot do for now ends no login.
    const told = fault.reason === 'sign-in-expired' ? (refreshFailure(sent) ?? fault) : fault;
    this.#parts.onFault(told);
    return told;
  }

  /** Refused credentials are worth a contact more with better ones (BEHAVIOUR §3a, rows b and c). */
  async #contact(signal: AbortSignal): Promise<Answer | undefined> {
    let seen = this.generation;
    let answer = await this.session.contact(signal);
    for (let more = mostRenewals(this.kind); more > 0; more -= 1) {
      if (answer === undefined || signal.aborted || !this.#mayRenew(answer)) break;
      if (!(await this.#renewal.renew({ seen, by: 'contact' }, signal))) break;
      seen = this.generation;
      answer = await this.session.contact(signal);
    }
    return answer;
  }

  #mayRenew(answer: Answer): boolean {
    if (this.kind === 'helper') return refusedCredentials(answer);
    return this.kind === 'oauth' && answer.kind === 'http' && answer.status === 401;
  }
}
