/**
 * What an answer means (BEHAVIOUR §3): an `Answer` becomes a `Fault`, a `CallFault` becomes the error that the caller
 * gets. Only by status, errno and header; never by message text. Each part is a table, read from the top.
 *
 * @module
 */
import { safeLine } from '../base/safe-text.ts';
import type { ErrorCode } from '../base/errors.ts';
import { REASONS } from './reasons.ts';
import type { Answer, CallFault, Challenge, Fault, ProcessExit } from './fault.ts';
import type { CredentialKind } from './ports.ts';
import type { ReasonId } from './reasons.ts';

/** What was sent, and what the server offers: 401 and 403 mean different things with and without it. */
export interface ConnectContext {
  readonly sent: CredentialKind;
  /** The server advertises a sign-in, by challenge, metadata or entry. */
  readonly offersOAuth: boolean;
  /** An OAuth token for this server is held. */
  readonly tokenHeld: boolean;
}

type HttpAnswer = Extract<Answer, { readonly kind: 'http' }>;
type NetworkAnswer = Extract<Answer, { readonly kind: 'network' }>;

/** Where an answer without a better row ends: the connection ended and nothing usable came. Transient, so it is tried again. */
const UNKNOWN_NETWORK: ReasonId = 'reset';

/** The challenge that asks for more rights (RFC 6750 §3.1, RFC 9449 §7.1), if there is one. */
function scopeChallenge(challenges: readonly Challenge[]): Challenge | undefined {
  return challenges.find(
    ({ scheme, params }) => /^(?:bearer|dpop)$/.test(scheme) && params['error'] === 'insufficient_scope',
  );
}

const scopesOf = (challenge: Challenge | undefined): readonly string[] =>
  challenge?.params['scope']?.split(' ').filter((scope) => scope !== '') ?? [];

/** The scopes that a 403 asks for in addition (BEHAVIOUR §7), none if it names none; `undefined` where it is no such answer. */
export function wantedScopes(answer: Answer | undefined): readonly string[] | undefined {
  if (answer?.kind !== 'http' || answer.status !== 403) return undefined;
  const challenge = scopeChallenge(answer.challenges);
  return challenge === undefined ? undefined : scopesOf(challenge);
}

interface AuthFacts extends ConnectContext {
  readonly status: number;
  readonly wantsScopes: boolean;
}

const ownHeaders = ({ sent }: AuthFacts): boolean => sent === 'headers' || sent === 'helper';
const ownToken = ({ sent, tokenHeld }: AuthFacts): boolean => sent === 'oauth' || tokenHeld;

/** Rows a to f of BEHAVIOUR §3a, for 401 and 403. The first match wins; the last one always matches. */
const AUTH_ROWS: readonly (readonly [(facts: AuthFacts) => boolean, ReasonId])[] = [
  [(facts) => facts.status === 403 && facts.wantsScopes && ownToken(facts), 'step-up-required'],
  [ownHeaders, 'credentials-rejected'],
  [(facts) => facts.status === 401 && ownToken(facts), 'sign-in-expired'],
  [(facts) => facts.offersOAuth && !ownToken(facts), 'sign-in-required'],
  [(facts) => facts.status === 401, 'credentials-required'],
  [() => true, 'forbidden'],
];

function authReason(answer: HttpAnswer, context: ConnectContext): ReasonId {
  const wantsScopes = scopeChallenge(answer.challenges) !== undefined;
  const facts = { ...context, status: answer.status, wantsScopes };
  return AUTH_ROWS.find(([matches]) => matches(facts))?.[1] ?? 'forbidden';
}

/** Statuses that have a row of their own; the rest goes by its hundred. */
const STATUS_ROWS: Readonly<Record<number, ReasonId>> = {
  404: 'http-404',
  // The proxy wants credentials (RFC 9110 §15.5.8): never the server's word.
  407: 'proxy',
  408: 'timeout',
  410: 'http-404',
  425: 'timeout',
  429: 'http-429',
  501: 'http-4xx',
};
const HUNDRED_ROWS: Readonly<Record<number, ReasonId>> = {
  // A success without an MCP body, e.g. a bare 204.
  2: 'not-mcp',
  3: 'redirected',
  4: 'http-4xx',
  5: 'http-5xx',
};

