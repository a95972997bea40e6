/**
 * What a browser has to be told so that a web page may speak to the gateway (Fetch standard, CORS): nothing, but for the
 * origins that a person named.
 *
 * @module
 */

/** Headers of every answer to such a page; `undefined` for everybody else. */
export function crossOriginHeaders(
  origin: string | undefined,
  allowed: ReadonlySet<string>,
): Readonly<Record<string, string>> | undefined {
  if (origin === undefined || !allowed.has(origin)) return undefined;
  return {
    'access-control-allow-origin': origin,
    'access-control-expose-headers': 'Mcp-Session-Id, WWW-Authenticate',
    vary: 'Origin',
  };
}

const ALLOWED =
  'Authorization, Content-Type, Accept, Last-Event-ID, Mcp-Session-Id, MCP-Protocol-Version, Mcp-Method, Mcp-Name';
/** Headers that mirror arguments have names of the tools' making (MCP 2026-07-28, SEP-2243). */
const MIRRORED = /^mcp-param-[\w!#$%&'*+.^`|~-]+$/i;

/** Further headers of the answer to the question before a request, which carries no token; `asked` = the headers it names. */
export function preflightHeaders(asked = ''): Readonly<Record<string, string>> {
  const mirrored = asked
    .split(',')
    .map((name) => name.trim())
    .filter((name) => MIRRORED.test(name));
  return {
    'access-control-allow-methods': 'POST, GET, DELETE',
    'access-control-allow-headers': [ALLOWED, ...mirrored].join(', '),
    'access-control-max-age': '600',
  };
}
