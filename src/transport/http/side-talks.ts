/**
 * What is said in side sessions: they begin as the session of the link did, but for the client's capabilities, have a
 * stream of their own, and what the server asks there is asked of the client whose calls are under way in it.
 *
 * @module
 */
import type { JSONRPCMessage, JSONRPCRequest } from '@modelcontextprotocol/client';
import { AnswerError } from '../answer-error.ts';
import { onlyAsking } from '../forward/only-asking.ts';
import type { Relays } from '../forward/relays.ts';
import type { RawRequest } from '../link.ts';
import type { Json, Reply } from '../protocol.ts';
import { isNotification, isObject, isRequest } from '../protocol.ts';
import type { ServerSession } from './server-session.ts';
import { SideSessions } from './side-sessions.ts';

/** What the link does for them. */
export interface SideTalksPlan {
  /** The `initialize` of the link; absent before it was sent. */
  readonly hello: () => JSONRPCRequest | undefined;
  /** Sends one; `opened` hears the id of the session. Rejects with an `AnswerError`. */
  readonly initialize: (hello: JSONRPCRequest, opened: (id: string | undefined) => void) => Promise<Reply>;
  /** Sends a message in a session. */
  readonly tell: (message: JSONRPCMessage, session: ServerSession) => Promise<void>;
  /** Opens the stream of a session. */
  readonly listen: (session: ServerSession, deliver: (message: JSONRPCMessage) => void) => { stop(): void };
  readonly leave: (session: ServerSession) => Promise<void>;
  readonly relays: Relays;
  /** Takes what is of interest to everybody. */
  readonly onmessage: (message: JSONRPCMessage) => void;
  readonly note: (text: string) => void;
}

const METHOD_NOT_FOUND = -32_601;

/** The side sessions of one link, and what is said in them. */
export class SideTalks {
  readonly #plan: SideTalksPlan;
  readonly #streams = new Map<ServerSession, { stop(): void }>();
  readonly #under = new WeakMap<ServerSession, Set<RawRequest>>();
  /** From which level on log messages are wanted, once somebody said so. */
  #level: JSONRPCRequest | undefined;
  #levels = 0;
  readonly #sessions = new SideSessions({
    open: (capabilities, before) => this.#open(capabilities, before),
    leave: (session) => {
      this.#silence(session);
      return this.#plan.leave(session);
    },
  });

  constructor(plan: SideTalksPlan) {
    this.#plan = plan;
  }

  /**
   * A session for what the client of the request can. Where the server gives none, that of the link: then it does not ask.
   * Rejects with an `AnswerError` for refused credentials, or with the reason of `cut`.
   */
  async of({ asking, cut }: RawRequest): Promise<ServerSession | undefined> {
    try {
      return await this.#sessions.of(asking?.capabilities ?? {}, cut.signal);
    } catch (error) {
      if (!(error instanceof AnswerError)) throw error;
      if (error.answer.kind === 'http' && (error.answer.status === 401 || error.answer.status === 403)) throw error;
      this.#plan.note('the server gave no second session; its questions cannot be passed on');
      return undefined;
    }
  }

  /** Hears what is said in the session of the link: the level of log messages is one for all sessions. */
  heard(message: JSONRPCMessage): void {
    if (!isRequest(message) || message.method !== 'logging/setLevel') return;
    this.#level = message;
    for (const session of this.#streams.keys()) void this.#tellLevel((level) => this.#plan.tell(level, session));
  }

  /** Says what a new session begins with. */
  async greet(tell: (message: JSONRPCMessage) => Promise<void>): Promise<void> {
    await tell({ jsonrpc: '2.0', method: 'notifications/initialized' });
    await this.#tellLevel(tell);
  }

  /** Remembers the request as under way in a session until `work` is done. */
  async during<T>(session: ServerSession, request: RawRequest, work: Promise<T>): Promise<T> {
    const under = this.#under.get(session) ?? new Set();
    this.#under.set(session, under.add(request));
    try {
      return await work;
    } finally {
      under.delete(request);
    }
  }

  /** Whether the server has forgotten one of these; the next call opens another one. */
  lose(lost: object): boolean {
    this.#silence(lost);
    return this.#sessions.lose(lost);
  }

  /** Leaves all of them. */
  async end(): Promise<void> {
    for (const stream of this.#streams.values()) stream.stop();
    this.#streams.clear();
    await this.#sessions.end();
  }

  async #open(capabilities: Json, before: ServerSession | undefined): Promise<ServerSession> {
    const hello = this.#plan.hello();
    const own: unknown = hello?.params?.['capabilities'];
    const params = { ...hello?.params, capabilities: { ...(isObject(own) ? own : {}), ...capabilities } };
    let id: string | undefined;
    const reply =
      hello === undefined
        ? undefined
        : await this.#plan.initialize({ ...hello, params }, (given) => {
            id = given;
          });
    if (!isObject(reply?.result) || id === undefined)
      throw new AnswerError({ kind: 'protocol', text: 'a second session was refused' }, { sent: 'no' });
    const session: ServerSession = { id, proved: false, after400: before?.lostBy === 400 };
    await this.greet((message) => this.#plan.tell(message, session));
    this.#streams.set(
      session,
      this.#plan.listen(session, (message) => this.#heard(message, session)),
    );
    return session;
  }

  /** A server that refuses it is heard as it is. */
  async #tellLevel(tell: (message: JSONRPCMessage) => Promise<void>): Promise<void> {
    if (this.#level === undefined) return;
    this.#levels += 1;
    await tell({ ...this.#level, id: `level-${this.#levels}` }).catch(() => {});
  }

  #silence(session: object): void {
    this.#streams.get(session as ServerSession)?.stop();
    this.#streams.delete(session as ServerSession);
  }

  /** Changed lists and the like are heard in the session of the link. */
  #heard(message: JSONRPCMessage, session: ServerSession): void {
    const { relays, tell, onmessage } = this.#plan;
    const respond = (answer: JSONRPCMessage): Promise<void> => tell(answer, session);
    if (relays.cancelled(message, session)) return;
    if (relays.take(message, onlyAsking(this.#under.get(session) ?? []), respond, session)) return;
    if (isNotification(message) && message.method === 'notifications/elicitation/complete') onmessage(message);
    if (isRequest(message)) this.refuse(message, session);
  }

  /** Answers what is asked of nobody, in the session in which it was asked. */
  refuse({ id, method }: JSONRPCRequest, session: ServerSession): void {
    const error = { code: METHOD_NOT_FOUND, message: 'nobody can be asked that now' };
    const answer = { jsonrpc: '2.0', id, ...(method === 'ping' ? { result: {} } : { error }) } as const;
    this.#plan.tell(answer, session).catch(() => {});
  }
}
