/**
 * Keeps the SDK's client from hearing an answer before a notification that came first: it hears answers at once and
 * notifications a turn later, so that the last progress of a call would come too late to be told.
 *
 * @module
 */
import type { JSONRPCMessage } from '@modelcontextprotocol/client';
import { isNotification } from './protocol.ts';

/** Messages on their way to a client. */
export class InOrder {
  readonly #deliver: (message: JSONRPCMessage) => void;
  readonly #onerror: (error: Error) => void;
  readonly #waiting: JSONRPCMessage[] = [];
  #pausing = false;

  constructor(deliver: (message: JSONRPCMessage) => void, onerror: (error: Error) => void) {
    this.#deliver = deliver;
    this.#onerror = onerror;
  }

  /** Delivers at once, or after the turn of the notification before it. */
  push(message: JSONRPCMessage): void {
    if (this.#pausing) this.#waiting.push(message);
    else this.#pass(message);
  }

  /** Delivers what waits now: nothing more will come, or an order of another kind matters more. */
  flush(): void {
    for (const message of this.#waiting.splice(0)) this.#pass(message);
  }

  #pass(message: JSONRPCMessage): void {
    try {
      this.#deliver(message);
    } catch (error) {
      this.#onerror(error instanceof Error ? error : new Error(String(error)));
    }
    if (!isNotification(message) || this.#pausing) return;
    this.#pausing = true;
    queueMicrotask(() => this.#resume());
  }

  #resume(): void {
    this.#pausing = false;
    let next = 0;
    while (!this.#pausing && next < this.#waiting.length) this.#pass(this.#waiting[next++] as JSONRPCMessage);
    this.#waiting.splice(0, next);
  }
}
