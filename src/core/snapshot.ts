/**
 * What every face shows of one server: one record, made by the owner of the connection (BEHAVIOUR §1).
 *
 * @module
 */
import type { ActionId } from './action-table.ts';
import type { CredentialInfo } from './credential.ts';
import type { EntrySource } from './entry.ts';
import type { ReasonId } from './reasons.ts';
import type { Era, Phase, SignInModel, Status } from './words.ts';

export { STATUSES } from './words.ts';
export type { Era, Phase, SignInModel, Status } from './words.ts';

/** One line of a server's history. `at` is ISO-8601 UTC. */
export interface TimelineEntry {
  readonly at: string;
  /** A word that scripts can match: `status`, `attempt`, `retry`, `gave-up`, `helper`, `call-failed`, `session-renewed`, `stream`, `lists`, `action`, `config`, `process`. */
  readonly kind: string;
  /** The same in words. */
  readonly text: string;
  readonly status?: Status;
  readonly reason?: ReasonId;
  readonly httpStatus?: number;
  readonly durationMs?: number;
}

/** The rights a connected server asked for in addition (BEHAVIOUR §7). */
export interface StepUp {
  readonly scopes: readonly string[];
  readonly tool?: string;
}

/** The state of one server, whole. Times are ISO-8601 UTC, durations end in `Ms`. No secret is ever in it. */
export interface Snapshot {
  readonly name: string;
  readonly status: Status;
  readonly reason?: ReasonId;
  /** The sentence of the reason, with its particulars (status code, exit code, variable name …). */
  readonly message?: string;
  /** Since when the status word is what it is. */
  readonly since: string;
  /** The try under way or the last one made; `attempt` = `maxAttempts` in `failed` says that the quick retries are over. */
  readonly attempt?: number;
  readonly maxAttempts?: number;
  readonly nextRetryAt?: string;
  readonly phase?: Phase;
  readonly httpStatus?: number;
  /** Text of the server or of the operating system, redacted. */
  readonly detail?: string;
  readonly exitCode?: number;
  readonly exitSignal?: string;
  /** The address to put into the entry (reason `redirected`). */
  readonly redirectTo?: string;
  readonly signIn: SignInModel;
  /** The server advertises OAuth, whether or not the entry uses it. */
  readonly offersOAuth: boolean;
  readonly stepUp?: StepUp;
  readonly missingScopes?: readonly string[];
  /** When the access token ends, where one is held. */
  readonly expiresAt?: string;
  /** The login that is held for it. */
  readonly login?: CredentialInfo;
  /** A sign-in that waits for a person. */
  readonly signingIn?: {
    readonly flow: string;
    readonly url: string;
    readonly expiresAt: string;
    readonly stepUp: boolean;
  };
  readonly era?: Era;
  readonly protocolVersion?: string;
  readonly transport: 'stdio' | 'http' | 'sse';
  /** Where the server is: the url without credentials and query, or the command. */
  readonly endpoint?: string;
  readonly serverInfo?: { readonly name: string; readonly version: string };
  readonly tools?: number;
  readonly prompts?: number;
  readonly resources?: number;
  /** The lists are those of an earlier contact. */
  readonly listsLastKnown?: boolean;
  readonly source: EntrySource;
  /** Hash of the effective entry; equal hashes share one connection. */
  readonly configHash?: string;
  /** Hash to approve, where the entry waits for approval. */
  readonly approvalHash?: string;
  /** What to offer, the first is the default. */
  readonly next: readonly ActionId[];
  readonly timeline: readonly TimelineEntry[];
}
