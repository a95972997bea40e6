/**
 * The session that a legacy server gives, and how its loss is recognised (MCP 2025-11-25, session management).
 *
 * @module
 */
import type { JSONRPCMessage } from '@modelcontextprotocol/client';
import { AnswerError } from '../answer-error.ts';
import { isRequest } from '../protocol.ts';

/** One session. Compared by identity: a renewed session is another object. */
export interface ServerSession {
  /** `Mcp-Session-Id`; absent where the server gave none. A secret. */
  readonly id: string | undefined;
  /** It was made because its predecessor was refused with 400. */
  readonly after400: boolean;
  /** It answered a request after `initialize`. */
  proved: boolean;
  /** The HTTP status that said that it is gone. */
  lostBy?: number;
}

/** The sessions of one link, one after the other. */
export class ServerSessions {
  #current: ServerSession = { id: undefined, after400: false, proved: false };
  /** Whether a 400 may still mean "no such session"; false once a fresh session did not help. */
  #believes400 = true;

  get current(): ServerSession {
    return this.#current;
  }

  /** The answer to `initialize` brought a new session, or none. */
  begin(id: string | undefined): void {
    this.#current = { id, proved: false, after400: this.#current.lostBy === 400 };
  }

  /**
   * The error itself, or one that names the session as lost: by 404, or by 400 unless its body says what is wrong with
   * this very request. A fresh session that gets a 400 before anything else disproves the latter for good.
   */
  judge(error: unknown, message: JSONRPCMessage, session: ServerSession | undefined): unknown {
    if (!(error instanceof AnswerError) || error.answer.kind !== 'http' || session?.id === undefined) return error;
    const { status } = error.answer;
    if (status === 400 && session.after400 && !session.proved) this.#believes400 = false;
    const lost = status === 404 || (status === 400 && this.#believes400 && !blamesRequest(error, message));
    if (!lost) return error;
    session.lostBy = status;
    const rpc = error.rpc === undefined ? {} : { rpc: error.rpc };
    return new AnswerError(error.answer, { ...rpc, sent: 'rejected', lostSession: session, cause: error });
  }
}

/**
 * Whether the body of a 400 is a JSON-RPC error about the request itself. Codes of servers' own making and "invalid
 * request" are what servers in the field send for a session they do not know.
 */
function blamesRequest({ rpc }: AnswerError, message: JSONRPCMessage): boolean {
  if (rpc === undefined || !isRequest(message) || rpc.id !== message.id) return false;
  const { code } = rpc.error;
  return code !== -32_600 && (code > -32_000 || code < -32_099);
}
