/**
 * What an answer of an OAuth endpoint means, by status and JSON alone. Only a well-formed OAuth error is a verdict;
 * everything else that is no success may pass.
 *
 * @module
 */
import type { Fault } from '../../core/fault.ts';
import { parseRetryAfter } from '../../net/retry-after.ts';
import type { TokenOutcome } from './outcome.ts';

/** An answer as it came. */
export interface HttpReply {
  readonly status: number;
  readonly headers: Pick<Headers, 'get'>;
  readonly text: string;
}

/** A JSON object. */
export type Document = Readonly<Record<string, unknown>>;

/** A verdict of the server. */
export type Refused = Extract<TokenOutcome, { readonly kind: 'refused' }>;
/** Something that may pass. */
export type Transient = Extract<TokenOutcome, { readonly kind: 'transient' }>;

/** The meaning of an answer: a success with its document, or one of the two other outcomes. */
export type Reading = { readonly kind: 'document'; readonly document: Document } | Refused | Transient;

/** Longest `Retry-After` that is honoured here: a login must not wait an hour because a server once said so. */
const LONGEST_RETRY_MS = 300_000;

/** Where RFC 6749 §5.2 puts an error (400, 401), where servers in the field put one too (403), and a 200 that is none. */
const VERDICT: ReadonlySet<number> = new Set([200, 400, 401, 403]);
/** RFC 6749 allows almost any character; every code in use looks like this, and no sentence or reason phrase does. */
const CODE = /^[a-z][a-z0-9]*(?:[_.-][a-z0-9]+)*$/;
const LONGEST_CODE = 64;
/** The words of HTTP: what a firewall or a framework puts into its JSON. No OAuth error is called so. */
const HTTP_WORDS: ReadonlySet<string> = new Set(
  'error bad_request unauthorized forbidden not_found conflict'.split(' '),
);
/** Errors that say "not now": the first two by RFC 6749 §4.1.2.1, the others are in the field. */
const FOR_NOW: ReadonlySet<string> = new Set(
  (
    'server_error temporarily_unavailable internal_error internal_server_error service_unavailable fatal_error ' +
    'ratelimited rate_limited rate_limit_exceeded too_many_requests request_timeout timeout'
  ).split(' '),
);
/** Servers' own words (GitHub, Slack) in those of RFC 6749 §5.2. */
const SAME_AS: Readonly<Record<string, string>> = {
  bad_refresh_token: 'invalid_grant',
  bad_verification_code: 'invalid_grant',
  code_already_used: 'invalid_grant',
  expired_refresh_token: 'invalid_grant',
  invalid_code: 'invalid_grant',
  invalid_refresh_token: 'invalid_grant',
  bad_client_secret: 'invalid_client',
  incorrect_client_credentials: 'invalid_client',
  invalid_client_id: 'invalid_client',
};

/** Reads an answer. `nowMs` is the wall clock, for a `Retry-After` that is a date. */
export function readAnswer(reply: HttpReply, nowMs: number): Reading {
  const document = jsonObject(reply.text);
  const code = VERDICT.has(reply.status) ? errorCode(document) : undefined;
  if (code !== undefined && !FOR_NOW.has(code)) return refusal(code, document, reply.status);
  const success = reply.status >= 200 && reply.status < 300;
  if (success && document !== undefined && code === undefined && !claimsError(document))
    return { kind: 'document', document };
  const retryAfterMs = retryAfter(reply, nowMs);
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  const said = code ?? (document === undefined ? 'no JSON object' : undefined);
  return {
    kind: 'transient',
    fault: { ...faultOf(reply.status, said), ...wait },
    // A success that cannot be read may have redeemed the grant; any other answer is a plain "no".
    sent: success && code === undefined ? 'maybe' : 'answered',
    ...wait,
  };
}

/** A success that does not say what it has to: the grant may have been redeemed all the same. */
export function unusable(detail: string): Transient {
  return { kind: 'transient', fault: { reason: 'auth-server-misconfigured', detail }, sent: 'maybe' };
}

/** The text as a JSON object; `undefined` for anything else, HTML above all. */
export function jsonObject(text: string): Document | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Document) : undefined;
  } catch {
    return undefined;
  }
}

/** The error code of a document, if it is a well-formed OAuth error. */
export function errorCode(document: Document | undefined): string | undefined {
  const code = document?.['error'];
  if (typeof code !== 'string' || code.length > LONGEST_CODE || !CODE.test(code)) return undefined;
  return HTTP_WORDS.has(code) ? undefined : code;
}

/** Whether a document with status 200 speaks of an error all the same, in a form of its own. */
function claimsError({ error }: Document): boolean {
  return error !== undefined && error !== null && error !== '' && error !== false;
}

function refusal(code: string, document: Document | undefined, status: number): Refused {
  const error = Object.hasOwn(SAME_AS, code) ? (SAME_AS[code] ?? code) : code;
  const text = document?.['error_description'];
  const description = typeof text === 'string' && text !== '' ? text : error === code ? undefined : code;
  return { kind: 'refused', error, status, ...(description === undefined ? {} : { description }) };
}

/** Never a reason of needs-auth: a 401 without an OAuth error is a broken server, not a word about the login. */
function faultOf(status: number, said: string | undefined): Fault {
  const text = `the authorization server answered ${status}${said === undefined ? '' : ` (${said})`}`;
  const fault = { httpStatus: status, detail: text };
  if (status === 429) return { ...fault, reason: 'http-429' };
  if (status === 408 || status === 425) return { ...fault, reason: 'timeout' };
  if ((status >= 500 && status !== 501) || (said !== undefined && FOR_NOW.has(said)))
    return { ...fault, reason: 'http-5xx' };
  return { ...fault, reason: 'auth-server-misconfigured' };
}

function retryAfter({ headers }: HttpReply, nowMs: number): number | undefined {
  const wanted = parseRetryAfter(headers.get('retry-after'), nowMs);
  return wanted === undefined ? undefined : Math.min(wanted, LONGEST_RETRY_MS);
}
