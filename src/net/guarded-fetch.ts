/**
 * Fetches a document from a URL that somebody else named: bounded in time, size and redirects, and without handing any
 * configured header to a foreign origin.
 *
 * @module
 */
import type { Clock } from '../base/clock.ts';
import { Secret } from '../base/secret.ts';
import type { Answer } from '../core/fault.ts';
import { refusesLiteral, type AddressPolicy } from './address-policy.ts';
import { isLoopback } from './address.ts';
import { readBody } from './body.ts';
import { parseChallenges } from './challenge.ts';
import { startDeadline, type Deadline } from './deadline.ts';
import type { Fetch } from './dispatcher.ts';
import { displayUrl } from './redact-url.ts';
import { parseRetryAfter } from './retry-after.ts';

/** What a guarded request may do. Every bound is required: a default would be a bound nobody thought of. */
export interface GuardedRequest {
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

/** A 2xx answer with its text, or what came instead. */
export type GuardedAnswer =
  | {
      readonly ok: true;
      readonly status: number;
      readonly headers: Headers;
      readonly text: string;
      /** Where the text came from, after redirects. */
      readonly url: string;
    }
  | { readonly ok: false; readonly answer: Answer };

interface Hop {
  readonly url: URL;
  readonly request: GuardedRequest;
  readonly deadline: Deadline;
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * One GET under the given bounds. https only, http on loopback; an address that the policy forbids is never connected
 * to, on no hop. Never throws. A refused URL or address is a `network` answer with errno `ERR_URL_REFUSED` or
 * `ERR_ADDRESS_REFUSED`, an abort by the caller one with `ABORT_ERR`, an oversized or unreadable body a `protocol` answer.
 */
export async function guardedFetch(url: string | URL, request: GuardedRequest): Promise<GuardedAnswer> {
  if (!URL.canParse(String(url))) return refused('ERR_URL_REFUSED');
  const deadline = startDeadline(request);
  try {
    return await follow({ url: new URL(url), request, deadline }, request.maxRedirects);
  } catch (error) {
    return { ok: false, answer: deadline.answerFor(error) };
  } finally {
    deadline.end();
  }
}

async function follow(hop: Hop, redirectsLeft: number): Promise<GuardedAnswer> {
  const barred = barrier(hop);
  if (barred !== undefined) return refused(barred);
  const response = await send(hop);
  const next = REDIRECTS.has(response.status) ? targetOf(response, hop.url) : undefined;
  if (next === undefined || redirectsLeft === 0 || !mayFollow(hop, next)) return settle(response, hop, next);
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
  const { fetch, addressPolicy } = request;
  const headers = { accept: 'application/json', ...ownHeaders(url, request) };
  return deadline.within(fetch(url, { headers, redirect: 'manual', signal: deadline.signal, addressPolicy }));
}

/** The configured headers, if the URL is of the origin they belong to. */
function ownHeaders(url: URL, { headers = {}, boundOrigin }: GuardedRequest): Record<string, string> {
  if (boundOrigin !== undefined && url.origin !== boundOrigin) return {};
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, value instanceof Secret ? value.reveal() : value]),
  );
}

/** Without headers any permitted target may be followed; with them only one of the same origin. Never https to http. */
function mayFollow({ url, request }: Hop, next: URL): boolean {
  if (url.protocol === 'https:' && next.protocol !== 'https:') return false;
  return next.origin === url.origin || Object.keys(request.headers ?? {}).length === 0;
}

function targetOf(response: Response, base: URL): URL | undefined {
  const location = response.headers.get('location');
  return location !== null && URL.canParse(location, base.href) ? new URL(location, base) : undefined;
}

async function settle(response: Response, hop: Hop, target: URL | undefined): Promise<GuardedAnswer> {
  const { status, headers } = response;
  if (!response.ok) {
    discard(response);
    return { ok: false, answer: httpAnswer(response, hop.request.clock, target) };
  }
  const { maxBytes } = hop.request;
  const body = await readBody(response, maxBytes, hop.deadline);
  if (body.ok) return { ok: true, status, headers, text: body.text, url: hop.url.href };
  return { ok: false, answer: { kind: 'protocol', text: body.reason } };
}

/** The text of a refusal is left out: nothing needs it, and it may hold what a redirect led to. */
function httpAnswer(response: Response, clock: Clock, target: URL | undefined): Answer {
  const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'), clock.now());
  return {
    kind: 'http',
    status: response.status,
    challenges: parseChallenges(response.headers.get('www-authenticate')),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(target === undefined ? {} : { location: displayUrl(target) }),
  };
}

function discard(response: Response): void {
  response.body?.cancel().catch(() => undefined);
}

function refused(errno: string): GuardedAnswer {
  return { ok: false, answer: { kind: 'network', errno } };
}
