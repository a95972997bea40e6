/**
 * Who may speak to the HTTP endpoint: requests of this machine that know the token, and no web page (BEHAVIOUR §11;
 * MCP, Streamable HTTP, security warning: Origin and DNS rebinding).
 *
 * @module
 */
import { timingSafeEqual } from 'node:crypto';

/** What of a request decides. */
export interface Visitor {
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly authorization: string | undefined;
}

/** Who is let in. */
export interface GuardRules {
  /** Names under which the endpoint may be asked, beside loopback ones; without port. */
  readonly hosts?: readonly string[];
  /** Origins of web pages that may ask; default none. */
  readonly origins?: readonly string[];
  /** The token, asked for with each request so that a rotated one counts at once; `undefined` only where a person switched it off. */
  readonly token?: (() => string) | undefined;
}

/** Why a visitor is refused. */
export interface Refusal {
  readonly status: 401 | 403;
  readonly why: string;
}

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** The host without its port, lower case; `undefined` for what is no host. */
export function hostName(host: string | undefined): string | undefined {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::\d{1,5})?$/i.exec(host ?? '');
  return match?.[1]?.toLowerCase();
}

function isOurOrigin(origin: string, hosts: ReadonlySet<string>): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, hostname, origin: exact } = new URL(origin);
  return /^https?:$/.test(protocol) && exact === origin && hosts.has(hostname);
}

/** Compares without telling by its time how much was right; only the length of a token is no secret. */
export function sameSecret(given: string, wanted: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
}

/** A check made once for a set of rules. */
export function createGuard({
  hosts = [],
  origins = [],
  token,
}: GuardRules): (visitor: Visitor) => Refusal | undefined {
  const names = new Set([...LOOPBACK, ...hosts.map((host) => host.toLowerCase())]);
  const pages = new Set(origins);
  // Clients send the same one each time.
  let goodHost: string | undefined;
  return ({ host, origin, authorization }) => {
    if (host === undefined || host !== goodHost) {
      const name = hostName(host);
      if (name === undefined || !names.has(name))
        return {
          status: 403,
          why: 'the Host header names another machine; "holdfast serve --allow-host NAME" lets it in',
        };
      goodHost = host;
    }
    // A page of this machine is a web page like any other: it is let in only with the token, like everybody.
    if (origin !== undefined && !pages.has(origin) && !isOurOrigin(origin, names))
      return {
        status: 403,
        why: 'the Origin header names a web page that may not ask; "holdfast serve --allow-origin ORIGIN" lets it in',
      };
    if (token === undefined) return undefined;
    const given = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (given === undefined) return { status: 401, why: 'a bearer token is needed: holdfast token show' };
    return sameSecret(given, token())
      ? undefined
      : { status: 401, why: 'the bearer token is not the right one, or was rotated: holdfast token show' };
  };
}
