/**
 * The value of one entry → `ServerEntry`, or what is wrong with it.
 *
 * @module
 */
import { safeLine } from '../base/safe-text.ts';
import type {
  EntrySettings,
  EntrySource,
  OAuthSettings,
  RemoteEndpoint,
  ServerEntry,
  StdioEndpoint,
} from '../core/entry.ts';
import type { GatewayRules } from '../core/gateway-rules.ts';
import type { NumberOverrides } from '../core/numbers.ts';
import { NUMBERS } from '../core/numbers.ts';
import { checkTypes } from './entry-check.ts';
import type { Issue } from './entry-check.ts';
import { GATEWAY_RULES, SHORTEST_TIMEOUT_MS, TYPE_NAMES, URL_NAMES } from './entry-fields.ts';
import { textsOf } from './entry-texts.ts';
import { OAUTH_FIELDS } from './oauth-fields.ts';
import { oauthIssues, withoutEmpty } from './oauth-rule.ts';
import { urlIssue } from './url-rule.ts';
import { foreignForms, namesOf } from './variables.ts';

/** An entry whose types are right. */
interface RightEntry {
  readonly type?: keyof typeof TYPE_NAMES;
  readonly command?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly url?: string;
  readonly serverUrl?: string;
  readonly httpUrl?: string;
  readonly uri?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly headersHelper?: string;
  readonly headersHelperTtl?: number;
  readonly oauth?: OAuthSettings;
  readonly timeout?: number;
  readonly connectTimeout?: number;
  readonly protocolEra?: EntrySettings['protocolEra'];
  readonly disabled?: boolean;
  readonly holdfast?: NumberOverrides & GatewayRules;
}

/** An entry read: valid, or a list of what is wrong. Notes say what was passed over. */
export type ReadEntry = { readonly disabled: boolean; readonly notes: readonly string[] } & (
  | { readonly entry: ServerEntry }
  | { readonly issues: readonly Issue[] }
);

