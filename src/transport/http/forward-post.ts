/**
 * A request that is passed on as one POST: its result stays unread, what else its stream brings goes where it belongs.
 *
 * @module
 */
import type { JSONRPCMessage } from '@modelcontextprotocol/client';
import type { AnswerError } from '../answer-error.ts';
import { unreadResult } from '../forward/unread.ts';
import type { Relays } from '../forward/relays.ts';
import type { RawReply, RawRequest } from '../link.ts';
import { isNotification, modernVersionOf, replyOf } from '../protocol.ts';
import type { Post } from './post.ts';

/** What the link does for it. */
export interface ForwardPlan {
  /** Sends under the headers and the session of the link. */
  readonly send: (
    outgoing: Pick<Post, 'deliver' | 'failed' | 'unread'> & Pick<RawRequest, 'message'> & ForwardSending,
  ) => Promise<void>;
  /** Tells a legacy server that nobody waits any more. */
  readonly cancel: (id: string) => Promise<void>;
  /** Sends an answer to a question of the server, in the session of the request. */
  readonly respond: (answer: JSONRPCMessage) => Promise<void>;
  readonly relays: Relays;
  /** What tells its session from the others of the link; absent for that of the link. */
  readonly session?: object | undefined;
  /** Takes what does not belong to this request alone. */
  readonly onmessage: (message: JSONRPCMessage) => void;
}

interface ForwardSending {
  readonly cut: AbortController;
  readonly options: { readonly headers: Readonly<Record<string, string>> };
  readonly began: () => void;
}

/** Sends it. Rejects with an `AnswerError`, or with the reason of `cut`. */
export function forwardByPost(request: RawRequest, plan: ForwardPlan): Promise<RawReply> {
  const { message, headers, cut, onbegin, onnotification, asking } = request;
  const { signal } = cut;
  const { id } = message;
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      reject(signal.reason as Error);
      // A stateless server hears it by the end of the exchange; for others that end says nothing.
      if (modernVersionOf(message) === undefined) plan.cancel(id).catch(() => {});
    };
    let isOver = false;
    const over = (): void => {
      isOver = true;
      signal.removeEventListener('abort', abort);
    };
    const answered = (reply: RawReply): void => {
      over();
      resolve(reply);
    };
    const failed = (error: AnswerError): void => {
      over();
      reject(error);
    };
    const deliver = (inbound: JSONRPCMessage): void => {
      const reply = replyOf(inbound);
      if (reply?.id === id) answered({ reply });
      else if (isNotification(inbound) && belongs(inbound.method)) {
        // Behind the answer there is no progress (MCP, progress): the client's token may stand for another request by then.
        if (!isOver || inbound.method !== PROGRESS) onnotification(inbound.method, inbound.params ?? {});
      } else if (plan.relays.cancelled(inbound, plan.session)) return;
      else if (plan.relays.take(inbound, isOver ? undefined : asking, plan.respond, plan.session)) return;
      else if (reply === undefined) plan.onmessage(inbound);
    };
    const unread = (bytes: Buffer): boolean => {
      const result = unreadResult(bytes, id);
      if (result !== undefined) answered({ result });
      return result !== undefined;
    };
    signal.addEventListener('abort', abort);
    plan.send({ message, cut, deliver, failed, unread, began: onbegin, options: { headers } }).catch(failed);
  });
}

const PROGRESS = 'notifications/progress';

/** Notifications that a server sends about one request. */
function belongs(method: string): boolean {
  return method === PROGRESS || method === 'notifications/message';
}
