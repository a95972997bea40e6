/**
 * The interfaces through which the fleet reaches the world: connectors, credentials and remembered facts.
 * Implemented on floor 3, wired by `src/index.ts` and `src/main.ts`, replaced whole in tests.
 *
 * @module
 */
import type { Secret } from '../base/secret.ts';
import type { CredentialInfo } from './credential.ts';
import type { EffectiveEntry, EffectiveRemote } from './entry.ts';
import type { Answer, CallFault, Challenge, Fault } from './fault.ts';
import type { ForwardOutcome, ForwardRequest } from './forward.ts';
import type { Numbers } from './numbers.ts';
import type { Era } from './snapshot.ts';

/** What was sent as credentials. */
export type CredentialKind = 'none' | 'headers' | 'helper' | 'oauth';

/** One line that a process wrote to stderr. */
export interface StderrLine {
  /** When it arrived, in milliseconds since the epoch. */
  readonly at: number;
  readonly text: string;
}

/** One run of a headersHelper, as faces show it. Header values are never kept. */
export interface HelperRun {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly durationMs: number;
  readonly exitCode: number | null;
  readonly headerNames: readonly string[];
  /** Last stderr lines, redacted. */
  readonly stderr: readonly string[];
  readonly outcome: 'ok' | 'helper-failed' | 'helper-timeout' | 'helper-bad-output';
}

/** Which access token was sent: a 401 refreshes only while this is still the one that is kept. */
export interface SentToken {
  /** Id of the credential. */
  readonly credential: string;
  readonly generation: number;
}

/**
 * Makes headers that are good for one request only (DPoP, RFC 9449 §4): `url` without credentials, `nonce` the last one
 * that the server gave. Called anew for every request and for its repetition.
 */
export type RequestProof = (request: {
  readonly method: string;
  readonly url: string;
  readonly nonce?: string;
}) => Promise<Readonly<Record<string, string>>>;

/** The headers of a request, or why there are none. */
export type HeaderOutcome =
  | {
      readonly ok: true;
      readonly headers: Readonly<Record<string, Secret>>;
      /** Beside `headers` on every request; belongs to exactly these headers. */
      readonly proof?: RequestProof;
      readonly kind: CredentialKind;
      readonly run?: HelperRun;
      /** Set where `kind` is `oauth`. The same generation as the refused one says that there is no better token. */
      readonly token?: SentToken;
      /** How long the headers are good for: after this they should be asked for again, before the token ends. */
      readonly renewInMs?: number;
      /** The login in use. */
      readonly login?: CredentialInfo;
      /** A token is kept, but could not be renewed for now (a fault that passes). */
      readonly refreshFault?: Fault;
    }
  | { readonly ok: false; readonly fault: Fault; readonly run?: HelperRun; readonly login?: CredentialInfo };

/** Whether a server advertises a sign-in, and what answered. */
export interface Advertised {
  readonly offered: boolean;
  /** From where we know it: the challenge, a metadata document, or the entry. */
  readonly by?: 'challenge' | 'resource-metadata' | 'authorization-server-metadata' | 'entry';
  readonly url?: string;
}

/** Under which circumstances headers are asked for. */
export interface HeadersAsk {
  readonly fresh: boolean;
  /** The server has answered 401 to this token. */
  readonly refused?: SentToken;
  readonly numbers: Numbers;
  readonly signal: AbortSignal;
}

/** The port that makes credentials. Implemented by `src/auth`. */
export interface Credentials {
  /**
   * The headers to send now: static ones with helper ones over them, or the access token of a held login. The helper
   * runs unless its time to live allows the last output (`fresh: true` runs it anyway). Single flight per entry. A token
   * that is about to end is refreshed first; one that the server has `refused` is refreshed unless a newer one is kept.
   * A refresh goes on when `signal` aborts: nobody's impatience loses a login.
   */
  headers(entry: EffectiveEntry, ask: HeadersAsk): Promise<HeaderOutcome>;
  /** Whether the server advertises OAuth (BEHAVIOUR §3a, row d). Never throws; sends no configured header anywhere. */
  advertises(
    endpoint: EffectiveRemote,
    challenges: readonly Challenge[],
    ask: { readonly numbers: Numbers; readonly signal: AbortSignal },
  ): Promise<Advertised>;
  /** Forgets what was derived for the entry (helper output, discovery). Returns what was forgotten, in words. */
  forget(entry: EffectiveEntry): readonly string[];
}

