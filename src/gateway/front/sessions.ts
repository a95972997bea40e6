/**
 * The sessions of legacy clients (MCP up to 2025-11-25): the only state that a client has here. Bounded, and forgotten
 * when nobody uses them.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import type { Id, Json } from '../rpc/message.ts';
import { messageText } from '../rpc/answer.ts';
import type { Peer } from '../calls/peer.ts';
import { Questions } from './questions.ts';
import type { EventStream } from './reply.ts';

/** One client's session. */
export class Session implements Peer {
  readonly id: string = randomUUID();
  /** The endpoint that it was made at: its id opens no other. */
  readonly path: string;
  readonly capabilities: Json;
  /** The revision that was agreed on. */
  protocolVersion = '';
  /** What it is asked. */
  readonly questions = new Questions();
  /** Called once, when the session is over. */
  onend: (() => void) | undefined;
  /** Requests under way, by the client's ids. */
  readonly calls = new Map<Id, AbortController>();
  /** The stream on which it hears what belongs to no request. */
  stream: EventStream | undefined;
  readonly startedAt: number;
  usedAt: number;

  constructor(path: string, capabilities: Json, now: number) {
    this.path = path;
    this.capabilities = capabilities;
    this.startedAt = now;
    this.usedAt = now;
  }

  /** Says what belongs to no request; a client without a stream for that does not hear it. */
  tell(method: string, params: Json): void {
    this.stream?.send(messageText(method, params), true);
  }

  end(): void {
    this.questions.end();
    this.onend?.();
    for (const call of this.calls.values()) call.abort(new Error('the session ended'));
    this.stream?.end();
    this.stream = undefined;
  }
}

/** Limits of the sessions. */
export interface SessionLimits {
  readonly most: number;
  /** A session without stream and without requests is forgotten after this. */
  readonly idleMs: number;
}

/** Default limits. */
export const SESSION_LIMITS: SessionLimits = { most: 10_000, idleMs: 1_800_000 };

/** All sessions of one listener. */
export class Sessions {
  readonly #clock: Clock;
  readonly #limits: SessionLimits;
  readonly #ended: (seconds: number) => void;
  readonly #byId = new Map<string, Session>();

  /** `ended` hears how long each session lived, in seconds. */
  constructor(
    clock: Clock,
    {
      limits = SESSION_LIMITS,
      ended = () => {},
    }: { readonly limits?: SessionLimits; readonly ended?: (seconds: number) => void } = {},
  ) {
    this.#clock = clock;
    this.#limits = limits;
    this.#ended = ended;
  }

  /** How many sessions have a stream open. */
  get streams(): number {
    let count = 0;
    for (const { stream } of this.#byId.values()) if (stream !== undefined) count += 1;
    return count;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** A new session; `undefined` when there are too many that are in use. */
  begin(path: string, capabilities: Json): Session | undefined {
    if (this.#byId.size >= this.#limits.most) this.#sweep(true);
    if (this.#byId.size >= this.#limits.most) return undefined;
    const session = new Session(path, capabilities, this.#clock.monotonic());
    this.#byId.set(session.id, session);
    return session;
  }

  /** The session of an id at an endpoint; it is in use now. */
  use(id: string, path: string): Session | undefined {
    const session = this.#byId.get(id);
    if (session === undefined || session.path !== path) return undefined;
    session.usedAt = this.#clock.monotonic();
    return session;
  }

  end(session: Session): void {
    if (!this.#byId.delete(session.id)) return;
    session.end();
    this.#ended((this.#clock.monotonic() - session.startedAt) / 1_000);
  }

  /** Those of an endpoint. */
  *at(path: string): IterableIterator<Session> {
    for (const session of this.#byId.values()) if (session.path === path) yield session;
  }

  /** Forgets sessions that nobody uses; to be called now and then. */
  sweep(): void {
    this.#sweep(false);
  }

  close(): void {
    for (const session of this.#byId.values()) this.end(session);
  }

  /** With `need`, also the one that was idle for longest. */
  #sweep(need: boolean): void {
    const oldest = this.#clock.monotonic() - this.#limits.idleMs;
    let longest: Session | undefined;
    for (const session of this.#byId.values()) {
      if (session.stream !== undefined || session.calls.size > 0) continue;
      if (session.usedAt <= oldest) this.end(session);
      else if (longest === undefined || session.usedAt < longest.usedAt) longest = session;
    }
    if (need && longest !== undefined && this.#byId.size >= this.#limits.most) this.end(longest);
  }
}
