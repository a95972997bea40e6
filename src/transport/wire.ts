/**
 * Stands between the SDK's `Client` and a link, and keeps what the client would lose: each reply verbatim, each fault as
 * an `AnswerError`, and whether a request was sent at all.
 *
 * @module
 */
import type {
  JSONRPCMessage,
  JSONRPCNotification,
  JSONRPCRequest,
  RequestId,
  Transport,
  TransportSendOptions,
} from '@modelcontextprotocol/client';
import { AnswerError } from './answer-error.ts';
import { InOrder } from './in-order.ts';
import type { Link } from './link.ts';
import type { Reply } from './protocol.ts';
import { isNotification, isRequest, replyOf } from './protocol.ts';

/**
 * One request of ours as the wire saw it. The SDK may send it several times under other ids (multi round trips); the
 * last reply counts.
 */
export interface Exchange {
  /** To be passed as `headers` of the SDK's request options: they name the exchange and never leave the process. */
  readonly headers: Readonly<Record<string, string>>;
  /** The message was handed to the link. */
  sent: boolean;
  /** The last reply, verbatim. */
  reply: Reply | undefined;
  /** Why no reply came. */
  failure: AnswerError | undefined;
  /** Called once a reply has begun to arrive. */
  onbegin: (() => void) | undefined;
}

interface Asked {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: unknown) => void;
}

const TAG = 'x-holdfast-exchange';
/** What the client is told where the truth is in the exchange; nobody reads it. */
const UNANSWERED = { code: -32_000, message: 'no answer' };

/** The transport that the SDK's client gets. */
export class Wire implements Transport {
  readonly link: Link;
  readonly hasPerRequestStream: boolean;
  onclose: (() => void) | undefined;
  onerror: ((error: Error) => void) | undefined;
  onmessage: ((message: JSONRPCMessage) => void) | undefined;
  /** Hears every notification of the server before the client does. */
  onnotification: ((notification: JSONRPCNotification) => void) | undefined;
  /** The link is gone, by itself or by `end`. */
  whenEnded: (() => void) | undefined;

  readonly #tagged = new Map<string, Exchange>();
  readonly #byId = new Map<RequestId, Exchange>();
  readonly #asked = new Map<RequestId, Asked>();
  #tags = 0;
  #questions = 0;
  #started: Promise<void> | undefined;
  #ended = false;
  /** During the handshake a client that gives up must not take the link with it: another one may follow. */
  #shielded = true;

  constructor(link: Link) {
    this.link = link;
    this.hasPerRequestStream = link.hasPerRequestStream === true;
    const messages = new InOrder(
      (message) => this.#receive(message),
      (error) => this.onerror?.(error),
    );
    const callbacks: Partial<Link> = {
      onmessage: (message: JSONRPCMessage) => messages.push(message),
      onbegin: (id) => this.#byId.get(id)?.onbegin?.(),
      onfail: (id, error) => {
        messages.flush();
        this.#fail(id, error);
      },
      onerror: (error) => this.onerror?.(error),
      onclose: () => {
        messages.flush();
        this.#close();
      },
    };
    Object.assign(link, callbacks);
  }

  /** Whether a person is being asked on behalf of the server. */
  get isAsking(): boolean {
    return this.#questions > 0;
  }

  /** Does what asks a person; meanwhile the silence of the server is not counted against it. */
  async whileAsking<T>(ask: () => Promise<T>): Promise<T> {
    this.#questions += 1;
    try {
      return await ask();
    } finally {
      this.#questions -= 1;
    }
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Starts the link, once however often it is called. */
  async start(): Promise<void> {
    this.#started ??= this.link.start();
    await this.#started;
  }

  setProtocolVersion(version: string): void {
    this.link.setProtocolVersion?.(version);
  }

  /** From here on the client's close is the link's. */
  unshield(): void {
    this.#shielded = false;
  }

  async close(): Promise<void> {
    if (this.#shielded) this.onclose?.();
    else await this.link.close();
  }

  /** Closes the link, shielded or not. */
  async end(): Promise<void> {
    await this.link.close();
  }

  /** A new exchange; `forget` it when it is over. */
  track(): Exchange {
    this.#tags += 1;
    const tag = String(this.#tags);
    const exchange: Exchange = {
      headers: { [TAG]: tag },
      sent: false,
      reply: undefined,
      failure: undefined,
      onbegin: undefined,
    };
    this.#tagged.set(tag, exchange);
    return exchange;
  }

  forget(exchange: Exchange): void {
    this.#tagged.delete(exchange.headers[TAG] ?? '');
    for (const [id, other] of this.#byId) if (other === exchange) this.#byId.delete(id);
  }

  async send(message: JSONRPCMessage, options?: TransportSendOptions): Promise<void> {
    const { [TAG]: tag, ...headers } = options?.headers ?? {};
    const exchange = tag === undefined || !isRequest(message) ? undefined : this.#tagged.get(tag);
    if (exchange !== undefined && isRequest(message)) {
      exchange.sent = true;
      exchange.reply = undefined;
      this.#byId.set(message.id, exchange);
    }
    try {
      await this.link.send(message, { ...options, headers });
    } catch (error) {
      if (exchange !== undefined && error instanceof AnswerError) exchange.failure = error;
      throw error;
    }
  }

  /** One request beside the client. Rejects with an `AnswerError`, or with the reason of the signal. */
  async ask(request: JSONRPCRequest, signal: AbortSignal): Promise<Reply> {
    signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      const over = (): void => {
        signal.removeEventListener('abort', abort);
        this.#asked.delete(request.id);
      };
      const fail = (error: unknown): void => {
        over();
        reject(error);
      };
      const abort = (): void => fail(signal.reason);
      const answered = (reply: Reply): void => {
        over();
        resolve(reply);
      };
      signal.addEventListener('abort', abort, { once: true });
      this.#asked.set(request.id, { resolve: answered, reject: fail });
      this.link.send(request, { requestSignal: signal }).catch(fail);
    });
  }

  #receive(message: JSONRPCMessage): void {
    if (isNotification(message)) this.onnotification?.(message);
    const reply = replyOf(message);
    if (reply?.id !== undefined && reply.id !== null) {
      const asked = this.#asked.get(reply.id);
      if (asked !== undefined) {
        asked.resolve(reply);
        return;
      }
      const exchange = this.#byId.get(reply.id);
      if (exchange !== undefined) exchange.reply = reply;
    }
    this.onmessage?.(message);
  }

  #fail(id: RequestId, error: AnswerError): void {
    this.#asked.get(id)?.reject(error);
    const exchange = this.#byId.get(id);
    if (exchange === undefined || exchange.reply !== undefined) return;
    exchange.failure = error;
    this.onmessage?.({ jsonrpc: '2.0', id, error: UNANSWERED });
  }

  #close(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const asked of this.#asked.values()) asked.reject(new AnswerError(this.link.ending()));
    this.onclose?.();
    this.whenEnded?.();
  }
}
