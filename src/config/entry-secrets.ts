/**
 * Which values of an expanded entry must never be shown.
 *
 * @module
 */
import type { OAuthSettings, RemoteEndpoint, StdioEndpoint } from '../core/entry.ts';

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

/** Fields of `oauth` that are no secrets, also where a variable fills them in: they stand in addresses that a person must read. */
const OPEN_OAUTH: ReadonlySet<string> = new Set(
  'clientId clientMetadataUrl authServerMetadataUrl issuer scopes tokenEndpoint'.split(' '),
);

/** Whether the value of a variable in this field must be hidden. */
export function mayHideSecret(field: readonly string[]): boolean {
  return field[0] !== 'oauth' || !OPEN_OAUTH.has(field.at(-1) ?? '');
}

function oauthSecrets(oauth: OAuthSettings): readonly string[] {
  const { clientSecret, privateKey, assertion, identityProvider, authServerMetadataUrl, clientMetadataUrl } = oauth;
  const pem = (privateKey ?? '').split(/\r?\n|\\n/).filter((line) => line !== '' && !line.startsWith('-----'));
  const texts = [clientSecret, privateKey, ...pem, assertion, identityProvider?.idToken];
  const urls = [authServerMetadataUrl, clientMetadataUrl, identityProvider?.tokenEndpoint];
  return [...texts, ...urls.flatMap((url) => urlSecrets(url ?? ''))].filter((text) => text !== undefined);
}

/** Values to hide: those of variables, all header values, longer environment values, credentials and query values of the url, secrets of a sign-in. */
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
  const oauth = endpoint.oauth === undefined ? [] : oauthSecrets(endpoint.oauth);
  return [...fromVariables, ...headers.map(([, value]) => value), ...urlSecrets(endpoint.url), ...oauth];
}
