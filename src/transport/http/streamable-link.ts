/**
 * Streamable HTTP in both eras: one POST per message; for legacy servers also the session, its renewal and its stream.
 *
 * @module
 */
import type { JSONRPCMessage, JSONRPCRequest, RequestId, TransportSendOptions } from '@modelcontextprotocol/client';
import type { Random } from '../../base/random.ts';
import { safeLine } from '../../base/safe-text.ts';
import type { Secret } from '../../base/secret.ts';
import type { Answer } from '../../core/fault.ts';
import type { Numbers } from '../../core/numbers.ts';
import type { RequestProof } from '../../core/ports.ts';
import type { LeanResponse } from '../../net/lean-request.ts';
import { AnswerError } from '../answer-error.ts';
import { Relays } from '../forward/relays.ts';
import type { Link, NoteAbout, RawReply, RawRequest } from '../link.ts';
import type { Reply } from '../protocol.ts';
import { isNotification, isObject, isRequest, replyOf } from '../protocol.ts';
import { loadSdk } from '../sdk.ts';
import type { ExchangeWorld } from './exchange.ts';
import { Exchanger } from './exchange.ts';
import { discard } from './body.ts';
import { forwardByPost } from './forward-post.ts';
import type { ForwardPlan } from './forward-post.ts';
import { PostHeaders, sessionHeaders } from './headers.ts';
import { OpenExchanges } from './open-exchanges.ts';
import type { Post, PostWorld } from './post.ts';
import { sendPost } from './post.ts';
import { ServerSessions } from './server-session.ts';
import type { ServerSession } from './server-session.ts';
import { ServerStream } from './server-stream.ts';
import { SideTalks } from './side-talks.ts';

/** What a link is made from. */
export interface StreamableLinkPlan {
  readonly url: URL;
  readonly headers: Readonly<Record<string, Secret>>;
  readonly proof?: RequestProof | undefined;
  readonly numbers: Numbers;
  readonly random: Random;
  readonly world: ExchangeWorld;
}

/** One message on its way, and who hears what comes of it. */
interface Outgoing {
  readonly message: JSONRPCMessage;
  readonly deliver: (message: JSONRPCMessage) => void;
  readonly failed: (error: AnswerError) => void;
  readonly options?:
    | (Pick<TransportSendOptions, 'requestSignal'> & {
        readonly headers?: Readonly<Record<string, string>> | undefined;
      })
    | undefined;
  /** Ends the exchange; one of its own where it is not given. */
  readonly cut?: AbortController;
  readonly unread?: Post['unread'];
  readonly began?: () => void;
  /** The session it goes in; that of the link where it is not given. */
  readonly session?: ServerSession | undefined;
  /** Takes the id of the session that an `initialize` began; it is that of the link where this is not given. */
  readonly opened?: (id: string | undefined) => void;
}

/** Who hears the stream of a session. */
interface StreamEars {
  readonly deliver: (message: JSONRPCMessage) => void;
  readonly gone: () => void;
  readonly note?: (text: string) => void;
  readonly gap?: () => void;
}

/** Longest wait for the DELETE that ends a session. */
const FAREWELL_MS = 2_000;

const isHello = (message: JSONRPCMessage): message is JSONRPCRequest =>
  isRequest(message) && message.method === 'initialize';

/** The link. It has no connection of its own: it is "closed" only by `close`. */
export class StreamableLink implements Link {
  readonly kind = 'http';
  readonly hasPerRequestStream = true;
  onclose: (() => void) | undefined;
  onerror: ((error: Error) => void) | undefined;
  onmessage: ((message: JSONRPCMessage) => void) | undefined;
  onbegin: ((id: RequestId) => void) | undefined;
  onfail: ((id: RequestId, error: AnswerError) => void) | undefined;
  onnote: ((about: NoteAbout, text: string) => void) | undefined;
  ongap: (() => void) | undefined;
  onrenewed: ((result: unknown) => void) | undefined;