const TOKEN = /^[!#$%&'*+\-.^_`|~\w]+$/;

/** What is wrong with an address as it stands in the file; one with variables is judged after they are expanded. */
const unexpandedUrlIssue = (text: string): string | undefined =>
  namesOf(text).length > 0 ? undefined : urlIssue(text);

const issue = (field: readonly string[], text: string): Issue => ({ field, text });

/** The name of the address that the entry uses, if any. */
function urlField(raw: RightEntry): (typeof URL_NAMES)[number] | undefined {
  return URL_NAMES.find((name) => raw[name] !== undefined);
}

function stdioEndpoint(raw: RightEntry): StdioEndpoint | readonly Issue[] {
  const { command = '', cwd } = raw;
  if (command.trim() === '') return [issue(['command'], 'must name the program of the server')];
  if (cwd === '') return [issue(['cwd'], 'must not be empty')];
  return {
    kind: 'stdio',
    command,
    args: raw.args ?? [],
    env: raw.env ?? {},
    ...(cwd === undefined ? {} : { cwd }),
  };
}

/** The settings that we know. */
function oauthOf(raw: OAuthSettings): OAuthSettings {
  const known = Object.entries(raw).filter(([key]) => Object.hasOwn(OAUTH_FIELDS, key));
  return withoutEmpty(Object.fromEntries(known));
}

function remoteIssues(raw: RightEntry, field: string, url: string): readonly Issue[] {
  const found: Issue[] = [];
  const wrongUrl = unexpandedUrlIssue(url);
  if (wrongUrl !== undefined) found.push(issue([field], wrongUrl));
  for (const name of Object.keys(raw.headers ?? {}))
    if (!TOKEN.test(name)) found.push(issue(['headers', name], 'is not a header name'));
  if (raw.headersHelper?.trim() === '') found.push(issue(['headersHelper'], 'must not be empty'));
  return raw.oauth === undefined ? found : [...found, ...oauthIssues(oauthOf(raw.oauth))];
}

function remoteEndpoint(raw: RightEntry, kind: RemoteEndpoint['kind']): RemoteEndpoint | readonly Issue[] {
  const field = urlField(raw);
  if (field === undefined) return [issue(['url'], 'is missing; a remote server needs it')];
  const url = raw[field] ?? '';
  const issues = remoteIssues(raw, field, url);
  if (issues.length > 0) return issues;
  const { headersHelper, headersHelperTtl, oauth } = raw;
  return {
    kind,
    url,
    headers: raw.headers ?? {},
    ...(headersHelper === undefined ? {} : { headersHelper }),
    ...(headersHelperTtl === undefined ? {} : { headersHelperTtlMs: headersHelperTtl }),
    ...(oauth === undefined ? {} : { oauth: oauthOf(oauth) }),
  };
}

function endpointOf(raw: RightEntry): StdioEndpoint | RemoteEndpoint | readonly Issue[] {
  if (raw.type !== undefined) {
    const kind = TYPE_NAMES[raw.type];
    return kind === 'stdio' ? stdioEndpoint(raw) : remoteEndpoint(raw, kind);
  }
  const field = urlField(raw);
  if (raw.command !== undefined && field !== undefined)
    return [issue([field], 'stands beside "command"; say which one counts with "type"')];
  if (raw.command === undefined && field === undefined)
    return [issue([], 'needs "command" (a local server) or "url" (a remote one)')];
  return field === undefined ? stdioEndpoint(raw) : remoteEndpoint(raw, 'auto');
}

function settingsOf(raw: RightEntry, kind: string): EntrySettings {
  const own = raw.holdfast ?? {};
  const known = Object.fromEntries(Object.entries(own).filter(([key]) => Object.hasOwn(NUMBERS, key)));
  const gateway: GatewayRules = Object.fromEntries(
    Object.entries(own).filter(([key]) => Object.hasOwn(GATEWAY_RULES, key)),
  );
  const isTimed = raw.timeout !== undefined && raw.timeout >= SHORTEST_TIMEOUT_MS;
  return {
    protocolEra: raw.protocolEra ?? (kind === 'stdio' ? 'legacy' : 'auto'),
    numbers: {
      ...(isTimed ? { callTotalMs: raw.timeout } : {}),
      ...(raw.connectTimeout === undefined ? {} : { connectTimeoutMs: raw.connectTimeout }),
      ...known,
    },
    ...(Object.keys(gateway).length === 0 ? {} : { gateway }),
  };
}

function notesOf(raw: RightEntry, entry: ServerEntry | undefined): readonly string[] {
  const notes: string[] = [];
  if (raw.timeout !== undefined && raw.timeout < SHORTEST_TIMEOUT_MS)
    notes.push(`timeout: ${raw.timeout} ms is below ${SHORTEST_TIMEOUT_MS} and is passed over`);
  for (const key of Object.keys(raw.oauth ?? {}))
    if (!Object.hasOwn(OAUTH_FIELDS, key)) notes.push(`oauth.${safeLine(key, 60)}: is not known and is passed over`);
  for (const { field, text } of entry === undefined ? [] : textsOf(entry)) {
    const [form] = foreignForms(text);
    if (form !== undefined) notes.push(`${field.join('.')}: ${form} is text here; variables are written \${NAME}`);
  }
  return notes;
}

/** Reads one entry. Never throws. */
export function readEntry(name: string, source: EntrySource, value: unknown): ReadEntry {
  const issues = checkTypes(value);
  if (issues.length > 0) return { disabled: false, notes: [], issues };
  const raw = value as RightEntry;
  const disabled = raw.disabled === true;
  const endpoint = endpointOf(raw);
  if (!('kind' in endpoint)) return { disabled, notes: notesOf(raw, undefined), issues: endpoint };
  const entry: ServerEntry = { name, source, endpoint, settings: settingsOf(raw, endpoint.kind) };
  return { disabled, notes: notesOf(raw, entry), entry };
}
