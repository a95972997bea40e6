/**
 * The words of `edit` → a change of fields.
 *
 * @module
 */
import type { EntryChange } from '../core/config-model.ts';
import type { ServerEntry } from '../core/entry.ts';
import { usageError } from './errors.ts';

// These are texts, whatever they look like.
const TEXTS: ReadonlySet<string> = new Set(['type', 'url', 'command', 'cwd', 'headersHelper']);
const MAPS: ReadonlySet<string> = new Set(['headers', 'env', 'oauth']);

function valueOf(field: string, text: string): unknown {
  if (TEXTS.has(field)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    if (/^\s*[[{]/.test(text)) throw usageError(`the value of ${field} is not JSON`);
    return text;
  }
}

function mapOf(entry: ServerEntry | undefined, field: string): Record<string, unknown> {
  const endpoint = entry?.endpoint;
  if (endpoint === undefined) return {};
  if (endpoint.kind === 'stdio') return field === 'env' ? { ...endpoint.env } : {};
  if (field === 'headers') return { ...endpoint.headers };
  return field === 'oauth' ? { ...endpoint.oauth } : {};
}

/**
 * `url=…`, `args=["-v"]`, `headers.X-Api-Key=…`, and fields to remove. Inside `headers` and `env` every value is a text.
 * `entry` is what stands in the file now: single keys of its maps are changed, the others kept. Errors: `ERR_USAGE`.
 */
export function changeOf(
  words: readonly string[],
  unset: readonly string[],
  entry: ServerEntry | undefined,
): EntryChange {
  const set: Record<string, unknown> = {};
  const maps = new Map<string, Record<string, unknown>>();
  const map = (field: string): Record<string, unknown> => {
    const known = maps.get(field) ?? mapOf(entry, field);
    maps.set(field, known);
    return known;
  };
  for (const word of words) {
    const at = word.indexOf('=');
    if (at < 1) throw usageError(`"${word}" is not KEY=VALUE`, 'To remove a field use --unset KEY.');
    const [field = '', ...rest] = word.slice(0, at).split('.');
    const value = word.slice(at + 1);
    if (rest.length === 0) set[field] = valueOf(field, value);
    else if (MAPS.has(field)) map(field)[rest.join('.')] = field === 'oauth' ? valueOf(rest.join('.'), value) : value;
    else throw usageError(`${field} has no keys of its own`, 'headers, env and oauth have.');
  }
  const gone: string[] = [];
  for (const key of unset) {
    const [field = '', ...rest] = key.split('.');
    if (rest.length === 0) gone.push(field);
    else delete map(field)[rest.join('.')];
  }
  for (const [field, value] of maps) {
    if (Object.keys(value).length === 0) gone.push(field);
    else set[field] = value;
  }
  return { set, unset: gone };
}
