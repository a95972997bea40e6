/**
 * Sends one request to a URL that somebody else named: bounded in time, size and redirects, and without handing any
 * configured header to a foreign origin. Every request of OAuth goes through here.
 *
 * @module
 */
import type { Clock } from '../base/clock.ts';
import { Secret } from '../base/secret.ts';
import type { Answer } from '../core/fault.ts';
import { refusesLiteral, type AddressPolicy } from './address-policy.ts';
import { isLoopback } from './address.ts';
import { readBody, type Body } from './body.ts';
import { parseChallenges } from './challenge.ts';
import { startDeadline, type Deadline } from './deadline.ts';
import type { Fetch } from './dispatcher.ts';
import { displayUrl } from './redact-url.ts';
import { parseRetryAfter } from './retry-after.ts';
import { surelyUnsent } from './unsent.ts';

/** What a guarded request may do. Every bound is required: a default would be a bound nobody thought of. */
export interface GuardedBounds {
  /** Configured headers. They go to `boundOrigin` only; with them a redirect to another origin is not followed. */
  readonly headers?: Readonly<Record<string, string | Secret>>;
  /** The origin that `headers` belong to. Default: the origin of the URL. */
  readonly boundOrigin?: string;
  /** The whole request, redirects and body included. */
  readonly timeoutMs: number;
  /** The longest silence: until the response headers of each hop, and between two pieces of the body. Default `timeoutMs`. */
  readonly phaseMs?: number;
  /** Size of the body after decompression. */
  readonly maxBytes: number;
  readonly maxRedirects: number;
  readonly signal: AbortSignal;
  readonly addressPolicy: AddressPolicy;
  readonly clock: Clock;
  readonly fetch: Fetch;
}

/** A request with its method and body. */
export interface GuardedSend extends GuardedBounds {
  /** A POST is never redirected, whatever `maxRedirects` says: its body is for one address. */
  readonly method: 'GET' | 'POST';
  /** Its `content-type` stands in `headers`. */
  readonly body?: string | Secret;
  /** Default true. `false`: the text of an answer that is no success is thrown away unread. */
  readonly errorText?: boolean;
}

/** An answer, whatever its status. */
export interface GuardedReply {
  readonly ok: true;
  readonly status: number;
  readonly headers: Headers;
  /** Empty also where an answer that is no success has a body that is too large or breaks off: its status still counts. */
  readonly text: string;
  /** Where the answer came from, after redirects. */
  readonly url: string;
}

/** An answer of HTTP, or what came instead and whether the server may have acted on the request. */
export type SendOutcome =
  | GuardedReply
  | {
      readonly ok: false;
      readonly answer: Answer;
      /** `no` = surely nothing of it arrived. */
      readonly sent: 'no' | 'maybe';
    };

