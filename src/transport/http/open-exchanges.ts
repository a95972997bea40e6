/**
 * The exchanges of one link that are under way, by the message that each carries: what ends one, or all.
 *
 * @module
 */
import type { JSONRPCMessage } from '@modelcontextprotocol/client';
import { Turnover } from '../../base/turnover.ts';
import { isRequest } from '../protocol.ts';

/** An exchange. */
export interface OpenExchange {
  /** Ends it. */
  readonly cut: AbortController;
  /** To be called when it is over. */
  readonly over: () => void;
}

/** Those of one link. */
export class OpenExchanges {
  readonly #open = new Turnover<AbortController>();
  #notifications = 0;

  /** Remembers an exchange; aborting the caller's signal cuts it. */
  track(message: JSONRPCMessage, signal?: AbortSignal): OpenExchange {
    const cut = new AbortController();
    const stop = (): void => cut.abort(signal?.reason);
    if (signal?.aborted === true) stop();
    signal?.addEventListener('abort', stop, { once: true });
    const kept = this.keep(message, cut);
    const over = (): void => {
      signal?.removeEventListener('abort', stop);
      kept.over();
    };
    return { cut, over };
  }

  /** Remembers one that its caller cuts. */
  keep(message: JSONRPCMessage, cut: AbortController): OpenExchange {
    const key = isRequest(message) ? message.id : `notification ${(this.#notifications += 1)}`;
    this.#open.set(key, cut);
    const over = (): void => {
      if (this.#open.get(key) === cut) this.#open.delete(key);
    };
    return { cut, over };
  }

  /** Ends the exchange of a request, if it is under way. */
  cut(id: unknown, reason?: unknown): void {
    if (typeof id === 'string' || typeof id === 'number') this.#open.get(id)?.abort(reason);
  }

  /** Ends all. */
  cutAll(reason: unknown): void {
    for (const cut of this.#open.values()) cut.abort(reason);
  }
}