/** The lists of a server as last read. */
export interface Lists {
  readonly tools: readonly unknown[];
  readonly prompts: readonly unknown[];
  readonly resources: readonly unknown[];
  readonly resourceTemplates: readonly unknown[];
  /** What the server says of itself for those who use it. */
  readonly instructions?: string;
  /** What the server says it can. */
  readonly capabilities?: Readonly<Record<string, unknown>>;
}

/** The kinds of lists that a server announces changes of. */
export type ListKind = 'tools' | 'prompts' | 'resources';

/** What a session says by itself. */
export type SessionEvent =
  /** The connection is gone; the session is of no more use. */
  | { readonly kind: 'lost'; readonly answer: Answer }
  /** A list was read again after an announcement. */
  | { readonly kind: 'lists'; readonly list: ListKind; readonly count: number }
  /** The lists could not be read after all retries; the last good ones stand. */
  | { readonly kind: 'lists-failed'; readonly answer: Answer }
  | { readonly kind: 'lists-ok' }
  /** A lost session was renewed by one shared `initialize`. */
  | { readonly kind: 'renewed' }
  /** What belongs to no request and is not about lists: updated resources, log messages, ended elicitations. */
  | { readonly kind: 'notification'; readonly method: string; readonly params: Readonly<Record<string, unknown>> }
  /** Something worth a line in the timeline: a stray stdout line, a stream reopened, a log message of the server. */
  | { readonly kind: 'note'; readonly about: 'stray-output' | 'stream' | 'log' | 'era'; readonly text: string };

/** Progress of a call, as the server reports it. */
export interface Progress {
  readonly progress: number;
  readonly total?: number;
  readonly message?: string;
}

/** What a call may be given. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Whole time of the call; default `callTotalMs`. */
  readonly timeoutMs?: number;
}

/** The result of a call. A tool's own `isError` result is a result, not a fault. */
export type CallOutcome =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly fault: CallFault };

/** One open conversation with a server. Who opens it closes it. */
export interface Session {
  readonly transport: 'stdio' | 'http' | 'sse';
  readonly era: Era;
  readonly protocolVersion: string;
  readonly serverInfo?: { readonly name: string; readonly version: string };
  readonly instructions?: string;
  readonly capabilities: Readonly<Record<string, unknown>>;
  /** The last good lists. Read at open, kept when a later reading fails. */
  readonly lists: Lists;
  /** Set by whoever opened it; called for every event until `close()`. */
  onEvent: ((event: SessionEvent) => void) | undefined;
  /** Sends one request. 401 and 403 are not retried here; a lost session (404) is renewed once and the call sent again. */
  request(
    method: string,
    params: Readonly<Record<string, unknown>> | undefined,
    options?: CallOptions,
  ): Promise<CallOutcome>;
  /** As `request`, with the result unread; absent where the transport has no quicker way. */
  forward?(request: ForwardRequest): Promise<ForwardOutcome>;
  /** One contact of our own (ping, discover or a list): `undefined` when the server answered well. */
  contact(signal: AbortSignal): Promise<Answer | undefined>;
  /** Headers for every later request; both replace those given at open. */
  setHeaders(headers: Readonly<Record<string, Secret>>, proof?: RequestProof): void;
  /** Last stderr lines of a process, redacted; empty for remote servers. */
  stderr(): readonly StderrLine[];
  /** Ends the session and waits for it: DELETE over HTTP, the whole process group over stdio. Never throws. */
  close(): Promise<void>;
}

/** What a connector needs for one try. */
export interface OpenRequest {
  readonly entry: EffectiveEntry;
  readonly headers: Readonly<Record<string, Secret>>;
  readonly proof?: RequestProof;
  readonly numbers: Numbers;
  /** Ends the try: every wait inside it hears this. */
  readonly signal: AbortSignal;
  /** The era that answered last time at this endpoint, if remembered. */
  readonly knownEra?: Era;
  /** Lists of an earlier contact of the same entry, shown until they are read again. */
  readonly lastLists?: Lists;
  /** Project folder etc. for `roots` and for `CLAUDE_PROJECT_DIR`. */
  readonly projectRoot?: string;
}

/** The outcome of one try. */
export type OpenOutcome =
  | { readonly ok: true; readonly session: Session }
  | { readonly ok: false; readonly answer: Answer };

/** The port that opens sessions. Implemented by `src/transport`. */
export interface Connector {
  /** One try, era probe and fallbacks included. Never throws: what came from outside is an `Answer`. */
  open(request: OpenRequest): Promise<OpenOutcome>;
  /** Ends what outlives sessions: the guardian, pooled sockets. */
  close(): Promise<void>;
}
