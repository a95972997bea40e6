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
import { usualAnswer } from './usual-line.ts';

/** Why a message did not go; `error` comes once all is known. */
export interface Untold {
  /** Whether the server may have acted on it. */
  readonly sent: AnswerError['sent'];
  readonly error: Promise<AnswerError>;
}

/** Writes one message, and says whether it went. */
export type Write = (message: JSONRPCMessage, told: (failure?: Untold) => void) => void;

type Tell = (message: JSONRPCMessage) => Promise<void>;

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

/** One request that was passed on, until it is settled in one way. */
class Pending {
  readonly request: RawRequest;
  readonly #resolve: (reply: RawReply) => void;
  readonly #reject: (error: Error) => void;
  readonly #gone: (request: RawRequest) => void;
  #sent: AnswerError['sent'] = 'maybe';

  constructor(
    request: RawRequest,
    resolve: (reply: RawReply) => void,
    reject: (error: Error) => void,
    gone: (request: RawRequest) => void,
  ) {
    this.request = request;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#gone = gone;
    request.cut.signal.addEventListener('abort', this.#cancel);
  }

  /** Whether the server may have acted on it. */
  get sent(): AnswerError['sent'] {
    return this.#sent;
  }

  answered(reply: RawReply): void {
    this.#over();
    this.#resolve(reply);
  }

  failed(error: Error): void {
    this.#over();
    this.#reject(error);
  }

  /** Hears how its message fared. */
  readonly told = (failure?: Untold): void => {
    if (failure === undefined) {
      this.request.onbegin();
      return;
    }
    this.#sent = failure.sent;
    void failure.error.then((error) => this.failed(error));
  };

  readonly #cancel = (): void => this.failed(this.request.cut.signal.reason as Error);

  #over(): void {
    this.request.cut.signal.removeEventListener('abort', this.#cancel);
    this.#gone(this.request);
  }
}

/** A way of writing that is made of a promise. */
function writing(tell: Tell): Write {
  return (message, told) => {
    tell(message).then(
      () => told(),
      (error: AnswerError) => told({ sent: error.sent, error: Promise.resolve(error) }),
    );
  };
}

/** The requests of one link that were passed on and are not answered yet. */
export class LineForwards {
  readonly #tell: Tell;
  readonly #write: Write;
  readonly #pending = new Turnover<Pending>();
  readonly #relays = new Relays();

  /** `tell` writes one message; `write` does so for requests, which are many. */
  constructor(tell: Tell, write: Write = writing(tell)) {
    this.#tell = tell;
    this.#write = write;
  }

  /** Sends one. Rejects with an `AnswerError`, or with the reason of `cut`: then the server is told. */
  send(request: RawRequest): Promise<RawReply> {
    return new Promise((resolve, reject) => {
      const pending = new Pending(request, resolve, reject, this.#gone);
      this.#pending.set(request.message.id, pending);
      this.#write(request.message, pending.told);
    });
  }

  readonly #gone = ({ message, cut }: RawRequest): void => {
    if (!this.#pending.delete(message.id) || !cut.signal.aborted) return;
    const params = { requestId: message.id };
    this.#tell({ jsonrpc: '2.0', method: 'notifications/cancelled', params }).catch(() => {});
  };

  /** Takes the line if it is the result of one of them. */
  take(line: Buffer): boolean {
    if (this.#pending.size === 0) return false;
    const usual = usualAnswer(line);
    const id = usual?.id ?? idOf(line);
    const pending = id === undefined ? undefined : this.#pending.get(id);
    if (pending === undefined || id === undefined) return false;
    const result = usual?.result ?? unreadResult(line, id);
    if (result === undefined) return false;
    // The bytes belong to a buffer that other messages share.
    pending.answered({ result });
    return true;
  }

  /** Takes a message that was read, if it is about one of them, or about one that nobody waits for any more. */
  read(message: JSONRPCMessage): boolean {
    const reply = replyOf(message);
    if (reply !== undefined) {
      if (typeof reply.id !== 'string' || !reply.id.startsWith(MINTED)) return false;
      this.#pending.get(reply.id)?.answered({ reply });
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
    pending?.failed(error);
    return pending !== undefined;
  }

  /** None is answered any more; `error` is told whether the server may have acted on the request. */
  end(error: (sent: AnswerError['sent']) => AnswerError): void {
    this.#relays.end();
    for (const pending of this.#pending.values()) pending.failed(error(pending.sent));
  }
}
