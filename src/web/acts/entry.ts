/**
 * From the forms that add and edit a remote server to the fields of its entry.
 *
 * @module
 */
import { HoldfastError } from '../../base/errors.ts';
import type { EntryChange } from '../../core/config-model.ts';
import type { RemoteEndpoint, Scope } from '../../core/entry.ts';
import { openUrl } from '../screens/entry-form.ts';

type Raw = Readonly<Record<string, unknown>>;

const field = (form: URLSearchParams, name: string): string => (form.get(name) ?? '').trim();

const usage = (text: string, hint: string): HoldfastError => new HoldfastError('ERR_USAGE', text, { hint });

/** Everything that the forms can write; a command or a helper is not among it. */
const WRITABLE_SCOPES: readonly Scope[] = ['own', 'user', 'project'];
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

function addressOf(text: string): string {
  if (/\$\{/.test(text)) return text;
  if (!URL.canParse(text)) throw usage('the address is no URL', 'It begins with https:// or http://.');
  if (!/^https?:$/.test(new URL(text).protocol))
    throw usage('the address is not of the web', 'It begins with https:// or http://.');
  return text;
}

function newHeader(form: URLSearchParams): Readonly<Record<string, string>> {
  const name = field(form, 'header-name');
  const value = field(form, 'header-value');
  if (name === '' && value === '') return {};
  if (!HEADER_NAME.test(name))
    throw usage('the header has no name, or one that cannot be sent', 'Example: Authorization');
  if (value === '') throw usage(`the header ${name} has no value`, 'Type it, or leave the name empty, too.');
  return { [name]: value };
}

function oauthOf(form: URLSearchParams, old: Raw = {}): Raw {
  const { clientId: _id, scopes: _scopes, ...rest } = old;
  const clientId = field(form, 'client-id');
  const scopes = field(form, 'scopes');
  return { ...rest, ...(clientId === '' ? {} : { clientId }), ...(scopes === '' ? {} : { scopes }) };
}

const isEmpty = (record: object): boolean => Object.keys(record).length === 0;

/** What `Fleet.add` takes. Errors: `ERR_USAGE`. */
export function newEntry(form: URLSearchParams): { readonly name: string; readonly scope: Scope; readonly raw: Raw } {
  const scope = WRITABLE_SCOPES.find((one) => one === field(form, 'scope')) ?? 'own';
  const type = field(form, 'type');
  const headers = newHeader(form);
  const oauth = oauthOf(form);
  return {
    name: field(form, 'name'),
    scope,
    raw: {
      ...(type === 'http' || type === 'sse' ? { type } : {}),
      url: addressOf(field(form, 'url')),
      ...(isEmpty(headers) ? {} : { headers }),
      ...(isEmpty(oauth) ? {} : { oauth }),
    },
  };
}

function headersOf(form: URLSearchParams, { headers }: RemoteEndpoint): Readonly<Record<string, string>> {
  const kept = Object.entries(headers).flatMap(([name, value], index) => {
    if (form.get(`drop-${index}`) === 'yes') return [];
    const typed = field(form, `keep-${index}`);
    return [[name, typed === '' ? value : typed] as const];
  });
  return { ...Object.fromEntries(kept), ...newHeader(form) };
}

/** A change of an entry. */
export interface EntryEdit {
  readonly change: EntryChange;
  /** The headers that the entry has would be sent to another machine from now on. */
  readonly movesHeaders: boolean;
  /** The new address. */
  readonly url: string;
}

const originOf = (url: string): string => (URL.canParse(url) ? new URL(url).origin : url);

/** What `Fleet.edit` takes. Errors: `ERR_USAGE`. */
export function entryEdit(form: URLSearchParams, endpoint: RemoteEndpoint): EntryEdit {
  const typed = field(form, 'url');
  // An address that is not shown whole is kept where nobody types another one.
  const url = typed === '' && openUrl(endpoint.url) === '' ? endpoint.url : addressOf(typed);
  const type = field(form, 'type');
  const headers = headersOf(form, endpoint);
  const oauth = oauthOf(form, endpoint.oauth === undefined ? {} : { ...endpoint.oauth });
  const set: Record<string, unknown> = { url };
  const unset: string[] = [];
  const put = (name: string, value: unknown, isSet: boolean): void => {
    if (isSet) set[name] = value;
    else unset.push(name);
  };
  put('type', type, type === 'http' || type === 'sse');
  if (JSON.stringify(headers) !== JSON.stringify(endpoint.headers)) put('headers', headers, !isEmpty(headers));
  if (JSON.stringify(oauth) !== JSON.stringify(endpoint.oauth ?? {})) put('oauth', oauth, !isEmpty(oauth));
  const sends = !isEmpty(endpoint.headers) || endpoint.headersHelper !== undefined;
  return { change: { set, unset }, movesHeaders: sends && originOf(url) !== originOf(endpoint.url), url };
}