  readonly #plan: StreamableLinkPlan;
  readonly #exchanger: Exchanger;
  readonly #posts: PostWorld;
  /** Every exchange under way; requests by their id, so that a cancelled one can be cut. */
  readonly #open = new OpenExchanges();
  #version: string | undefined;
  readonly #headers = new PostHeaders();
  readonly #sideHeaders = new WeakMap<ServerSession, PostHeaders>();
  readonly #sessions = new ServerSessions();
  readonly #relays = new Relays();
  readonly #sides = new SideTalks({
    hello: () => this.#hello,
    initialize: (hello, opened) => this.#ask(hello, opened),
    tell: (message, session) => this.#tell(message, session),
    listen: (session, deliver) => this.#streamOf(session, { deliver, gone: () => void this.#sides.lose(session) }),
    leave: (session) => this.#farewell(session),
    relays: this.#relays,
    onmessage: (message) => this.onmessage?.(message),
    note: (text) => this.onnote?.('stream', text),
  });
  #hello: JSONRPCRequest | undefined;
  #renewal: Promise<void> | undefined;
  #renewals = 0;
  #stream: ServerStream | undefined;
  #closed = false;
  readonly #plain: ForwardPlan = this.#planFor(undefined);

  constructor(plan: StreamableLinkPlan) {
    this.#plan = plan;
    this.#exchanger = new Exchanger(plan.url, plan.headers, plan.world, plan.proof);
    this.#posts = {
      exchanger: this.#exchanger,
      clock: plan.world.clock,
      redactor: plan.world.redactor,
      messageBytes: plan.numbers.messageBytes,
      resumeHeaders: () => this.sessionHeaders(),
    };
  }

  /** `Mcp-Session-Id` and `MCP-Protocol-Version` as the next legacy request carries them. A session id is a secret. */
  sessionHeaders(): Record<string, string> {
    return sessionHeaders({ version: this.#version, sessionId: this.#sessions.current.id });
  }

  /** What sends: the raw forwarding path uses the same headers, redirects and record. */
  get exchanger(): Exchanger {
    return this.#exchanger;
  }

  async start(): Promise<void> {}

  setProtocolVersion(version: string): void {
    this.#version = version;
  }

  setHeaders(headers: Readonly<Record<string, Secret>>, proof?: RequestProof): void {
    this.#exchanger.setHeaders(headers, proof);
  }

  ending(): Answer {
    return { kind: 'network', errno: 'ECONNABORTED', text: 'the connection was closed here' };
  }

  async send(message: JSONRPCMessage, options?: TransportSendOptions): Promise<void> {
    if (this.#closed) throw new AnswerError(this.ending(), { sent: 'no' });
    this.#sides.heard(message);
    if (isHello(message)) this.#hello = message;
    // A session is being made: what is sent now would only be refused.
    else await this.#renewal?.catch(() => {});
    try {
      await this.#send({
        message,
        options,
        deliver: (inbound) => this.onmessage?.(inbound),
        failed: (error) => {
          options?.onRequestStreamEnd?.();
          if (isRequest(message)) this.onfail?.(message.id, error);
        },
      });
    } finally {
      if (isNotification(message) && message.method === 'notifications/cancelled') {
        // A legacy server may never end the stream of a cancelled request; it was told, and the socket is ours.
        this.#open.cut(message.params?.['requestId']);
      }
    }
    if (isNotification(message) && message.method === 'notifications/initialized') this.#listen();
  }

  forward(request: RawRequest): Promise<RawReply> {
    const isPlain = !this.#closed && this.#renewal === undefined && this.#isAlike(request);
    return isPlain ? forwardByPost(request, this.#plain) : this.#forward(request);
  }

  async #forward(request: RawRequest): Promise<RawReply> {
    // A session is being made: what is sent now would only be refused.
    if (this.#renewal !== undefined) await this.#renewal.catch(() => {});
    const session = this.#isAlike(request) ? undefined : await this.#sides.of(request);
    if (this.#closed) throw new AnswerError(this.ending(), { sent: 'no' });
    if (session === undefined) return forwardByPost(request, this.#plain);
    return this.#sides.during(session, request, forwardByPost(request, this.#planFor(session)));
  }

  /** How requests are passed on in a session; without one, in that of the link. */
  #planFor(session: ServerSession | undefined): ForwardPlan {
    const tell = (message: JSONRPCMessage): Promise<void> => this.#tell(message, session);
    return {
      send:
        session === undefined ? (outgoing) => this.#send(outgoing) : (outgoing) => this.#send({ ...outgoing, session }),
      cancel: (id) => tell({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id } }),
      respond: tell,
      relays: this.#relays,
      session,
      onmessage: (message) => {
        // The answer belongs where the question was asked: another session may have an open one of the same id.
        if (session !== undefined && isRequest(message)) this.#sides.refuse(message, session);
        else this.onmessage?.(message);
      },
    };
  }

  /** Whether the session of the link is the one for a request: its client can no more than we, or the server keeps none. */
  #isAlike({ asking }: RawRequest): boolean {
    if (asking === undefined || this.#hello === undefined || this.#sessions.current.id === undefined) return true;
    return Object.keys(asking.capabilities).length === 0;
  }

  #send(outgoing: Outgoing): Promise<void> {
    const { message, deliver, failed, options, unread, cut: given } = outgoing;
    const hello = isHello(message);
    const session = hello ? undefined : (outgoing.session ?? this.#sessions.current);
    const state = { version: hello ? undefined : this.#version, sessionId: session?.id };
    const { cut, over } =
      given === undefined ? this.#open.track(message, options?.requestSignal) : this.#open.keep(message, given);
    const post: Post = {
      message,
      headers: this.#headersOf(outgoing.session).of(message, state, options?.headers),
      cut,
      over,
      failed,
      deliver: (inbound) => {
        if (session !== undefined && replyOf(inbound) !== undefined) session.proved = true;
        deliver(inbound);
      },
      unread:
        unread &&
        ((bytes) => {
          const taken = unread(bytes);
          if (taken && session !== undefined) session.proved = true;
          return taken;
        }),
      began: (response) => this.#began(outgoing, response),
    };
    return sendPost(post, this.#posts).catch((error: unknown) => {
      throw this.#sessions.judge(error, message, session);
    });
  }

  #headersOf(side: ServerSession | undefined): PostHeaders {
    if (side === undefined) return this.#headers;
    const known = this.#sideHeaders.get(side) ?? new PostHeaders();
    this.#sideHeaders.set(side, known);
    return known;
  }

  #began({ message, began, opened }: Outgoing, response: LeanResponse): void {
    if (!isRequest(message)) return;
    if (isHello(message)) (opened ?? ((id) => this.#sessions.begin(id)))(response.header('mcp-session-id'));
    began?.();
    this.onbegin?.(message.id);
  }

  async renew(lost: object): Promise<void> {
    if (this.#sides.lose(lost)) return;
    if (this.#renewal === undefined) {
      if (this.#sessions.current !== lost) return;
      this.#renewal = this.#renew().finally(() => {
        this.#renewal = undefined;
      });
    }
    await this.#renewal;
  }

  async #renew(): Promise<void> {
    this.#stream?.stop();
    if (this.#hello === undefined) throw new AnswerError(this.ending(), { sent: 'no' });
    const result = await this.#accept(await this.#ask(this.#hello));
    await this.#sides.greet((message) => this.#tell(message));
    this.#listen();
    this.onrenewed?.(result);
  }

  #tell(message: JSONRPCMessage, session?: ServerSession): Promise<void> {
    return this.#send({ message, session, deliver: () => {}, failed: () => {} });
  }

  /** An `initialize` under a fresh id, within the time of a connect try. */
  async #ask(hello: JSONRPCRequest, opened?: Outgoing['opened']): Promise<Reply> {
    if (this.#closed) throw new AnswerError(this.ending(), { sent: 'no' });
    this.#renewals += 1;
    const message = { ...hello, id: `renew-${this.#renewals}` };
    const { clock } = this.#plan.world;
    const timer = clock.after(this.#plan.numbers.connectTimeoutMs, () => {
      this.#open.cut(message.id, new AnswerError({ kind: 'timeout' }));
    });
    try {
      return await new Promise<Reply>((resolve, reject) => {
        const deliver = (inbound: JSONRPCMessage): void => {
          const found = replyOf(inbound);
          if (found?.id === message.id) resolve(found);
        };
        const also = opened === undefined ? {} : { opened };
        this.#send({ message, deliver, failed: reject, ...also }).catch(reject);
      });
    } finally {
      timer.cancel();
    }
  }

  async #accept({ result, error }: Reply): Promise<unknown> {
    const { SUPPORTED_PROTOCOL_VERSIONS } = await loadSdk();
    const version = isObject(result) ? result['protocolVersion'] : undefined;
    if (typeof version !== 'string') {
      const text = `a new session was refused${error === undefined ? '' : ` (${error.code})`}`;
      throw new AnswerError({ kind: 'protocol', text });
    }
    if (!SUPPORTED_PROTOCOL_VERSIONS.includes(version)) {
      throw new AnswerError({ kind: 'version', text: `the server speaks ${safeLine(version, 40)}` });
    }
    this.#version = version;
    return result;
  }

  #listen(): void {
    this.#stream?.stop();
    if (this.#closed) return;
    const session = this.#sessions.current;
    this.#stream = this.#streamOf(session, {
      deliver: (message) => this.onmessage?.(message),
      note: (text) => this.onnote?.('stream', text),
      gap: () => this.ongap?.(),
      gone: () => {
        if (session.id !== undefined) this.renew(session).catch(() => {});
      },
    });
  }

  #streamOf({ id }: ServerSession, { deliver, gone, note = () => {}, gap = () => {} }: StreamEars): ServerStream {
    const { random, numbers, world } = this.#plan;
    const stream = new ServerStream({
      exchanger: this.#exchanger,
      clock: world.clock,
      random,
      messageBytes: numbers.messageBytes,
      headers: () => sessionHeaders({ version: this.#version, sessionId: id }),
      deliver,
      note,
      gap,
      sessionGone: gone,
    });
    stream.start();
    return stream;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#stream?.stop();
    this.#relays.end();
    this.#open.cutAll(new AnswerError(this.ending()));
    await Promise.all([this.#farewell(this.#sessions.current), this.#sides.end()]);
    this.onclose?.();
  }

  /** Leaving a session is told to the server (MCP 2025-11-25); whatever it answers, the session is left. */
  async #farewell({ id }: ServerSession): Promise<void> {
    if (id === undefined) return;
    const limit = new AbortController();
    const timer = this.#plan.world.clock.after(FAREWELL_MS, () => limit.abort());
    const request = {
      phase: 'delete',
      method: 'DELETE',
      headers: sessionHeaders({ version: this.#version, sessionId: id }),
      signal: limit.signal,
    } as const;
    await this.#exchanger.send(request).then(discard, () => {});
    timer.cancel();
  }
}
