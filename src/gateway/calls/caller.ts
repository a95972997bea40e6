/**
 * The client at the other end of one request, as far as an answer depends on it.
 *
 * @module
 */
import type { Json } from '../rpc/message.ts';

/** Who asks, and how it can be told something before the answer. */
export interface Caller {
  readonly era: 'legacy' | 'modern';
  /** What the client says it can (elicitation, sampling, roots …). */
  readonly capabilities: Json;
  /** The client has gone, or has cancelled the request. */
  readonly signal: AbortSignal;
  /** Sends a notification that belongs to this request, before its answer. */
  notify(method: string, params: Json): void;
}
