/**
 * Rights that a connected server asks for in addition: the offer, the consent that calls wait for, and the rest after
 * consents that did not help (BEHAVIOUR §7). Never a refresh, and never a loss of the login that works.
 *
 * @module
 */
import { isRemote } from '../core/entry.ts';
import { limited, unlessAborted } from './limit.ts';
import { isMachineGrant, loginOf } from './logins.ts';
import { refusedError, requiredError, untilRested } from './step-up-errors.ts';
import type { HoldfastError } from '../base/errors.ts';
import type { Challenge } from '../core/fault.ts';
import type { LoginBegun } from '../core/sign-in.ts';
import type { StepUp } from '../core/snapshot.ts';
import type { LoginParts, Logins } from './logins.ts';
import type { Rests } from './rests.ts';

/** What is lacking, as the server told it. */
export interface Lack {
  readonly scopes: readonly string[];
  readonly challenges: readonly Challenge[];
  /** The tool whose call was refused. */
  readonly tool?: string;
  /** Of the scopes: those that the pinned ones of the entry leave out. */
  readonly unpinned?: readonly string[];
}

/** How a call asks for rights. */
export interface CallAsk {
  readonly interaction: 'none' | 'url' | 'browser';
  /** Authorizations that this call has waited for already. */
  readonly tries: number;
  readonly signal: AbortSignal;
}

/** What step-ups are made from, and whom they tell. */
export interface StepUpParts extends LoginParts {
  readonly logins: Logins;
  readonly rests: Rests;
  /** Shows the offer, or takes it away. */
  readonly show: (stepUp: StepUp | undefined) => void;
  /** Takes over the login as it is kept now. */
  readonly adopt: () => Promise<void>;
  /** Aborts when nobody holds the connection any more. */
  readonly ended: AbortSignal;
}

interface Consent {
  readonly end: Promise<LoginBegun>;
  /** The sign-in, once it waits for a person. */
  flow?: string;
  url?: string;
}

const keyOf = ({ scopes }: Lack): string => scopes.toSorted().join(' ');

/** The step-ups of one connection. */
export class StepUps {
  readonly #parts: StepUpParts;
  readonly #pending = new Map<string, Consent>();
  #asked: Lack | undefined;

  constructor(parts: StepUpParts) {
    this.#parts = parts;
  }

  /** What the server asked for last and nobody has decided yet. */
  get asked(): Lack | undefined {
    return this.#asked;
  }

  /** Shows what is lacking; nobody waits for it. */
  offer(lack: Lack): void {
    const isNew = this.#asked === undefined || keyOf(this.#asked) !== keyOf(lack) || this.#asked.tool !== lack.tool;
    this.#asked = lack;
    const { scopes, tool } = lack;
    this.#parts.show({ scopes, ...(tool === undefined ? {} : { tool }) });
    if (isNew) this.#tell(lack, this.#pending.get(keyOf(lack))?.url);
  }

