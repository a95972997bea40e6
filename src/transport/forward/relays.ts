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

/** Questions of one server that are open at the same time. More is a flood, which is not even answered. */
const MOST_OPEN = 1_000;

/** A question that nobody has answered yet. */
interface Open {
  readonly id: RequestId;
  /** The session that it was asked in. */
  readonly within: object;
  readonly cut: AbortController;
}

/** The questions of one link. In each session a server counts its questions anew: two of one id may be open. */
export class Relays {
  readonly #open = new Set<Open>();

  /** Whether the message is a question for this client, which is then asked; `respond` sends its answer to the server. */
  take(
    message: JSONRPCMessage,
    asking: Asking | undefined,
    respond: (answer: JSONRPCMessage) => Promise<void>,
    within: object = this,
  ): boolean {
    if (asking === undefined || !isRequest(message)) return false;
    if (!mayBeAsked(asking.capabilities, message.method, message.params)) return false;
    if (this.#open.size >= MOST_OPEN) return true;
    const open = { id: message.id, within, cut: new AbortController() };
    this.#open.add(open);
    void this.#ask(message, { open, ask: asking.ask, respond });
    return true;
  }

  /** Whether the message takes a question of its session back. */
  cancelled(message: JSONRPCMessage, within: object = this): boolean {
    if (!isNotification(message) || message.method !== 'notifications/cancelled') return false;
    const found = [...this.#open].findLast((one) => one.within === within && one.id === message.params?.['requestId']);
    found?.cut.abort(new Error('the server does not wait for the answer any more'));
    return found !== undefined;
  }

  /** No answer is of use any more. */
  end(): void {
    for (const { cut } of this.#open) cut.abort(new Error('the connection ended'));
  }

  async #ask(
    { id, method, params }: JSONRPCRequest,
    {
      open,
      ask,
      respond,
    }: {
      readonly open: Open;
      readonly ask: AskClient;
      readonly respond: (answer: JSONRPCMessage) => Promise<void>;
    },
  ): Promise<void> {
    const { cut } = open;
    let answer: RelayAnswer;
    try {
      answer = await ask(method, params ?? {}, cut.signal);
    } catch {
      answer = { error: { code: INTERNAL, message: 'the client could not be asked' } };
    } finally {
      this.#open.delete(open);
    }
    // What was taken back is not answered (MCP, cancellation).
    if (cut.signal.aborted) return;
    await respond({ jsonrpc: '2.0', id, ...answer }).catch(() => {});
  }
}
