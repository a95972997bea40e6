/**
 * The text of `credentials import` → a login.
 *
 * @module
 */
import { HoldfastError } from '../../base/errors.ts';
import type { CredentialParts } from '../vault/record.ts';
import { EXPORT_SCHEMA, loginOfExport } from './exported.ts';
import { plainLogin } from './plain.ts';
import type { PlainAbout } from './plain.ts';

/** What the caller says beside the text. */
export interface ImportAbout extends Pick<PlainAbout, 'now'> {
  readonly serverUrl?: string;
  readonly profile?: string;
  /** Finds the authorization server of a server. */
  readonly find: (serverUrl: string) => ReturnType<PlainAbout['find']>;
}

type Fields = Readonly<Record<string, unknown>>;

function objectIn(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own words repeat a part of the text.
    value = undefined;
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new HoldfastError('ERR_USAGE', 'what is to be imported is not a JSON object');
}

/** What a person says goes before what the text says. */
function moved(parts: CredentialParts, { serverUrl, profile }: ImportAbout): CredentialParts {
  const key = {
    ...parts.key,
    ...(serverUrl === undefined ? {} : { serverUrl }),
    ...(profile === undefined ? {} : { profile }),
  };
  return { ...parts, key };
}

/** Reads an exported login, or a token answer. Errors: `ERR_USAGE`; no value of the text is ever repeated. */
export async function importedLogin(text: string, about: ImportAbout): Promise<CredentialParts> {
  const value = objectIn(text);
  if (value['schema'] === EXPORT_SCHEMA) {
    const parts = loginOfExport(value);
    if (parts !== undefined) return moved(parts, about);
    throw new HoldfastError('ERR_USAGE', 'the exported login is not whole');
  }
  if (value['schema'] !== undefined)
    throw new HoldfastError('ERR_USAGE', 'the text has a schema that this version does not know');
  const { serverUrl, profile, now, find } = about;
  if (serverUrl === undefined)
    throw new HoldfastError('ERR_USAGE', 'tokens alone do not say for which server they are', {
      hint: 'Name it: --server URL.',
    });
  return plainLogin(value, { serverUrl, profile: profile ?? 'default', now, find: () => find(serverUrl) });
}