  /**
   * What becomes of a call that lacks rights: `again` = send it once more, `left` = its signal aborted first, else its
   * error.
   */
  async ask(name: string, asked: Lack, how: CallAsk): Promise<'again' | 'left' | HoldfastError> {
    const lack = { ...asked, ...this.#unpinned(asked) };
    const { numbers } = this.#parts;
    const key = keyOf(lack);
    if (how.tries >= numbers.stepUpTries) {
      this.#rest(key);
      this.withdraw();
      return refusedError(name, lack, { error: 'useless', detail: `${how.tries} consents did not help` });
    }
    if (how.interaction === 'none' && !this.#isMachine()) {
      this.offer(lack);
      return requiredError(name, lack, this.#pending.get(key) ?? this.#offered());
    }
    const restMs = this.#parts.rests.leftMs(loginOf(this.#parts.entry), key);
    if (restMs > 0) return untilRested(name, lack, restMs);
    return this.#await(name, lack, how.signal);
  }

  /** A person begins the consent. Rests are over. */
  grant(options: Parameters<Logins['begin']>[0]): Promise<LoginBegun> {
    this.forgive();
    const challenges = this.#asked?.challenges;
    return this.#parts.logins.begin(options, { stepUp: true, ...(challenges === undefined ? {} : { challenges }) });
  }

  /** A person has signed in anew, or begins to: whoever lacks rights now may ask again. */
  forgive(): void {
    const { rests, entry } = this.#parts;
    rests.end(loginOf(entry));
  }

  /** A person says no: calls that wait fail. Returns whether anything was offered. */
  async decline(): Promise<boolean> {
    const offered = this.#asked !== undefined || this.#pending.size > 0;
    if (this.#asked !== undefined) this.#rest(keyOf(this.#asked));
    const flows = [...this.#pending.values()].flatMap(({ flow }) => (flow === undefined ? [] : [flow]));
    const offer = this.#offered();
    if (offer !== undefined) flows.push(offer.flow);
    await Promise.all([...new Set(flows)].map((flow) => this.#parts.deps.signIns.cancel(flow)));
    this.withdraw();
    return offered;
  }

  /** Takes the offer away: it was granted, declined, or of no use. */
  withdraw(): void {
    this.#asked = undefined;
    this.#parts.show(undefined);
  }

  /** The consent that a person has begun, if it waits. */
  #offered(): { readonly flow: string; readonly url: string } | undefined {
    const { signingIn } = this.#parts.logins;
    return signingIn?.stepUp === true ? signingIn : undefined;
  }

  /** Pinned scopes are asked for as they are, so a consent cannot bring the others (BEHAVIOUR §7). */
  #unpinned({ scopes }: Lack): Pick<Lack, 'unpinned'> {
    const { endpoint } = this.#parts.entry;
    const pinned = isRemote(endpoint) ? endpoint.oauth?.scopes?.split(' ') : undefined;
    const unpinned = scopes.filter((scope) => pinned?.includes(scope) === false);
    return unpinned.length === 0 ? {} : { unpinned };
  }

  #isMachine(): boolean {
    const { endpoint } = this.#parts.entry;
    return isRemote(endpoint) && isMachineGrant(endpoint.oauth?.grant);
  }

  #rest(key: string): void {
    const { rests, entry, numbers } = this.#parts;
    rests.begin(loginOf(entry), key, numbers.stepUpRestMs);
  }

  #tell({ scopes, tool }: Lack, url: string | undefined): void {
    this.#parts.tell({
      event: 'auth.required',
      kind: 'step-up',
      scopes,
      ...(url === undefined ? {} : { url }),
      ...(tool === undefined ? {} : { tool }),
    });
  }

  async #await(name: string, lack: Lack, signal: AbortSignal): Promise<'again' | 'left' | HoldfastError> {
    const { deps, numbers } = this.#parts;
    const key = keyOf(lack);
    const consent = this.#pending.get(key) ?? this.#begin(key, lack);
    const limit = limited(deps.clock, numbers.stepUpWaitMs, signal);
    try {
      await unlessAborted(consent.end, limit.signal);
      if (limit.isTimeUp) return requiredError(name, lack, consent);
      if (limit.signal.aborted) return 'left';
      return this.#judge(name, lack, await consent.end);
    } catch (error) {
      // Another connection took its place: the call is asked there.
      if (this.#parts.ended.aborted) return 'again';
      throw error;
    } finally {
      limit.end();
    }
  }

  /** One consent for all calls that lack the same. */
  #begin(key: string, lack: Lack): Consent {
    const { logins } = this.#parts;
    this.#asked = lack;
    const { scopes, tool } = lack;
    this.#parts.show({ scopes, ...(tool === undefined ? {} : { tool }) });
    const end = logins
      .begin({}, { stepUp: true, challenges: lack.challenges })
      .then((begun) => this.#wait(consent, lack, begun));
    const consent: Consent = { end: end.finally(() => this.#pending.delete(key)) };
    consent.end.catch(() => undefined);
    this.#pending.set(key, consent);
    return consent;
  }

  async #wait(consent: Consent, lack: Lack, begun: LoginBegun): Promise<LoginBegun> {
    const { deps } = this.#parts;
    let end = begun;
    if (begun.kind === 'waiting') {
      consent.flow = begun.flow;
      consent.url = begun.url;
      this.#tell(lack, begun.url);
      end = await deps.signIns.outcome(begun.flow, this.#parts.ended);
    }
    if (end.kind === 'completed') {
      await this.#parts.adopt();
      this.withdraw();
    }
    if (end.kind === 'failed') {
      this.#rest(keyOf(lack));
      this.withdraw();
    }
    return end;
  }

  #judge(name: string, lack: Lack, end: LoginBegun): 'again' | HoldfastError {
    switch (end.kind) {
      case 'completed':
        return 'again';
      case 'failed':
        return refusedError(name, lack, end);
      case 'impossible':
        return requiredError(name, lack, undefined, end.fault);
      case 'waiting':
        return requiredError(name, lack, end);
    }
  }
}
