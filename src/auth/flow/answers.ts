/**
 * Takes the answers of sign-ins, whichever door they come through: of all that come for one flow, one counts.
 *
 * @module
 */
import { HoldfastError, messageOf } from '../../base/errors.ts';
import type { LoginOutcome } from '../../core/sign-in.ts';
import type { DeviceCode, DeviceOutcome } from '../token/device.ts';
import type { CallbackParams } from './callback.ts';
import type { Doubts } from './doubts.ts';
import { faultEnding, plainEnding } from './endings.ts';
import type { Flow } from './flow.ts';
import type { FlowStore } from './flow-store.ts';
import type { LiveFlows } from './live.ts';
import { loginMadeBy } from './made.ts';
import type { FlowParts } from './parts.ts';
import { redeemCallback, settleTokens } from './redeem.ts';

/** A process that got the tokens of a code has written them by then. */
const LOOKS = 6;
const LOOK_MS = 500;

/** What the answers are about. */
export interface AnswersWorld {
  readonly flows: FlowStore;
  readonly live: LiveFlows;
  readonly doubts: Doubts;
}

/** The answers of one process. */
export class Answers {
  readonly #parts: FlowParts;
  readonly #world: AnswersWorld;
  readonly #closed = new AbortController();
  /** What is being redeemed; close waits for it. */
  readonly #working = new Set<Promise<unknown>>();
  /** Device codes that are being polled for. */
  readonly #polls = new Map<string, AbortController>();
  #isClosing = false;

  constructor(parts: FlowParts, world: AnswersWorld) {
    this.#parts = parts;
    this.#world = world;
  }

  /**
   * A callback whose state is the flow's. `undefined` when another answer for it came first, or its time is over.
   * Errors: `ERR_STORE_UNWRITABLE`, and then the flow goes on.
   */
  async take(id: string, params: CallbackParams): Promise<LoginOutcome | undefined> {
    const flow = await this.#world.flows.take(id);
    if (flow === undefined) return undefined;
    this.#world.doubts.ended(id, true);
    return this.#work(flow, () => redeemCallback(this.#parts, flow, { params, signal: this.#closed.signal }));
  }

