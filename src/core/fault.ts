/**
 * What went wrong, translated once at the border (BEHAVIOUR §3): an `Answer` is what came from outside, a `Fault` is
 * what it means. Nothing above looks at a message text.
 *
 * @module
 */
import type { EntrySource } from './entry.ts';
import type { ReasonId } from './reasons.ts';

/** One challenge of a `WWW-Authenticate` header (RFC 9110 §11.6.1). Parameter names are lower case. */
export interface Challenge {
  /** Lower case. */
  readonly scheme: string;
  readonly token68?: string;
  readonly params: Readonly<Record<string, string>>;
}

/** How a process ended. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: string | null;
  /** Last lines of stderr, redacted. */
  readonly stderr: readonly string[];
}

/** What came back from outside. */
export type Answer =
  | {
      readonly kind: 'http';
      readonly status: number;
      readonly challenges: readonly Challenge[];
      readonly retryAfterMs?: number;
      /** Target of a redirect that was not followed. */
      readonly location?: string;
      /** Short text of the body, redacted. */
      readonly text?: string;
    }
  | { readonly kind: 'network'; readonly errno: string; readonly text?: string; readonly viaProxy?: boolean }
  | { readonly kind: 'timeout'; readonly text?: string }
  | { readonly kind: 'not-mcp'; readonly status: number; readonly contentType?: string; readonly text?: string }
  | {
      readonly kind: 'protocol';
      readonly text: string;
      /** A limit of ours (`messageBytes`) kept the call from being sent, or its answer from being read: the server is well. */
      readonly tooLarge?: 'call' | 'answer';
    }
  | { readonly kind: 'version'; readonly text: string }
  | { readonly kind: 'spawn'; readonly errno: string; readonly text?: string }
  | { readonly kind: 'exit'; readonly exit: ProcessExit };

/** The meaning of an answer. The reason decides status and persistence; the rest is for people and scripts. */
export interface Fault {
  readonly reason: ReasonId;
  readonly httpStatus?: number;
  readonly detail?: string;
  readonly retryAfterMs?: number;
  readonly exit?: ProcessExit;
  readonly redirectTo?: string;
  readonly missingScopes?: readonly string[];
  readonly offersOAuth?: boolean;
  /** Where the configuration is wrong. */
  readonly at?: Pick<EntrySource, 'file' | 'line' | 'pointer'>;
}

/** Why a call failed. `sent` says whether the server may have acted on it. */
export interface CallFault {
  readonly kind: 'http' | 'network' | 'timeout' | 'cancelled' | 'rpc' | 'closed' | 'protocol';
  /** `no` = surely not sent; `rejected` = refused before it was acted on (401, 403, session 404); `maybe` = unknown. */
  readonly sent: 'no' | 'rejected' | 'maybe';
  /** The server did not know the session any more, not even a fresh one: it forgets them faster than it answers. */
  readonly sessionLost?: boolean;
  readonly answer?: Answer;
  /** A JSON-RPC error of the server, verbatim. */
  readonly rpc?: { readonly code: number; readonly message: string; readonly data?: unknown };
  readonly text: string;
}
