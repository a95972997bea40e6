/**
 * The client at the other end of one request, as far as an answer depends on it.
 *
 * @module
 */
import type { AskClient } from '../../core/relay.ts';
import type { Id, Json } from '../rpc/message.ts';
import type { Peer } from './peer.ts';

/** Who asks, and how it can be told something before the answer. */
export interface Caller {
  readonly era: 'legacy' | 'modern';
  /** The client's id of the request. */
  readonly requestId?: Id;
  /** The revision that was agreed on; a stateless client names it with each request. */
  readonly protocolVersion?: string;
  /** What the client says it can (elicitation, sampling, roots …). */
  readonly capabilities: Json;
  /** The client has gone, or has cancelled the request. */
  readonly signal: AbortSignal;
  /** The lasting client behind the request; a stateless one has none. */
  readonly peer?: Peer;
  /** Sends a notification that belongs to this request, before its answer. */
  notify(method: string, params: Json): void;
  /** Asks the client on behalf of a server, before the answer. A stateless client is asked by results instead. */
  readonly ask?: AskClient;
}