  /**
   * Polls for the device grant until it is settled, by this process or by another that polls too. `undefined` when it is
   * over already, or polled for here. Never rejects: nobody has to wait for it.
   */
  async poll(flow: Flow, shown?: DeviceCode): Promise<LoginOutcome | undefined> {
    if (this.#polls.has(flow.id)) return undefined;
    const ended = new AbortController();
    this.#polls.set(flow.id, ended);
    try {
      return await this.#hold(this.#polled(flow, ended.signal, shown));
    } catch (error) {
      this.#parts.logger.warn({ error: messageOf(error) }, 'a sign-in by device cannot be looked at for now');
      return undefined;
    } finally {
      this.#polls.delete(flow.id);
    }
  }

  /** Ends the polling for a flow, if it goes on here. */
  stopPolling(id: string): void {
    this.#polls.get(id)?.abort();
  }

  /** Ends a flow that nobody has answered. `undefined` when an answer is being redeemed. */
  async drop(flow: Flow, error: 'expired' | 'cancelled'): Promise<LoginOutcome | undefined> {
    const taken = await this.#world.flows.read(flow.id);
    if (taken?.phase === 'taken' && flow.way.kind === 'code') return undefined;
    this.#world.doubts.ended(flow.id, false);
    const outcome = plainEnding(flow, error);
    await this.#end(flow, outcome);
    return outcome;
  }

  /** Waits for the redemptions under way. */
  async close(): Promise<void> {
    this.#isClosing = true;
    for (const poll of this.#polls.values()) poll.abort();
    await Promise.allSettled(this.#working);
    this.#closed.abort(new HoldfastError('ERR_CLOSED', 'Holdfast was closed'));
  }

  async #polled(flow: Flow, ended: AbortSignal, shown: DeviceCode | undefined): Promise<LoginOutcome | undefined> {
    // One that is just begun waits.
    if (shown === undefined && (await this.#world.flows.read(flow.id))?.phase !== 'waiting') return undefined;
    const { authority, client, resource, dpopKey, place, numbers } = flow;
    const about = {
      authority,
      client,
      serverUrl: place.serverUrl,
      resource,
      device: shown ?? keptDevice(flow),
      ...(dpopKey === undefined ? {} : { dpopKey }),
    };
    const signal = AbortSignal.any([this.#closed.signal, ended]);
    try {
      const polled = await this.#parts.pollDevice(about, { numbers, signal });
      // Who took it back wants no login of it any more; one that comes while the process closes is kept.
      if (ended.aborted && !this.#isClosing) return undefined;
      return await this.#work(flow, () => this.#settleDevice(flow, polled));
    } catch (error) {
      // Who took it back has ended the flow; when the process closes, another one may go on with it.
      if (signal.aborted) return undefined;
      return this.#work(flow, () => Promise.reject(error));
    }
  }

  async #settleDevice(flow: Flow, outcome: DeviceOutcome): Promise<LoginOutcome> {
    const kept = await this.#world.flows.read(flow.id);
    if (kept?.phase === 'over') return kept.outcome;
    if (outcome.kind === 'tokens') return settleTokens(this.#parts, { ...flow, grant: 'device_code' }, outcome);
    const made = mayBeSpent(outcome) ? await this.#madeElsewhere(flow) : undefined;
    if (made !== undefined) return made;
    if (outcome.kind === 'refused') return settleTokens(this.#parts, { ...flow, grant: 'device_code' }, outcome);
    return outcome.fault === undefined ? plainEnding(flow, 'expired') : faultEnding(flow, outcome.fault);
  }

  /** How another process that polled for the same code has ended it; it may still be writing what it got. */
  async #madeElsewhere(flow: Flow): Promise<LoginOutcome | undefined> {
    for (let looks = 0; looks < LOOKS; looks += 1) {
      const kept = await this.#world.flows.read(flow.id);
      if (kept?.phase === 'over') return kept.outcome;
      const made = await loginMadeBy(this.#parts.logins, flow);
      if (made !== undefined) return made;
      await this.#parts.clock.sleep(LOOK_MS);
    }
    return undefined;
  }

  async #work(flow: Flow, work: () => Promise<LoginOutcome>): Promise<LoginOutcome> {
    const working = (async () => {
      const outcome = await this.#safely(flow, work);
      await this.#end(flow, outcome);
      return outcome;
    })();
    return this.#hold(this.#parts.vital?.hold(working) ?? working);
  }

  /** Lets `close` wait for some work. */
  async #hold<T>(working: Promise<T>): Promise<T> {
    this.#working.add(working);
    try {
      return await working;
    } finally {
      this.#working.delete(working);
    }
  }

  /** What nobody foresaw ends the flow too: a person would else wait for ten minutes. */
  async #safely(flow: Flow, work: () => Promise<LoginOutcome>): Promise<LoginOutcome> {
    try {
      return await work();
    } catch (error) {
      this.#parts.logger.error({ error: messageOf(error), server: flow.server }, 'a sign-in could not be finished');
      return faultEnding(flow, { reason: 'auth-server-misconfigured', detail: 'The answer could not be redeemed.' });
    }
  }

  async #end(flow: Flow, outcome: LoginOutcome): Promise<void> {
    const here = this.#world.live.get(flow.id) !== undefined;
    this.#world.live.end(outcome);
    try {
      await this.#world.flows.end(flow, outcome, here ? 'here' : 'elsewhere');
    } catch (error) {
      this.#parts.logger.warn({ error: messageOf(error) }, 'the record of a sign-in that has ended stays for now');
    }
  }
}

/** What a server says of a code that somebody else has redeemed. */
function mayBeSpent(outcome: DeviceOutcome): boolean {
  return outcome.kind === 'expired' || (outcome.kind === 'refused' && outcome.error === 'invalid_grant');
}

/** What polling needs of a code that another process has shown. */
function keptDevice({ way, expiresAt }: Flow): DeviceCode {
  if (way.kind !== 'device') throw new HoldfastError('ERR_INTERNAL', 'this sign-in is none by device');
  return { ...way, userCode: '', verificationUri: '', expiresAt };
}