function httpReason(answer: HttpAnswer, context: ConnectContext): ReasonId {
  if (answer.status === 401 || answer.status === 403) return authReason(answer, context);
  const hundred = Math.floor(answer.status / 100);
  // A 3xx that names no target (304, a bare 302) leaves nothing to put into the entry.
  if (hundred === 3 && answer.location === undefined) return 'protocol-error';
  return STATUS_ROWS[answer.status] ?? HUNDRED_ROWS[hundred] ?? 'protocol-error';
}

const TLS = /^(?:CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_|ERR_SSL_|EPROTO$|HOSTNAME_MISMATCH$)/;
const DNS = /^(?:ENOTFOUND|EAI_[A-Z]+|ENODATA|ESERVFAIL|EBADNAME)$/;
const REFUSED = /^(?:ECONNREFUSED|E(?:HOST|NET)(?:UNREACH|DOWN)|EADDRNOTAVAIL|EACCES|EPERM)$/;
const UNCONNECTED_IN_TIME = /^(?:ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT|ERR_SOCKET_CONNECTION_TIMEOUT)$/;
const UNANSWERED_IN_TIME = /^UND_ERR_(?:HEADERS|BODY)_TIMEOUT$/;
const RESET = /^(?:ECONNRESET|ECONNABORTED|EPIPE|UND_ERR_SOCKET|ERR_STREAM_PREMATURE_CLOSE)$/;
/** undici's words for "the proxy said no to the tunnel" and "its TLS failed". */
const PROXY = /^(?:UND_ERR_ABORTED|UND_ERR_PRX_TLS|ECONNPROXY)$/;
/** The bytes are not HTTP (llhttp), or an answer is larger than what is accepted. */
const NOT_HTTP = /^HPE_/;
const TOO_LARGE = /^UND_ERR_(?:HEADERS_OVERFLOW|RES_EXCEEDED_MAX_SIZE)$/;

/** System errors. Through a proxy, what keeps a connection from being made is the proxy's fault. */
const ERRNO_ROWS: readonly (readonly [RegExp, ReasonId, ReasonId])[] = [
  //                   direct            through a proxy
  [TLS, 'tls', 'tls'],
  [DNS, 'dns', 'proxy'],
  [REFUSED, 'refused', 'proxy'],
  [UNCONNECTED_IN_TIME, 'timeout', 'proxy'],
  [UNANSWERED_IN_TIME, 'timeout', 'timeout'],
  [RESET, 'reset', 'reset'],
  [PROXY, 'proxy', 'proxy'],
  [NOT_HTTP, 'not-mcp', 'not-mcp'],
  [TOO_LARGE, 'protocol-error', 'protocol-error'],
];

function networkReason({ errno, viaProxy }: NetworkAnswer): ReasonId {
  const row = ERRNO_ROWS.find(([pattern]) => pattern.test(errno));
  return row?.[viaProxy === true ? 2 : 1] ?? UNKNOWN_NETWORK;
}

/** Why a process could not be started. A machine that is short of something (`EAGAIN`, `EMFILE`) may not be so later. */
const SPAWN_ROWS: Readonly<Record<string, ReasonId>> = {
  ENOENT: 'spawn-not-found',
  ENOTDIR: 'spawn-not-found',
  EACCES: 'spawn-denied',
  EPERM: 'spawn-denied',
  ENOEXEC: 'spawn-denied',
  EISDIR: 'spawn-denied',
  ELOOP: 'spawn-denied',
  EINVAL: 'spawn-denied',
  E2BIG: 'spawn-denied',
  ETXTBSY: 'exited',
  EAGAIN: 'exited',
  ENOMEM: 'exited',
  EMFILE: 'exited',
  ENFILE: 'exited',
};

/** The fault as the fields that are known; absent ones stay absent. */
function fault(reason: ReasonId, rest: { [K in keyof Fault]?: Fault[K] | undefined } = {}): Fault {
  const known = Object.entries(rest).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(known), reason };
}

function httpFault(answer: HttpAnswer, context: ConnectContext): Fault {
  const { status, text, retryAfterMs, location } = answer;
  const reason = httpReason(answer, context);
  const scopes = scopesOf(scopeChallenge(answer.challenges));
  return fault(reason, {
    httpStatus: status,
    detail: text,
    retryAfterMs: REASONS[reason].persistence === 'transient' ? retryAfterMs : undefined,
    redirectTo: reason === 'redirected' ? location : undefined,
    missingScopes: status === 403 && scopes.length > 0 ? scopes : undefined,
    offersOAuth: status === 401 || status === 403 ? context.offersOAuth : undefined,
  });
}

