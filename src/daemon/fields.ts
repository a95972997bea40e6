/**
 * The fields of a request's body, checked by hand at the border: what passes here has the type it claims.
 *
 * @module
 */
import { HoldfastError } from '../base/errors.ts';
import type { Scope } from '../core/entry.ts';
import type { View } from '../core/view.ts';

/** A JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

const SCOPES: Readonly<Record<Scope, true>> = {
  local: true,
  project: true,
  user: true,
  own: true,
  file: true,
  library: true,
};

function wrong(field: string, want: string): HoldfastError {
  return new HoldfastError('ERR_USAGE', `the field "${field}" of the request must be ${want}`);
}

/** Whether a value is a JSON object. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A string that must be there. */
export function textOf(fields: Fields, field: string): string {
  const value = fields[field];
  if (typeof value !== 'string') throw wrong(field, 'a string');
  return value;
}

/** A string, or `undefined` where there is none. */
export function maybeText(fields: Fields, field: string): string | undefined {
  return fields[field] === undefined ? undefined : textOf(fields, field);
}

/** A number of at least 0, or `undefined` where there is none. */
export function maybeCount(fields: Fields, field: string): number | undefined {
  const value = fields[field];
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) throw wrong(field, 'a number of at least 0');
  return value;
}

/** `true` or not. */
export function flagOf(fields: Fields, field: string): boolean {
  const value = fields[field];
  if (value !== undefined && typeof value !== 'boolean') throw wrong(field, 'true or false');
  return value === true;
}

/** An object, or `undefined` where there is none. */
export function maybeFields(fields: Fields, field: string): Fields | undefined {
  const value = fields[field];
  if (value !== undefined && !isFields(value)) throw wrong(field, 'an object');
  return value;
}

/** An object that must be there. */
export function fieldsOf(fields: Fields, field: string): Fields {
  const value = maybeFields(fields, field);
  if (value === undefined) throw wrong(field, 'an object');
  return value;
}

/** A list of strings, or `undefined` where there is none. */
export function maybeTexts(fields: Fields, field: string): readonly string[] | undefined {
  const value = fields[field];
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || value.some((item) => typeof item !== 'string')) throw wrong(field, 'a list of strings');
  return value as readonly string[];
}

/** One of these words, or `undefined` where there is none. */
export function maybeWord<W extends string>(fields: Fields, field: string, words: readonly W[]): W | undefined {
  const value = maybeText(fields, field);
  if (value !== undefined && !words.some((word) => word === value)) throw wrong(field, words.join(', '));
  return value as W | undefined;
}

/** A scope, or `undefined` where there is none. */
export function maybeScope(fields: Fields, field: string): Scope | undefined {
  const value = maybeText(fields, field);
  if (value !== undefined && !Object.hasOwn(SCOPES, value)) throw wrong(field, Object.keys(SCOPES).join(', '));
  return value as Scope | undefined;
}

function variablesOf(fields: Fields): Readonly<Record<string, string>> {
  const values = fieldsOf(fields, 'variables');
  if (Object.values(values).some((value) => typeof value !== 'string'))
    throw wrong('variables', 'an object of strings');
  return values as Readonly<Record<string, string>>;
}

// Its type keeps it complete: a field that is forgotten here would be lost on the way to the daemon.
const VIEW_FIELDS: { readonly [K in keyof View]-?: (view: Fields, field: string) => View[K] } = {
  projectRoot: maybeText,
  workingFolder: maybeText,
  configDir: textOf,
  home: textOf,
  claudeConfigDir: maybeText,
  files: maybeTexts,
  profile: maybeText,
  variables: variablesOf,
  path: textOf,
};

/** The view of a request. Unknown fields of a newer client are left out. */
export function viewOf(fields: Fields): View | undefined {
  const view = maybeFields(fields, 'view');
  if (view === undefined) return undefined;
  const read = Object.entries(VIEW_FIELDS).map(([field, take]) => [field, take(view, field)] as const);
  return Object.fromEntries(read.filter(([, value]) => value !== undefined)) as unknown as View;
}
