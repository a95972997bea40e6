/**
 * Why a discovery ends without a way to sign in, as faults whose sentence names the document and the server it came from.
 *
 * @module
 */
import { safeLine } from '../../base/safe-text.ts';
import { classifyConnect } from '../../core/classify.ts';
import type { Fault } from '../../core/fault.ts';
import { displayUrl } from '../../net/redact-url.ts';
import { isRefusal, type Asked } from './metadata-requests.ts';

/** A document that was asked for. */
export interface AskedPlace {
  /** `resource metadata`, `authorization server metadata`. */
  readonly what: string;
  readonly url: string;
}

/** An end without a way to sign in. */
export interface NoWay {
  readonly ok: false;
  readonly fault: Fault;
}

/**
 * What an answer without a document says about its place: `absent` = there surely is none; `odd` = something is there,
 * or it leads somewhere, so that nobody can say that there is none; `trouble` = it could not be read (the fault says
 * whether that passes), so that the search ends here.
 */
export type Finding = 'absent' | 'odd' | 'trouble';

type NoDocument = Extract<Asked, { readonly ok: false }>;

const NOTHING = { sent: 'none', offersOAuth: false, tokenHeld: false } as const;
/** Statuses below 500 that ask to come back later (RFC 9110 §15.5.9, RFC 8470, RFC 6585). */
const LATER: ReadonlySet<number> = new Set([408, 425, 429]);

/** Sorts what came instead of a document. A redirect that was not followed leads somewhere, perhaps to a sign-in page. */
export function findingOf(got: NoDocument): Finding {
  const { answer } = got;
  if (answer.kind !== 'http') return isRefusal(got) ? 'odd' : 'trouble';
  const { status } = answer;
  if (LATER.has(status) || (status >= 500 && status !== 501)) return 'trouble';
  return status < 400 ? 'odd' : 'absent';
}

/** The fault of a place that could not be asked: its reason says that it passes, if it does. */
export function troubleAt(place: AskedPlace, { answer }: NoDocument): NoWay {
  if (answer.kind === 'protocol') return misconfigured(`${named(place)}: ${answer.text}`);
  const fault = classifyConnect(answer, NOTHING);
  const said = fault.httpStatus === undefined ? `: ${fault.detail ?? fault.reason}` : `: HTTP ${fault.httpStatus}`;
  return { ok: false, fault: { ...fault, detail: `${named(place)}${said}` } };
}

/** What is odd about a place, for the end of the discovery. */
export function oddityAt(place: AskedPlace, got: Asked): string {
  if (got.ok) return `${named(place)} is not a metadata document`;
  if (isRefusal(got)) return `${named(place)}, or where it redirects to, is an address that this server may not name`;
  const { answer } = got;
  const target = answer.kind === 'http' ? answer.location : undefined;
  return `${named(place)} redirects${target === undefined ? ' to nowhere' : ` to ${target}`}`;
}

/** The authorization server, or what describes it, cannot be used as it is. */
export function misconfigured(detail: string): NoWay {
  return { ok: false, fault: { reason: 'auth-server-misconfigured', detail: safeLine(detail, 500) } };
}

/** The metadata is of another issuer than the one that was promised (RFC 8414 §3.3). */
export function wrongIssuer(place: AskedPlace, found: string, expected: string): NoWay {
  const detail = `${named(place)} is of the issuer "${found}", not of "${expected}"; if you trust it, set "issuer" in the "oauth" of the entry`;
  return { ok: false, fault: { reason: 'issuer-mismatch', detail: safeLine(detail, 500) } };
}

function named({ what, url }: AskedPlace): string {
  return `the ${what} at ${displayUrl(url)}`;
}
