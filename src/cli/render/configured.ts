/**
 * A configured server as `list`, `get` and `config show` tell it: names of headers and variables, never their values.
 *
 * @module
 */
import type { ConfiguredServer } from '../../core/config-model.ts';
import type { EntrySource, OAuthSettings, RemoteEndpoint, ServerEntry } from '../../core/entry.ts';
import type { SignInModel } from '../../core/words.ts';
import { bareUrl, commandWord, endpointText, maskedArgs } from '../text/mask.ts';

const VARIABLE = /\$\{(\w+)(?::-[^}]*)?\}/g;

/** Everything about an entry that may be shown. */
export interface PublicServer {
  readonly name: string;
  /** `on`, `off`, `awaiting approval`, `changed since approval`, `rejected` or `not valid`. */
  readonly state: string;
  readonly source: EntrySource;
  readonly transport?: string;
  readonly endpoint?: string;
  readonly headerNames?: readonly string[];
  readonly envNames?: readonly string[];
  readonly helper?: string;
  readonly cwd?: string;
  /** How the server signs in, as far as its entry says. */
  readonly signIn?: SignInModel;
  readonly oauth?: Readonly<Record<string, unknown>>;
  readonly variables: readonly string[];
  readonly approval: { readonly state: string; readonly hash?: string };
  readonly enabled: boolean;
  /** The account that it is bound to here. */
  readonly profile?: string;
  readonly problem?: string;
  readonly shadows: readonly EntrySource[];
}

function stateOf({ problem, approval, enabled }: ConfiguredServer): string {
  if (problem !== undefined) return 'not valid';
  if (approval.state === 'rejected') return 'rejected';
  if (!enabled) return 'off';
  if (approval.state === 'awaiting') return 'awaiting approval';
  return approval.state === 'changed' ? 'changed since approval' : 'on';
}

function textsOf(entry: ServerEntry): readonly string[] {
  const { endpoint } = entry;
  if (endpoint.kind === 'stdio')
    return [endpoint.command, ...endpoint.args, ...Object.values(endpoint.env), endpoint.cwd ?? ''];
  const { identityProvider, ...oauth } = endpoint.oauth ?? {};
  const settings = [...Object.values(oauth), ...Object.values(identityProvider ?? {})];
  const texts = settings.filter((value) => typeof value === 'string');
  return [endpoint.url, ...Object.values(endpoint.headers), endpoint.headersHelper ?? '', ...texts];
}

/** Names of the variables that an entry mentions. */
export function variablesOf(entry: ServerEntry): readonly string[] {
  const names = textsOf(entry).flatMap((text) => [...text.matchAll(VARIABLE)].map((match) => match[1] ?? ''));
  return [...new Set(names)];
}

function signInOf({ headersHelper, headers, oauth }: RemoteEndpoint): SignInModel {
  if (headersHelper !== undefined) return 'helper';
  if (Object.keys(headers).length > 0) return 'headers';
  return oauth === undefined ? 'none' : 'oauth';
}

function endpointFacts(entry: ServerEntry): Partial<PublicServer> {
  const { endpoint } = entry;
  if (endpoint.kind === 'stdio')
    return {
      transport: 'stdio',
      signIn: 'stdio',
      endpoint: endpointText(entry),
      envNames: Object.keys(endpoint.env),
      ...(endpoint.cwd === undefined ? {} : { cwd: endpoint.cwd }),
    };
  return {
    transport: endpoint.kind,
    signIn: signInOf(endpoint),
    endpoint: endpointText(entry),
    headerNames: Object.keys(endpoint.headers),
    ...(endpoint.headersHelper === undefined ? {} : { helper: commandWord(endpoint.headersHelper) }),
    ...(endpoint.oauth === undefined ? {} : { oauth: maskedOAuth(endpoint.oauth) }),
  };
}

/** What may be shown of a configured server. */
export function publicServer(server: ConfiguredServer): PublicServer {
  const { name, source, entry, problem, approval, enabled, shadows } = server;
  return {
    name,
    state: stateOf(server),
    source,
    ...(entry === undefined ? {} : endpointFacts(entry)),
    variables: entry === undefined ? [] : variablesOf(entry),
    approval: { state: approval.state, ...(approval.hash === undefined ? {} : { hash: approval.hash }) },
    enabled,
    ...(server.profile === undefined ? {} : { profile: server.profile }),
    ...(problem === undefined ? {} : { problem: problem.detail ?? problem.reason }),
    shadows,
  };
}

const SECRET_SETTINGS: ReadonlySet<string> = new Set(['clientSecret', 'privateKey', 'assertion', 'idToken']);
const URL_SETTING = /url$|^issuer$|endpoint$/i;

function maskedSetting(key: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (SECRET_SETTINGS.has(key)) return /^\$\{\w+\}$/.test(value) ? value : '[hidden]';
  return URL_SETTING.test(key) ? bareUrl(value) : value;
}

const maskedSettings = (settings: object): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(settings).map(([key, value]: [string, unknown]) => [key, maskedSetting(key, value)]),
  );

/** Sign-in settings with their secrets hidden; a variable alone is shown by its name. */
function maskedOAuth({ identityProvider, ...oauth }: OAuthSettings): Readonly<Record<string, unknown>> {
  const provider = identityProvider === undefined ? {} : { identityProvider: maskedSettings(identityProvider) };
  return { ...maskedSettings(oauth), ...provider };
}

const hidden = (record: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(record).map(([key, value]) => [key, /^\$\{\w+\}$/.test(value) ? value : '[hidden]']),
  );

/** The entry as a file would hold it, values hidden. */
export function maskedEntry({ endpoint }: ServerEntry): Readonly<Record<string, unknown>> {
  if (endpoint.kind === 'stdio')
    return {
      command: endpoint.command,
      args: maskedArgs(endpoint.args),
      ...(Object.keys(endpoint.env).length === 0 ? {} : { env: hidden(endpoint.env) }),
      ...(endpoint.cwd === undefined ? {} : { cwd: endpoint.cwd }),
    };
  return {
    ...(endpoint.kind === 'auto' ? {} : { type: endpoint.kind }),
    url: bareUrl(endpoint.url),
    ...(Object.keys(endpoint.headers).length === 0 ? {} : { headers: hidden(endpoint.headers) }),
    ...(endpoint.headersHelper === undefined ? {} : { headersHelper: commandWord(endpoint.headersHelper) }),
    ...(endpoint.oauth === undefined ? {} : { oauth: maskedOAuth(endpoint.oauth) }),
  };
}
