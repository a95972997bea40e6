/**
 * The texts of an entry: everything in which variables are expanded.
 *
 * @module
 */
import type { OAuthSettings, RemoteEndpoint, ServerEntry, StdioEndpoint } from '../core/entry.ts';
import { namesOf } from './variables.ts';

/** One text and the keys from the entry to it. */
export interface EntryText {
  readonly field: readonly string[];
  readonly text: string;
}

type Change = (text: string, field: readonly string[]) => string;

function changedMap(map: Readonly<Record<string, string>>, above: string, change: Change): Record<string, string> {
  return Object.fromEntries(Object.entries(map).map(([key, text]) => [key, change(text, [above, key])]));
}

/** Settings whose words are ours and hold no variables. */
const WORDS: ReadonlySet<string> = new Set(['tokenEndpointAuthMethod', 'signingAlgorithm', 'pkce', 'grant']);

function changedOAuth(oauth: OAuthSettings, change: Change): OAuthSettings {
  const { identityProvider: provider, ...rest } = oauth;
  const changed = Object.entries(rest).map(([key, value]: [string, unknown]) => [
    key,
    typeof value === 'string' && !WORDS.has(key) ? change(value, ['oauth', key]) : value,
  ]);
  if (provider === undefined) return Object.fromEntries(changed);
  const inner = (key: keyof typeof provider): string => change(provider[key], ['oauth', 'identityProvider', key]);
  return {
    ...Object.fromEntries(changed),
    identityProvider: {
      issuer: inner('issuer'),
      tokenEndpoint: inner('tokenEndpoint'),
      clientId: inner('clientId'),
      idToken: inner('idToken'),
    },
  };
}

/** The endpoint with every text replaced. */
export function mapTexts<T extends StdioEndpoint | RemoteEndpoint>(endpoint: T, change: Change): T;
export function mapTexts(endpoint: StdioEndpoint | RemoteEndpoint, change: Change): StdioEndpoint | RemoteEndpoint {
  if (endpoint.kind === 'stdio')
    return {
      ...endpoint,
      command: change(endpoint.command, ['command']),
      args: endpoint.args.map((word, index) => change(word, ['args', String(index)])),
      env: changedMap(endpoint.env, 'env', change),
      ...(endpoint.cwd === undefined ? {} : { cwd: change(endpoint.cwd, ['cwd']) }),
    };
  const { headersHelper, oauth } = endpoint;
  return {
    ...endpoint,
    url: change(endpoint.url, ['url']),
    headers: changedMap(endpoint.headers, 'headers', change),
    ...(headersHelper === undefined ? {} : { headersHelper: change(headersHelper, ['headersHelper']) }),
    ...(oauth === undefined ? {} : { oauth: changedOAuth(oauth, change) }),
  };
}

/** Every text of an entry. */
export function textsOf(entry: ServerEntry): readonly EntryText[] {
  const found: EntryText[] = [];
  mapTexts(entry.endpoint, (text, field) => {
    found.push({ field, text });
    return text;
  });
  return found;
}

/** Names of the environment variables that an entry may expand, sorted. */
export function variableNames(entry: ServerEntry): readonly string[] {
  return [...new Set(textsOf(entry).flatMap(({ text }) => namesOf(text)))].toSorted();
}
