/**
 * A link: the SDK's `Transport` plus what a session needs to be honest about faults. stdio, Streamable HTTP and HTTP+SSE
 * are each one link; everything above them is the same code.
 *
 * @module
 */
import type { JSONRPCRequest, RequestId, Transport } from '@modelcontextprotocol/client';
import type { Secret } from '../base/secret.ts';
import type { Answer } from '../core/fault.ts';
import type { RequestProof, SessionEvent, StderrLine } from '../core/ports.ts';
import type { AnswerError } from './answer-error.ts';
import type { Asking } from './forward/relays.ts';
import type { Json, Reply } from './protocol.ts';

/** What a note is about. */
export type NoteAbout = Extract<SessionEvent, { readonly kind: 'note' }>['about'];

/** A request that is sent beside the SDK's client. */
export interface RawRequest {
  /** Its id is a text of our own. */
  readonly message: JSONRPCRequest & { readonly id: string };
  /** Headers of this request alone. */
  readonly headers: Readonly<Record<string, string>>;
  /** Ends the exchange; the server is told. The link cuts it too, when it is closed. */
  readonly cut: AbortController;
  /** An answer has begun to arrive. */
  readonly onbegin: () => void;
  /** Hears what belongs to this request and is not its answer. */
  readonly onnotification: (method: string, params: Json) => void;
  /** Answers what the server asks on behalf of this request. */
  readonly asking?: Asking | undefined;
  /** Whose request it is. */
  readonly client?: object | undefined;
}

/** The answer to it: its result as bytes, or the whole as it was read. */
export type RawReply = { readonly result: Buffer } | { readonly reply: Reply };

/**
 * One way to one server. `send` rejects with an `AnswerError` for everything that came from outside. `onclose` is called
 * once, when the link is of no more use or was closed. The callbacks are set by the session before `start`.
 */
export interface Link extends Transport {
  readonly kind: 'stdio' | 'http' | 'sse';
  /** Why the link ended; asked after `onclose`, and after a `start` that failed for another reason than an `AnswerError`. */
  ending(): Answer;
  /** Last stderr lines of a process, redacted. */
  stderr?(): readonly StderrLine[];
  /** Replaces the configured headers of every later request, and what makes those of single ones. */
  setHeaders?(headers: Readonly<Record<string, Secret>>, proof?: RequestProof): void;
  /** Called by the link when an answer to this request has begun to arrive; the first-byte limit ends there. */
  onbegin?: ((id: RequestId) => void) | undefined;
  /** Called by the link when no answer to this request, already sent, will come any more. */
  onfail?: ((id: RequestId, error: AnswerError) => void) | undefined;
  /** Called by the link for something worth a line in the timeline. */
  onnote?: ((about: NoteAbout, text: string) => void) | undefined;
  /** Called by the link when list changes may have been missed: its announcement stream is back after a gap. */
  ongap?: (() => void) | undefined;
  /** Sends a request beside the client. Rejects with an `AnswerError`, or with the reason of its `cut`. */
  forward?(request: RawRequest): Promise<RawReply>;
  /** Makes a fresh session in place of one that an `AnswerError` named as lost; one exchange for all who ask meanwhile. */
  renew?(lost: object): Promise<void>;
  /** Called by the link with the result of the `initialize` that renewed the session. */
  onrenewed?: ((result: unknown) => void) | undefined;
}

/** A link that sends requests beside the client. */
export type ForwardingLink = Link & Required<Pick<Link, 'forward'>>;