interface Hop {
  readonly url: URL;
  readonly request: GuardedSend;
  readonly deadline: Deadline;
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * One request under the given bounds. https only, http on loopback; an address that the policy forbids is never
 * connected to, on no hop. Never throws. A refused URL or address is a `network` answer with errno `ERR_URL_REFUSED` or
 * `ERR_ADDRESS_REFUSED`, an abort by the caller one with `ABORT_ERR`, a success with an oversized or unreadable body a
 * `protocol` answer.
 */
export async function guardedSend(url: string | URL, request: GuardedSend): Promise<SendOutcome> {
  if (!URL.canParse(String(url))) return refused('ERR_URL_REFUSED');
  if (request.signal.aborted) return refused('ABORT_ERR');
  const deadline = startDeadline(request);
  try {
    const redirects = request.method === 'GET' ? request.maxRedirects : 0;
    return await follow({ url: new URL(url), request, deadline }, redirects);
  } catch (error) {
    return { ok: false, answer: deadline.answerFor(error), sent: surelyUnsent(error) ? 'no' : 'maybe' };
  } finally {
    deadline.end();
  }
}

/** What an answer says beside its text, as it crosses the border. The text may hold secrets: a caller adds what it may show. */
export function answerOf({ status, headers, url }: GuardedReply, clock: Clock): Extract<Answer, { kind: 'http' }> {
  const retryAfterMs = parseRetryAfter(headers.get('retry-after'), clock.now());
  const target = targetOf(status, headers, url);
  return {
    kind: 'http',
    status,
    challenges: parseChallenges(headers.get('www-authenticate')),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(target === undefined ? {} : { location: displayUrl(target) }),
  };
}

async function follow(hop: Hop, redirectsLeft: number): Promise<SendOutcome> {
  const barred = barrier(hop);
  if (barred !== undefined) return refused(barred);
  const response = await send(hop);
  const next = targetOf(response.status, response.headers, hop.url.href);
  if (next === undefined || redirectsLeft === 0 || !mayFollow(hop, next)) return settle(response, hop);
  discard(response);
  return follow({ ...hop, url: next }, redirectsLeft - 1);
}

/** Why a URL may not be asked at all, as an errno. */
function barrier({ url, request }: Hop): string | undefined {
  const secure = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));
  // `fetch` refuses user and password in a URL by throwing; here it is an answer like any other.
  if (!secure || url.username !== '' || url.password !== '') return 'ERR_URL_REFUSED';
  return refusesLiteral(url, request.addressPolicy) ? 'ERR_ADDRESS_REFUSED' : undefined;
}

function send({ url, request, deadline }: Hop): Promise<Response> {
  const { fetch, addressPolicy, method, body } = request;
  const headers = { accept: 'application/json', ...ownHeaders(url, request) };
  const { signal } = deadline;
  return deadline.within(
    fetch(url, {
      headers,
      redirect: 'manual',
      signal,
      addressPolicy,
      ...(method === 'GET' ? {} : { method }),
      ...(body === undefined ? {} : { body: plain(body) }),
    }),
  );
}

/** The configured headers, if the URL is of the origin they belong to. */
function ownHeaders(url: URL, { headers = {}, boundOrigin }: GuardedSend): Record<string, string> {
  if (boundOrigin !== undefined && url.origin !== boundOrigin) return {};
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, plain(value)]));
}

function plain(value: string | Secret): string {
  return value instanceof Secret ? value.reveal() : value;
}

/** Without headers any permitted target may be followed; with them only one of the same origin. Never https to http. */
function mayFollow({ url, request }: Hop, next: URL): boolean {
  if (url.protocol === 'https:' && next.protocol !== 'https:') return false;
  return next.origin === url.origin || Object.keys(request.headers ?? {}).length === 0;
}

function targetOf(status: number, headers: Headers, base: string): URL | undefined {
  const location = REDIRECTS.has(status) ? headers.get('location') : null;
  return location !== null && URL.canParse(location, base) ? new URL(location, base) : undefined;
}

async function settle(response: Response, hop: Hop): Promise<SendOutcome> {
  const { status, headers } = response;
  const reply = { ok: true, status, headers, url: hop.url.href } as const;
  if (!response.ok) return { ...reply, text: await errorText(response, hop) };
  const body = await readBody(response, hop.request.maxBytes, hop.deadline);
  if (body.ok) return { ...reply, text: body.text };
  return { ok: false, answer: { kind: 'protocol', text: body.reason }, sent: 'maybe' };
}

async function errorText(response: Response, { request, deadline }: Hop): Promise<string> {
  if (request.errorText === false) {
    discard(response);
    return '';
  }
  const body = await readBody(response, request.maxBytes, deadline).catch((): Body => ({ ok: false, reason: '' }));
  return body.ok ? body.text : '';
}

function discard(response: Response): void {
  response.body?.cancel().catch(() => undefined);
}

function refused(errno: string): SendOutcome {
  return { ok: false, answer: { kind: 'network', errno }, sent: 'no' };
}
