/**
 * Single faults of HTTP servers, each a behaviour of its own.
 *
 * @module
 */
import { iso } from '../base/clock.ts';
import { openEvents, reply, untilGone } from './exchange.ts';
import type { Behaviour } from './exchange.ts';

/** Headers and body of a bare answer. */
export interface AnswerParts {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Answers with a status code; without a body given, with a short text that names it. */
export function status(code: number, parts: AnswerParts = {}): Behaviour {
  return (exchange) =>
    reply(exchange, code, { 'content-type': 'text/plain', ...parts.headers }, parts.body ?? `status ${code}\n`);
}

/** 401 with a `WWW-Authenticate` value, or with none (bare). */
export function unauthorized(challenge?: string): Behaviour {
  return status(401, challenge === undefined ? {} : { headers: { 'www-authenticate': challenge } });
}

/** 403 with a `WWW-Authenticate` value, or with none (bare). */
export function forbidden(challenge?: string): Behaviour {
  return status(403, challenge === undefined ? {} : { headers: { 'www-authenticate': challenge } });
}

/** 403 that asks for more scopes (RFC 6750 §3.1). */
export function insufficientScope(scope: string, resourceMetadata?: string): Behaviour {
  const metadata = resourceMetadata === undefined ? '' : `, resource_metadata="${resourceMetadata}"`;
  return forbidden(`Bearer error="insufficient_scope", scope="${scope}"${metadata}`);
}

/** How `Retry-After` is written (RFC 9110 §10.2.3). */
export type RetryAfter = { readonly seconds: number } | { readonly dateInMs: number } | { readonly text: string };

/** 429 with `Retry-After` in seconds, as a date that lies `dateInMs` ahead of the server's clock, or as any text. */
export function tooMany(retryAfter?: RetryAfter, code: number = 429): Behaviour {
  return (exchange) => {
    const value = retryAfter === undefined ? undefined : retryAfterText(retryAfter, exchange.clock.now());
    return status(code, value === undefined ? {} : { headers: { 'retry-after': value } })(exchange);
  };
}

function retryAfterText(retryAfter: RetryAfter, now: number): string {
  if ('seconds' in retryAfter) return String(retryAfter.seconds);
  return 'text' in retryAfter ? retryAfter.text : httpDate(now + retryAfter.dateInMs);
}

const DAYS = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** IMF-fixdate (RFC 9110 §5.6.7) of milliseconds since the epoch. */
export function httpDate(ms: number): string {
  const text = iso(ms);
  const day = DAYS[Math.floor(ms / 86_400_000) % 7];
  const month = MONTHS[Number(text.slice(5, 7)) - 1];
  return `${day}, ${text.slice(8, 10)} ${month} ${text.slice(0, 4)} ${text.slice(11, 19)} GMT`;
}

/** Breaks the TCP connection with RST: before any answer, or in the middle of one. */
export function reset(when: 'before-answer' | 'in-answer' = 'before-answer'): Behaviour {
  return (exchange) => {
    const { socket } = exchange.request;
    if (when === 'before-answer') {
      socket.resetAndDestroy();
      return;
    }
    exchange.response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    exchange.response.write('{"jsonrpc":"2.0",', () => socket.resetAndDestroy());
  };
}

/** Accepts the request and never answers. */
export function hang(): Behaviour {
  return (exchange) => untilGone(exchange);
}

/** Opens an event stream with 200 and never sends a message. */
export function silentStream(): Behaviour {
  return async (exchange) => {
    openEvents(exchange);
    await untilGone(exchange);
  };
}

/** Sends 200 and a header of JSON, then one blank every `everyMs`, for ever. */
export function slowLoris(everyMs: number): Behaviour {
  return async (exchange) => {
    exchange.response.writeHead(200, { 'content-type': 'application/json' });
    while (!exchange.signal.aborted) {
      exchange.response.write(' ');
      await exchange.clock.sleep(everyMs, exchange.signal);
    }
  };
}

/** 200 with a page for people, as captive portals and wrong paths give. */
export function html(code: number = 200): Behaviour {
  return status(code, {
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: '<!doctype html><title>Welcome</title><h1>Please sign in to the network</h1>\n',
  });
}

/** 200, called JSON, that is none. */
export function brokenJson(): Behaviour {
  return status(200, { headers: { 'content-type': 'application/json' }, body: '{"jsonrpc":"2.0","id":1,"resu' });
}

/** 200 with a media type that no MCP transport knows. */
export function wrongContentType(type: string = 'application/octet-stream'): Behaviour {
  return status(200, { headers: { 'content-type': type }, body: '\u0001\u0002\u0003' });
}

/** A redirect. `to` may be a path of this server or a whole address. */
export function redirect(to: string, code: number = 307): Behaviour {
  return (exchange) => {
    const location = new URL(to, exchange.origin).href;
    return status(code, { headers: { location } })(exchange);
  };
}
