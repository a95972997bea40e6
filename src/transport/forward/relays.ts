/**
 * Questions of a server that are on their way to the client whose request it works on.
 *
 * @module
 */
import type { JSONRPCMessage, JSONRPCRequest, RequestId } from '@modelcontextprotocol/client';
import { mayBeAsked } from '../../core/relay.ts';
import type { AskClient, RelayAnswer } from '../../core/relay.ts';
import type { Json } from '../protocol.ts';
import { isNotification, isRequest } from '../protocol.ts';

/** Who answers the questions that belong to one request. */
export interface Asking {
  /** What its client can. */
  readonly capabilities: Json;
  readonly ask: AskClient;
}

const INTERNAL = -32_603;

/** The questions of one link. */
export class Relays {
  readonly #open = new Map<RequestId, AbortController>();

  /** Whether the message is a question for this client, which is then asked; `respond` sends its answer to the server. */
  take(
    message: JSONRPCMessage,
    asking: Asking | undefined,
    respond: (answer: JSONRPCMessage) => Promise<void>,
  ): boolean {
    if (asking === undefined || !isRequest(message)) return false;
    if (!mayBeAsked(asking.capabilities, message.method, message.params)) return false;
    void this.#ask(message, asking.ask, respond);
    return true;
  }

  /** Whether the message takes a question back. */
  cancelled(message: JSONRPCMessage): boolean {
    if (!isNotification(message) || message.method !== 'notifications/cancelled') return false;
    const open = this.#open.get(message.params?.['requestId'] as RequestId);
    open?.abort(new Error('the server does not wait for the answer any more'));
    return open !== undefined;
  }

  /** No answer is of use any more. */
  end(): void {
    for (const cut of this.#open.values()) cut.abort(new Error('the connection ended'));
  }

  async #ask(
    { id, method, params }: JSONRPCRequest,
    ask: AskClient,
    respond: (answer: JSONRPCMessage) => Promise<void>,
  ): Promise<void> {
    const cut = new AbortController();
    this.#open.set(id, cut);
    let answer: RelayAnswer;
    try {
      answer = await ask(method, params ?? {}, cut.signal);
    } catch {
      answer = { error: { code: INTERNAL, message: 'the client could not be asked' } };
    } finally {
      if (this.#open.get(id) === cut) this.#open.delete(id);
    }
    // What was taken back is not answered (MCP, cancellation).
    if (cut.signal.aborted) return;
    await respond({ jsonrpc: '2.0', id, ...answer }).catch(() => {});
  }
}
