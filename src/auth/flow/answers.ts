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
import type { FlowParts } from './parts.ts';
import { redeemCallback, settleTokens } from './redeem.ts';

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
   * over already.
   */
  async poll(flow: Flow, shown?: DeviceCode): Promise<LoginOutcome | undefined> {
    const kept = await this.#world.flows.read(flow.id);
    if (kept?.phase !== 'waiting' || this.#polls.has(flow.id)) return undefined;
    const { authority, client, resource, dpopKey, place, numbers } = flow;
    const about = {
      authority,
      client,
      serverUrl: place.serverUrl,
      resource,
      device: shown ?? keptDevice(flow),
      ...(dpopKey === undefined ? {} : { dpopKey }),
    };
    const ended = new AbortController();
    this.#polls.set(flow.id, ended);
    const signal = AbortSignal.any([this.#closed.signal, ended.signal]);
    const polling = this.#parts.pollDevice(about, { numbers, signal });
    try {
      const polled = await this.#hold(polling);
      return await this.#work(flow, () => this.#settleDevice(flow, polled));
    } catch (error) {
      // Who took it back has ended the flow; when the process closes, another one may go on with it.
      if (signal.aborted) return undefined;
      return await this.#work(flow, () => Promise.reject(error));
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
    for (const poll of this.#polls.values()) poll.abort();
    await Promise.allSettled(this.#working);
    this.#closed.abort(new HoldfastError('ERR_CLOSED', 'Holdfast was closed'));
  }

  async #settleDevice(flow: Flow, outcome: DeviceOutcome): Promise<LoginOutcome> {
    const kept = await this.#world.flows.read(flow.id);
    if (kept?.phase === 'over') return kept.outcome;
    if (outcome.kind !== 'expired') return settleTokens(this.#parts, { ...flow, grant: 'device_code' }, outcome);
    return outcome.fault === undefined ? plainEnding(flow, 'expired') : faultEnding(flow, outcome.fault);
  }

  async #work(flow: Flow, work: () => Promise<LoginOutcome>): Promise<LoginOutcome> {
    return this.#hold(
      (async () => {
        const outcome = await this.#safely(flow, work);
        await this.#end(flow, outcome);
        return outcome;
      })(),
    );
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

/** What polling needs of a code that another process has shown. */
function keptDevice({ way, expiresAt }: Flow): DeviceCode {
  if (way.kind !== 'device') throw new HoldfastError('ERR_INTERNAL', 'this sign-in is none by device');
  return { ...way, userCode: '', verificationUri: '', expiresAt };
}
