/**
 * Which requests are heard at all: those of a browser on this machine that speaks to this page, and no other web page's
 * (BEHAVIOUR §11).
 *
 * @module
 */
import type { IncomingHttpHeaders } from 'node:http';

/** What of a request decides. */
export interface Visitor {
  readonly method: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** `Sec-Fetch-Site`, as browsers send it. */
  readonly site: string | undefined;
}

/** A host under which the page may be asked: loopback by name or number. The port may be another one (`ssh -L`). */
const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/;

/** The facts of a request. */
export function visitorOf(method: string | undefined, headers: IncomingHttpHeaders): Visitor {
  const site = headers['sec-fetch-site'];
  return {
    method: method ?? 'GET',
    host: headers.host?.toLowerCase(),
    origin: headers.origin,
    site: typeof site === 'string' ? site : undefined,
  };
}

/** Why a request is refused before anything else is looked at; `undefined` where it is heard. */
export function refusalOf({ method, host, origin, site }: Visitor): string | undefined {
  // A name of somebody else's that was made to lead here (DNS rebinding).
  if (host === undefined || !LOOPBACK.test(host)) return 'The Host header does not name this machine.';
  if (origin !== undefined && origin !== `http://${host}`) return 'The Origin header names another page.';
  if (method === 'GET' || method === 'HEAD') return undefined;
  if (method !== 'POST') return 'Only GET and POST are understood.';
  // Every browser sends it with a POST, so who does not is none.
  if (origin === undefined) return 'The Origin header is missing.';
  return site === undefined || site === 'same-origin' ? undefined : 'Another page has sent this.';
}
