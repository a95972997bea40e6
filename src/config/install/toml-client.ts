/**
 * An entry of ours in a TOML file: one table is appended, or its fields are changed in place. A file that keeps its
 * servers in another form than tables is left alone.
 *
 * @module
 */
import { OUR_FIELDS } from './clients.ts';
import type { EntryFields } from './clients.ts';
import type { Wanted } from './json-client.ts';
import { scanToml } from './toml-scan.ts';
import type { Statement } from './toml-scan.ts';

const BARE_KEY = /^[\w-]+$/;
const keyText = (key: string): string => (BARE_KEY.test(key) ? key : JSON.stringify(key));

/** A text, or a list of texts. JSON's escapes are TOML's, but for DEL. */
function valueText(value: unknown): string {
  const text = Array.isArray(value) ? `[${value.map((one) => JSON.stringify(one)).join(', ')}]` : JSON.stringify(value);
  return text.replaceAll('\u007F', String.raw`\u007F`);
}

const startsWith = (keys: readonly string[], path: readonly string[]): boolean =>
  path.every((key, index) => keys[index] === key);

/** The tables of a text: each header with the pairs behind it; the first has no header. */
interface Table {
  readonly header?: Statement;
  readonly path: readonly string[];
  readonly pairs: readonly Statement[];
}

function tablesOf(statements: readonly Statement[]): readonly Table[] {
  const tables: { header?: Statement; path: readonly string[]; pairs: Statement[] }[] = [{ path: [], pairs: [] }];
  for (const statement of statements) {
    if (statement.kind === 'pair') tables.at(-1)?.pairs.push(statement);
    else tables.push({ header: statement, path: statement.keys, pairs: [] });
  }
  return tables;
}

function read(text: string): readonly Table[] {
  const statements = scanToml(text);
  if (typeof statements === 'string') throw new Error(statements);
  return tablesOf(statements);
}

/** Whether the entry, or what holds it, stands in a form that is not edited here. */
function isElsewhere({ path, pairs, header }: Table, entry: readonly string[]): boolean {
  if (header?.kind === 'array-table' && startsWith(entry, path)) return true;
  return pairs.some(({ keys }) => {
    const whole = [...path, ...keys];
    const isInside = path.length < entry.length && startsWith(whole, entry);
    return isInside || (whole.length < entry.length && startsWith(entry, whole));
  });
}

/** Where a table ends: behind its last pair, so that comments before the next header stay with that. */
const endOf = ({ header, pairs }: Table): number => pairs.at(-1)?.end ?? header?.end ?? 0;

function appended(text: string, entry: readonly string[], lines: readonly string[], eol: string): string {
  const gap = text === '' ? '' : text.endsWith('\n') ? eol : eol + eol;
  return `${text}${gap}[${entry.map((key) => keyText(key)).join('.')}]${eol}${lines.map((line) => line + eol).join('')}`;
}

function changed(text: string, table: Table, fields: EntryFields, eol: string): string {
  const ours = table.pairs.filter(({ keys }) => keys.length === 1 && OUR_FIELDS.includes(keys[0] ?? ''));
  const wanted = Object.entries(fields);
  const isThere = ([field, value]: readonly [string, unknown]): boolean =>
    ours.some(({ keys, value: there }) => keys[0] === field && there.trim() === valueText(value));
  if (ours.length === wanted.length && wanted.every((one) => isThere(one))) return text;
  const at = ours[0]?.start ?? table.header?.end ?? 0;
  const lines = wanted.map(([field, value]) => `${keyText(field)} = ${valueText(value)}${eol}`).join('');
  const before = text.slice(0, at);
  const glue = before === '' || before.endsWith('\n') ? '' : eol;
  let after = '';
  let from = at;
  for (const { start, end } of ours) {
    after += text.slice(from, start);
    from = end;
  }
  return before + glue + lines + after + text.slice(from);
}

function removed(text: string, tables: readonly Table[]): string {
  return tables.toReversed().reduce((now, table) => {
    const start = table.header?.start ?? 0;
    // The empty line that set the table apart goes with it.
    const gap = /\n(\r?\n)$/.exec(now.slice(0, start))?.[1]?.length ?? 0;
    return now.slice(0, start - gap) + now.slice(endOf(table));
  }, text);
}

/** The rest of a text: every statement that is not the entry's. It must be the same after an edit. */
function rest(text: string, entry: readonly string[]): string {
  return JSON.stringify(
    read(text)
      .filter(({ path }) => !startsWith(path, entry))
      .map(({ path, pairs }) => [path, pairs.map(({ keys, value }) => [keys, value])]),
  );
}

/** The text of a file with what is wanted. Errors: an `Error` for a text that cannot be edited safely. */
export function writtenToml(before: string | undefined, { container, name, fields }: Wanted): string {
  const text = before ?? '';
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const entry = [...container, name];
  const tables = read(text);
  if (tables.some((table) => isElsewhere(table, entry)))
    throw new Error(`${entry.join('.')} is not written as a table of its own`);
  const ours = tables.filter(({ path }) => startsWith(path, entry));
  const own = ours.find(({ path }) => path.length === entry.length);
  const lines = Object.entries(fields ?? {}).map(([field, value]) => `${keyText(field)} = ${valueText(value)}`);
  let after: string;
  if (fields === undefined) after = removed(text, ours);
  else if (own === undefined) after = appended(text, entry, lines, eol);
  else after = changed(text, own, fields, eol);
  if (rest(after, entry) !== rest(text, entry)) throw new Error('the edit would change something else');
  return after;
}

/** The entry as it is written; empty where there is none, or no text that can be read. */
export function entryInToml(text: string, { container, name }: Wanted): string {
  const statements = scanToml(text);
  if (typeof statements === 'string') return '';
  return tablesOf(statements)
    .filter(({ path }) => startsWith(path, [...container, name]))
    .map((table) => text.slice(table.header?.start ?? 0, endOf(table)))
    .join('');
}
