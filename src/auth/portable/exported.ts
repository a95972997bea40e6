/**
 * A login as a text that can be taken to another machine, secrets in clear.
 *
 * @module
 */
import type { Credential } from '../../core/credential.ts';
import { fromRecord, toBody } from '../vault/record.ts';
import type { CredentialParts } from '../vault/record.ts';

/** The form of an exported login. */
export const EXPORT_SCHEMA = 'exported-login/v1';

/** Everything of a login, as JSON. */
export function exportedLogin(credential: Credential): string {
  const { id, generation: _, ...parts } = credential;
  const { facts, secrets } = toBody(id, parts, 'login');
  return `${JSON.stringify({ schema: EXPORT_SCHEMA, facts, secrets }, null, 2)}\n`;
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The login in what `exportedLogin` made; `undefined` when it is not whole. */
export function loginOfExport(value: Fields): CredentialParts | undefined {
  const { facts, secrets } = value;
  if (!isFields(facts) || !isFields(secrets)) return undefined;
  if (!Object.values(secrets).every((one) => typeof one === 'string')) return undefined;
  const found = fromRecord({ id: '0', generation: 1, facts, secrets: secrets as Readonly<Record<string, string>> });
  if (found === undefined) return undefined;
  const { id: _, generation: __, ...parts } = found;
  return parts;
}
