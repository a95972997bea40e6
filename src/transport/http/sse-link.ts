/**
 * HTTP+SSE (MCP 2024-11-05): one stream from the server, one POST per message to the address that it names. The stream
 * is the connection: when it ends, the link has ended.
 *
 * @module
 */
import type { JSONRPCMessage, RequestId, TransportSendOptions } from '@modelcontextprotocol/client';
import type { Secret } from '../../base/secret.ts';
import type { Answer } from '../../core/fault.ts';
import type { RequestProof } from '../../core/ports.ts';
import type { LeanResponse } from '../../net/lean-request.ts';
import { AnswerError } from '../answer-error.ts';
import { LineForwards } from '../process/line-forwards.ts';
import type { Link, NoteAbout, RawReply, RawRequest } from '../link.ts';
import { isRequest, readMessages } from '../protocol.ts';
import { notMcp } from './answer.ts';
import { discard, mediaType, readEvents, readStart } from './body.ts';
import type { ExchangeWorld } from './exchange.ts';
import { Exchanger } from './exchange.ts';
import { sessionHeaders } from './headers.ts';

/** What a link is made from. */
export interface SseLinkPlan {
  readonly url: URL;
  readonly headers: Readonly<Record<string, Secret>>;
  readonly proof?: RequestProof | undefined;
  readonly messageBytes: number;
  readonly world: ExchangeWorld;
  /** Ends the wait for the stream and its first event; once the link is open it has no say. */
  readonly signal: AbortSignal;
}

const ENDED: Answer = { kind: 'network', errno: 'UND_ERR_SOCKET', text: 'the stream of the server ended' };
/** Of a body that is not MCP this much is read, for its text. */
const STRANGE_BYTES = 4_096;

/** The link. */
export class SseLink implements Link {
  readonly kind = 'sse';
  onclose: (() => void) | undefined;
  onerror: ((error: Error) => void) | undefined;
  onmessage: ((message: JSONRPCMessage) => void) | undefined;
  onbegin: ((id: RequestId) => void) | undefined;
  onnote: ((about: NoteAbout, text: string) => void) | undefined;

  readonly #plan: SseLinkPlan;
  readonly #exchanger: Exchanger;
  readonly #cut = new AbortController();
  readonly #forwards = new LineForwards((message) => this.send(message));
  #endpoint: URL | undefined;
  #version: string | undefined;
  #ending: Answer | undefined;

  constructor(plan: SseLinkPlan) {
    this.#plan = plan;
    this.#exchanger = new Exchanger(plan.url, plan.headers, plan.world, plan.proof);
  }

  /** Resolves with the `endpoint` event. Rejects with an `AnswerError`. */
  async start(): Promise<void> {
    const { signal } = this.#plan;
    const stop = (): void => this.#end({ kind: 'timeout' });
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    try {
      const response = await this.#open();
      await new Promise<void>((resolve, reject) => {
        void this.#read(response, resolve)
          .then(
            () => this.#end(ENDED),
            (error: unknown) => this.#end(this.#answerOf(error)),
          )
          .then(() => reject(new AnswerError(this.ending())));
      });
    } catch (error) {
      this.#end(this.#answerOf(error));
      throw new AnswerError(this.ending(), { cause: error });
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  async #open(): Promise<LeanResponse> {
    const response = await this.#exchanger.send({
      phase: 'stream',
      method: 'GET',
      headers: { accept: 'text/event-stream' },
      signal: this.#cut.signal,
    });
    if (mediaType(response) === 'text/event-stream') return response;
    const { text } = await readStart(response.body, STRANGE_BYTES, this.#cut.signal);
    throw new AnswerError(notMcp(response, text, this.#plan.world.redactor));
  }

  /** Reads until the stream ends; `opened` is called at the `endpoint` event. */
  async #read(response: LeanResponse, opened: () => void): Promise<void> {
    for await (const event of readEvents(response.body, this.#plan.messageBytes)) {
      if (event.type === 'endpoint' && this.#endpoint === undefined) {
        this.#endpoint = this.#accept(event.data);
        opened();
      } else if (event.type === 'message' && event.data !== '') {
        for (const message of readMessages(event.data)) this.#deliver(message);
      }
    }
  }

  #deliver(message: JSONRPCMessage): void {
    if (!this.#forwards.read(message)) this.onmessage?.(message);
  }

  /** Messages and headers go to the origin of the configured url and nowhere else. */
  #accept(data: string): URL {
    const { url } = this.#plan;
    const endpoint = URL.canParse(data, url.href) ? new URL(data, url) : undefined;
    if (endpoint === undefined)
      throw new AnswerError({ kind: 'protocol', text: 'the endpoint event names no address' });
    if (endpoint.origin === url.origin) return endpoint;
    throw new AnswerError({ kind: 'protocol', text: 'the endpoint event names an address on another origin' });
  }

  async send(message: JSONRPCMessage, _options?: TransportSendOptions): Promise<void> {
    if (this.#ending !== undefined || this.#endpoint === undefined) {
      throw new AnswerError(this.ending(), { sent: 'no' });
    }
    const request = {
      phase: 'post',
      method: 'POST',
      headers: {
        accept: 'application/json, text/event-stream',
        'content-type': 'application/json',
        ...sessionHeaders({ version: this.#version, sessionId: undefined }),
      },
      body: JSON.stringify(message),
      signal: this.#cut.signal,
    } as const;
    try {
      await discard(await this.#exchanger.send(request, this.#endpoint));
    } catch (error) {
      // The address belongs to the stream: a server that no longer knows it has lost the stream too.
      if (error instanceof AnswerError && isGone(error.answer)) this.#end(ENDED);
      throw error;
    }
    if (isRequest(message)) this.onbegin?.(message.id);
  }

  forward(request: RawRequest): Promise<RawReply> {
    return this.#forwards.send(request);
  }

  setProtocolVersion(version: string): void {
    this.#version = version;
  }

  setHeaders(headers: Readonly<Record<string, Secret>>, proof?: RequestProof): void {
    this.#exchanger.setHeaders(headers, proof);
  }

  ending(): Answer {
    return this.#ending ?? ENDED;
  }

  close(): Promise<void> {
    this.#end({ kind: 'network', errno: 'ECONNABORTED', text: 'the connection was closed here' });
    return Promise.resolve();
  }

  #answerOf(error: unknown): Answer {
    if (this.#ending !== undefined) return this.#ending;
    return this.#exchanger.broken(error, this.#cut.signal).answer;
  }

  #end(answer: Answer): void {
    if (this.#ending !== undefined) return;
    this.#ending = answer;
    this.#cut.abort();
    this.#forwards.end(() => new AnswerError(answer));
    this.onclose?.();
  }
}

const isGone = (answer: Answer): boolean => answer.kind === 'http' && (answer.status === 404 || answer.status === 410);
