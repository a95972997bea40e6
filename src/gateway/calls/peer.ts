/**
 * A client as one that is told things: a session, a conversation, or an open stream of announcements.
 *
 * @module
 */
import type { Json } from '../rpc/message.ts';

/** One who is told what belongs to no request. */
export interface Peer {
  tell(method: string, params: Json): void;
}
