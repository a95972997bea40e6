/**
 * Resources of a stateless server that somebody watches: each has a subscription of its own, kept while it is watched, so
 * that watching is one request in both eras (MCP 2026-07-28, subscriptions; 2025-11-25, `resources/subscribe`).
 *
 * @module
 */
import type { CallOutcome } from '../core/ports.ts';
import type { ListenPlan } from './listener.ts';
import { keepListening } from './listener.ts';
import { RPC } from './protocol.ts';

/** What watching needs. `signal` ends it all. */
export type WatchPlan = Pick<ListenPlan, 'client' | 'clock' | 'random' | 'signal'>;

const MOST = 500;
const DONE: CallOutcome = { ok: true, result: {} };

const refused = (code: number, message: string): CallOutcome => ({
  ok: false,
  fault: { kind: 'rpc', sent: 'no', rpc: { code, message }, text: message },
});

/** The watched resources of one session. */
export class WatchedResources {
  readonly #plan: WatchPlan;
  readonly #open = new Map<string, AbortController>();

  constructor(plan: WatchPlan) {
    this.#plan = plan;
  }

  /** Does `resources/subscribe` and `resources/unsubscribe`; `undefined` for every other method. */
  async take(method: string, params: Readonly<Record<string, unknown>> | undefined): Promise<CallOutcome | undefined> {
    if (method !== 'resources/subscribe' && method !== 'resources/unsubscribe') return undefined;
    const uri = params?.['uri'];
    if (typeof uri !== 'string') return refused(-32_602, 'params.uri is missing');
    if (method === 'resources/subscribe') return this.#watch(uri);
    this.#open.get(uri)?.abort(new Error('nobody watches it any more'));
    this.#open.delete(uri);
    return DONE;
  }

  async #watch(uri: string): Promise<CallOutcome> {
    if (this.#open.has(uri)) return DONE;
    if (this.#open.size >= MOST) return refused(-32_603, `more than ${MOST} resources are watched`);
    const { client, clock, random, signal } = this.#plan;
    const cut = new AbortController();
    const stop = (): void => cut.abort(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    this.#open.set(uri, cut);
    const isOffered = await new Promise<boolean>((resolve) => {
      const filter = { resourceSubscriptions: [uri] };
      const plan = { client, clock, random, filter, signal: cut.signal, note: () => {}, gap: () => {} };
      const ended = (): void => {
        signal.removeEventListener('abort', stop);
        if (this.#open.get(uri) === cut) this.#open.delete(uri);
        resolve(false);
      };
      void keepListening({ ...plan, offered: resolve }).then(ended, ended);
    });
    return isOffered ? DONE : refused(RPC.methodNotFound, 'the server offers no news of this resource');
  }
}
