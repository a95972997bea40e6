/**
 * Requests that are passed on over lines: their answers are known by ids that nobody else mints, and stay unread.
 *
 * @module
 */
import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/client';
import { Turnover } from '../../base/turnover.ts';
import type { AnswerError } from '../answer-error.ts';
import { MINTED } from '../forward/mint.ts';
import { onlyAsking } from '../forward/only-asking.ts';
import { Relays } from '../forward/relays.ts';
import { unreadResult } from '../forward/unread.ts';
import type { RawReply, RawRequest } from '../link.ts';
import { isNotification, isRequest, replyOf } from '../protocol.ts';

interface Pending {
  readonly request: RawRequest;
  readonly resolve: (reply: RawReply) => void;
  readonly reject: (error: AnswerError) => void;
}

const ID = `"id":"${MINTED}`;
const SPACED_ID = `"id": "${MINTED}`;
const LONGEST_ID = 64;

/** The minted id that a line is the answer to, where it is written as usual. Of several the last counts: results come first. */
function idOf(line: Buffer): string | undefined {
  for (const mark of [ID, SPACED_ID]) {
    const at = line.lastIndexOf(mark);
    if (at === -1) continue;
    const from = at + mark.length - MINTED.length;
    const end = line.indexOf('"', from);
    return end === -1 || end - from > LONGEST_ID ? undefined : line.toString('latin1', from, end);
  }
  return undefined;
}

/** The requests of one link that were passed on and are not answered yet. */
export class LineForwards {
  readonly #tell: (message: JSONRPCMessage) => Promise<void>;
  readonly #pending = new Turnover<Pending>();
  readonly #relays = new Relays();

  /** `tell` writes one message. */
  constructor(tell: (message: JSONRPCMessage) => Promise<void>) {
    this.#tell = tell;
  }

  /** Sends one. Rejects with an `AnswerError`, or with the reason of `cut`: then the server is told. */
  send(request: RawRequest): Promise<RawReply> {
    const { message, cut } = request;
    const { signal } = cut;
    return new Promise((resolve, reject) => {
      const cancel = (): void => {
        this.#pending.delete(message.id);
        reject(signal.reason as Error);
        const params = { requestId: message.id };
        this.#tell({ jsonrpc: '2.0', method: 'notifications/cancelled', params }).catch(() => {});
      };
      const over = (): void => {
        signal.removeEventListener('abort', cancel);
        this.#pending.delete(message.id);
      };
      const answered = (reply: RawReply): void => {
        over();
        resolve(reply);
      };
      const failed = (error: AnswerError): void => {
        over();
        reject(error);
      };
      signal.addEventListener('abort', cancel);
      this.#pending.set(message.id, { request, resolve: answered, reject: failed });
      this.#tell(message).then(request.onbegin, failed);
    });
  }

  /** Takes the line if it is the result of one of them. */
  take(line: Buffer): boolean {
    if (this.#pending.size === 0) return false;
    const id = idOf(line);
    const pending = id === undefined ? undefined : this.#pending.get(id);
    const result = pending === undefined || id === undefined ? undefined : unreadResult(line, id);
    if (pending === undefined || result === undefined) return false;
    // The bytes belong to a buffer that other messages share.
    pending.resolve({ result });
    return true;
  }

  /** Takes a message that was read, if it is about one of them, or about one that nobody waits for any more. */
  read(message: JSONRPCMessage): boolean {
    const reply = replyOf(message);
    if (reply !== undefined) {
      if (typeof reply.id !== 'string' || !reply.id.startsWith(MINTED)) return false;
      this.#pending.get(reply.id)?.resolve({ reply });
      return true;
    }
    if (this.#relays.cancelled(message) || this.#relays.take(message, this.#asking(message), this.#tell)) return true;
    if (!isNotification(message) || message.method !== 'notifications/progress') return false;
    const token = message.params?.['progressToken'];
    if (typeof token !== 'string' || !token.startsWith(MINTED)) return false;
    this.#pending.get(token)?.request.onnotification(message.method, message.params ?? {});
    return true;
  }

  #asking(message: JSONRPCMessage): RawRequest['asking'] {
    return isRequest(message) ? onlyAsking(this.#pending.values().map(({ request }) => request)) : undefined;
  }

  /** One of them is never answered any more; says whether it was one. */
  fail(id: RequestId, error: AnswerError): boolean {
    const pending = this.#pending.get(id);
    pending?.reject(error);
    return pending !== undefined;
  }

  /** None is answered any more. */
  end(error: () => AnswerError): void {
    this.#relays.end();
    for (const pending of this.#pending.values()) pending.reject(error());
  }
}
