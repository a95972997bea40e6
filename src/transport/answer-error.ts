/**
 * The one exception of this floor: it carries what came from outside as an `Answer`, so that nobody reads its message.
 *
 * @module
 */
import type { Answer, CallFault } from '../core/fault.ts';

/** A JSON-RPC error as it stood in the body of an HTTP error. */
export interface RpcInBody {
  /** `undefined` where the body names none. */
  readonly id: unknown;
  /** Verbatim. */
  readonly error: NonNullable<CallFault['rpc']>;
}

/** What is known of a failed exchange beside the answer. */
export interface AnswerFacts {
  /** Whether the server may have acted on the message; default `maybe`. */
  readonly sent?: CallFault['sent'];
  readonly rpc?: RpcInBody;
  /** The session that the server no longer knows: `Link.renew` takes it and makes a fresh one. */
  readonly lostSession?: object;
  readonly cause?: unknown;
}

/**
 * What is told where a server forgot even the session that it had just given: it passes, unlike an address that is
 * wrong, though both are a 404.
 */
export const FORGETFUL: Answer = {
  kind: 'network',
  errno: 'ECONNRESET',
  text: 'the server forgot the session that it had just given',
};

/** Thrown by links for everything that came from outside and is not a JSON-RPC answer. Its message is for logs only. */
export class AnswerError extends Error {
  override readonly name = 'AnswerError';
  readonly answer: Answer;
  readonly sent: CallFault['sent'];
  readonly rpc: RpcInBody | undefined;
  readonly lostSession: object | undefined;

  constructor(answer: Answer, facts: AnswerFacts = {}) {
    super(answer.kind, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.answer = answer;
    this.sent = facts.sent ?? 'maybe';
    this.rpc = facts.rpc;
    this.lostSession = facts.lostSession;
  }
}