/** The meaning of what came back on a connect try (BEHAVIOUR §3a). */
export function classifyConnect(answer: Answer, context: ConnectContext): Fault {
  switch (answer.kind) {
    case 'http':
      return httpFault(answer, context);
    case 'network':
      return fault(networkReason(answer), { detail: answer.text ?? answer.errno });
    case 'timeout':
      return fault('timeout', { detail: answer.text });
    case 'not-mcp':
      return fault('not-mcp', { httpStatus: answer.status, detail: answer.text ?? answer.contentType });
    case 'protocol':
      return fault('protocol-error', { detail: answer.text });
    case 'version':
      return fault('version-unsupported', { detail: answer.text });
    case 'spawn':
      return fault(SPAWN_ROWS[answer.errno] ?? 'spawn-denied', { detail: answer.text ?? answer.errno });
    case 'exit':
      return fault('exited', { exit: answer.exit });
  }
}

/** The parts of the error that a caller gets for a failed call. */
export interface CallError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
  /** `sent`, and what is known of: `reason`, `httpStatus`, `retryAfterMs`, `missingScopes`, `rpc`. */
  readonly data: Readonly<Record<string, unknown>>;
}

const HINTS = {
  ERR_USAGE: 'Send less at once, or raise "holdfast.messageBytes" of its entry.',
  ERR_RPC: 'The server itself answered so; check the arguments, or reconnect the server.',
  ERR_FORBIDDEN: 'Ask for the rights that are missing; the server stays connected.',
  ERR_RATE_LIMITED: 'Send the call again after the time named in retryAfterMs.',
  ERR_NEEDS_AUTH: 'Mend the credentials of the server or sign in, then reconnect it.',
  ERR_UNREACHABLE: 'Look at the status of the server, or reconnect it.',
  ERR_CALL_TIMEOUT: 'Give the call more time, or look at the log of the server.',
  ERR_CALL_CANCELLED: 'Send the call again if it is still wanted.',
  ERR_INTERRUPTED: 'The server may have acted on the call; look before sending it again.',
} as const satisfies Partial<Record<ErrorCode, string>>;
type CallCode = keyof typeof HINTS;

/** The error of a call by what the answer means; every other reason is `ERR_UNREACHABLE`. */
const CODE_OF_REASON: { readonly [K in ReasonId]?: CallCode } = {
  'credentials-required': 'ERR_NEEDS_AUTH',
  'credentials-rejected': 'ERR_NEEDS_AUTH',
  'sign-in-required': 'ERR_NEEDS_AUTH',
  'sign-in-expired': 'ERR_NEEDS_AUTH',
  'http-429': 'ERR_RATE_LIMITED',
  timeout: 'ERR_CALL_TIMEOUT',
};
/** Reasons whose connection broke while the server may have been working. */
const BROKEN: ReadonlySet<ReasonId> = new Set<ReasonId>(['reset', 'exited']);

function codeOfCall(call: CallFault, meaning: Fault | undefined): CallCode {
  switch (call.kind) {
    case 'cancelled':
      return 'ERR_CALL_CANCELLED';
    case 'rpc':
      return 'ERR_RPC';
    case 'timeout':
      return 'ERR_CALL_TIMEOUT';
    case 'closed':
      return call.sent === 'maybe' ? 'ERR_INTERRUPTED' : 'ERR_UNREACHABLE';
    case 'http':
    case 'network':
    case 'protocol':
      if (meaning === undefined) return 'ERR_UNREACHABLE';
      // On a call every 403 is about this call, whatever was sent (BEHAVIOUR §3b).
      if (meaning.httpStatus === 403) return 'ERR_FORBIDDEN';
      if (call.sent === 'maybe' && BROKEN.has(meaning.reason)) return 'ERR_INTERRUPTED';
      return CODE_OF_REASON[meaning.reason] ?? 'ERR_UNREACHABLE';
  }
}

/** The reason word of a call's fault; a 403 is about the call alone, so it is `forbidden` whatever was sent. */
function reasonOfCall({ httpStatus, reason }: Fault): ReasonId {
  return httpStatus === 403 ? 'forbidden' : reason;
}

const NOTHING_SENT: ConnectContext = { sent: 'none', offersOAuth: false, tokenHeld: false };

