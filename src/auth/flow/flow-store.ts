/**
 * The sign-ins under way, in the store: which of several answers counts is decided by compare-and-swap.
 *
 * @module
 */
import type { Clock } from '../../base/clock.ts';
import { HoldfastError } from '../../base/errors.ts';
import type { LoginOutcome } from '../../core/sign-in.ts';
import type { Store } from '../../core/store.ts';
import { flowBody, keptFlow, overBody, type Flow, type KeptFlow } from './flow.ts';

/** The flows of all processes that share the store. */
export class FlowStore {
  readonly #store: Store;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(store: Store, clock: Pick<Clock, 'now'>) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Keeps a new flow, and forgets those whose time is over. Errors: `ERR_STORE_UNWRITABLE`. */
  async begin(flow: Flow): Promise<void> {
    await this.#sweep();
    const written = await this.#store.write('flow', flowBody(flow, 'waiting'), 0);
    if (written === undefined) throw new HoldfastError('ERR_INTERNAL', 'two sign-ins have the same id');
  }

  async read(id: string): Promise<KeptFlow | undefined> {
    if (!/^[0-9a-f]{1,64}$/.test(id)) return undefined;
    const record = await this.#store.read('flow', id);
    return record === undefined ? undefined : keptFlow(record);
  }

  /**
   * Takes the flow for the answer that has come: the one call that gets it may redeem that answer, every other gets
   * `undefined`. That the record can be written also shows that the login can be kept. Errors: `ERR_STORE_UNWRITABLE`.
   */
  async take(id: string): Promise<Flow | undefined> {
    const kept = await this.read(id);
    if (kept?.phase !== 'waiting' || kept.expiresAt <= this.#clock.now()) return undefined;
    const written = await this.#store.write('flow', flowBody(kept.flow, 'taken'), kept.generation);
    return written === undefined ? undefined : kept.flow;
  }

  /**
   * Ends a flow: nothing of it stays, or, where another process may wait for the end, how it ended. Also when the folder
   * cannot be written any more.
   */
  async end(flow: Pick<Flow, 'id' | 'expiresAt'>, outcome: LoginOutcome, begun: 'here' | 'elsewhere'): Promise<void> {
    if (begun === 'elsewhere') {
      const kept = await this.read(flow.id);
      if (kept !== undefined) await this.#store.write('flow', overBody(flow, outcome), kept.generation);
      return;
    }
    await this.#store.remove('flow', flow.id);
  }

  async forget(id: string): Promise<void> {
    await this.#store.remove('flow', id);
  }

  async #sweep(): Promise<void> {
    const now = this.#clock.now();
    for (const record of await this.#store.list('flow')) {
      const { expiresAt } = record.facts;
      if (typeof expiresAt !== 'number' || expiresAt <= now)
        await this.#store.remove('flow', record.id, record.generation);
    }
  }
}
