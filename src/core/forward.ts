/**
 * Requests whose results are passed on as they came, unread: the hot path of a gateway (DESIGN §8). Same session,
 * credentials, limits and recovery as other calls.
 *
 * @module
 */
import type { CallFault } from './fault.ts';
import type { AskClient } from './relay.ts';

/** A notification of the server that belongs to a request under way, and comes before its answer. */
export type Notified = (method: string, params: Readonly<Record<string, unknown>>) => void;

/** One request to pass on. */
export interface ForwardRequest {
  readonly method: string;
  /** As the server is to see them. What its era wants in `_meta`, and the progress token, is added by the session. */
  readonly params: Readonly<Record<string, unknown>> | undefined;
  /**
   * What the client at the other end can. A stateless server hears it with each request; over HTTP a server with
   * sessions is asked in one that began with what can be relayed of it. Default nothing.
   */
  readonly clientCapabilities?: Readonly<Record<string, unknown>>;
  /** Cancels the request; the server is told where its transport has words for it. */
  readonly signal?: AbortSignal;
  /** Hears progress (without a token) and log messages. */
  readonly onNotification?: Notified;
  /** Asks the client on behalf of the server. Absent: the server is told that nobody can be asked. */
  readonly onRequest?: AskClient;
  /** Whose request it is. Where a connection does not say which request a question belongs to, it is for the only client with calls under way. */
  readonly client?: object;
  /** Whole time of the call; default `callTotalMs`. */
  readonly timeoutMs?: number;
}

/** The result of a request that was passed on. */
export interface Forwarded {
  /** The JSON of the result, UTF-8. That it is well formed was not checked: put nothing behind it that matters less. */
  readonly result: Uint8Array;
  /** The server asks for input before it answers (MCP 2026-07-28, multi-round-trip requests). */
  readonly asksForInput: boolean;
}

/** What became of it. A tool's own `isError` result is a result, not a fault. */
export type ForwardOutcome =
  | { readonly ok: true; readonly result: Forwarded }
  | { readonly ok: false; readonly fault: CallFault };