/** What a limit of ours kept from passing: nothing is wrong with the server, and no reconnect would help. */
function tooLargeError({ sent, text }: CallFault, what: 'call' | 'answer'): CallError {
  if (what === 'call') return { code: 'ERR_USAGE', message: text, hint: HINTS.ERR_USAGE, data: { sent } };
  const hint = 'The server may have acted on it. Ask for less at once, or raise "holdfast.messageBytes" of its entry.';
  return { code: 'ERR_UNREACHABLE', message: text, hint, data: { sent, reason: 'protocol-error' } };
}

/** The error for a call that failed (BEHAVIOUR §3b). A JSON-RPC error is passed on verbatim in `data.rpc`. */
export function classifyCall(call: CallFault, context: ConnectContext = NOTHING_SENT): CallError {
  if (call.answer?.kind === 'protocol' && call.answer.tooLarge !== undefined)
    return tooLargeError(call, call.answer.tooLarge);
  const meaning = call.answer === undefined ? undefined : classifyConnect(call.answer, context);
  const code = codeOfCall(call, meaning);
  const data: Record<string, unknown> = { sent: call.sent };
  if (call.rpc !== undefined) data['rpc'] = call.rpc;
  if (meaning !== undefined) {
    const { httpStatus, retryAfterMs, missingScopes } = meaning;
    Object.assign(data, fault(reasonOfCall(meaning), { httpStatus, retryAfterMs, missingScopes }));
  }
  const message =
    call.rpc?.message ??
    (meaning === undefined ? call.text : faultMessage({ ...meaning, reason: reasonOfCall(meaning) }));
  return { code, message, hint: HINTS[code], data };
}

/** Reasons whose detail says which variable, field or rule is meant: without it the sentence says nothing. */
const DETAIL_BELONGS: ReadonlySet<ReasonId> = new Set<ReasonId>([
  'variable-missing',
  'config-invalid',
  'version-unsupported',
  'policy-denied',
  'protocol-error',
  'spawn-not-found',
  'spawn-denied',
]);

const endOf = ({ code, signal }: ProcessExit): string =>
  signal === null ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`;

const placeOf = ({ file, line, pointer }: NonNullable<Fault['at']>): string =>
  `${file}${line > 0 ? `:${line}` : ''} ${pointer}`.trimEnd();

function particulars(what: Fault): readonly string[] {
  const { httpStatus, exit, retryAfterMs, missingScopes, at, detail } = what;
  return [
    ...(httpStatus === undefined ? [] : [`HTTP ${httpStatus}`]),
    ...(retryAfterMs === undefined ? [] : [`asks to wait ${Math.ceil(retryAfterMs / 1_000)} s`]),
    ...(missingScopes === undefined ? [] : [`missing: ${missingScopes.map((scope) => safeLine(scope, 80)).join(' ')}`]),
    ...(exit === undefined ? [] : [endOf(exit)]),
    ...(at === undefined || detail?.includes(at.file) === true ? [] : [placeOf(at)]),
  ];
}

/** What follows the sentence of a crash: stack frames and fields (indented), closing brackets, the version of Node, npm's log. */
const AFTERMATH = /^(?:\s|[)\]}]|Node\.js v\d|npm \S+ A complete log)|^$/;

/** The last line of stderr that says something; of nothing but aftermath, its last line. */
function tellingLine(stderr: readonly string[]): string | undefined {
  return stderr.findLast((line) => !AFTERMATH.test(line)) ?? stderr.findLast((line) => line.trim() !== '');
}

function tailOf({ reason, redirectTo, exit, detail }: Fault): string | undefined {
  if (redirectTo !== undefined) return redirectTo;
  return (
    (exit === undefined ? undefined : tellingLine(exit.stderr)) ?? (DETAIL_BELONGS.has(reason) ? detail : undefined)
  );
}

/**
 * The sentence of a fault with its particulars: status, exit code or signal and the last stderr line, the target of a
 * redirect, the place in the configuration.
 */
export function faultMessage(what: Fault): string {
  const sentence = REASONS[what.reason].sentence.replace(/\.$/, '');
  const facts = particulars(what);
  const tail = tailOf(what);
  return [
    sentence,
    facts.length === 0 ? '' : ` (${facts.join(', ')})`,
    tail === undefined ? '.' : `: ${safeLine(tail, 300)}`,
  ].join('');
}
