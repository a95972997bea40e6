/**
 * Which values of an expanded entry must never be shown.
 *
 * @module
 */
import type { RemoteEndpoint, StdioEndpoint } from '../core/entry.ts';

/** Headers whose values are ordinary words; hiding those would blank out whole sentences. */
const ORDINARY_HEADERS: ReadonlySet<string> = new Set([
  'accept',
  'accept-language',
  'cache-control',
  'content-type',
  'user-agent',
]);
const SHORTEST_ENV_SECRET = 8;

/** Whether a value is a path, a number or a yes or no, and so no secret. */
function isPlain(value: string): boolean {
  return /^(?:\/|[A-Za-z]:[\\/])[^\s=]*$/.test(value) || /^(?:-?\d+(?:\.\d+)?|true|false|yes|no|on|off)?$/i.test(value);
}

function decoded(text: string): readonly string[] {
  try {
    return [text, decodeURIComponent(text)];
  } catch {
    return [text];
  }
}

function urlSecrets(text: string): readonly string[] {
  if (!URL.canParse(text)) return [];
  const { username, password, search } = new URL(text);
  const values = search
    .slice(1)
    .split('&')
    .map((part) => part.slice(part.indexOf('=') + 1));
  return [username, password, ...values].filter((value) => value !== '').flatMap(decoded);
}

/** Values to hide: those of variables, all header values, longer environment values, credentials and query values of the url. */
export function secretsOf(
  endpoint: StdioEndpoint | RemoteEndpoint,
  variableValues: readonly string[],
): readonly string[] {
  const fromVariables = variableValues.filter((value) => !isPlain(value));
  if (endpoint.kind === 'stdio') {
    const env = Object.values(endpoint.env);
    return [...fromVariables, ...env.filter((value) => value.length >= SHORTEST_ENV_SECRET && !isPlain(value))];
  }
  const headers = Object.entries(endpoint.headers).filter(([name]) => !ORDINARY_HEADERS.has(name.toLowerCase()));
  return [...fromVariables, ...headers.map(([, value]) => value), ...urlSecrets(endpoint.url)];
}
