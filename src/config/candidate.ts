/**
 * One entry of one file before it is known which of its name wins.
 *
 * @module
 */
import { safeLine } from '../base/safe-text.ts';
import type { EntrySource, ServerEntry } from '../core/entry.ts';
import type { Fault } from '../core/fault.ts';
import type { SourcePlace } from './dialects/dialect.ts';
import { NAME_PATTERN } from './entry-fields.ts';
import { readEntry } from './entry-read.ts';
import type { RawEntry } from './parse.ts';
import { pointerOf } from './pointer.ts';

/** An entry and where it stands. */
export interface Candidate {
  readonly name: string;
  readonly place: SourcePlace;
  readonly source: EntrySource;
  /** As it stands in the file. */
  readonly raw: RawEntry;
  readonly entry?: ServerEntry;
  readonly problem?: Fault;
  readonly notes: readonly string[];
  /** The file's own `disabled`. */
  readonly disabled: boolean;
}

/** Lines of the fields of entries, for what is found out after a file was read. */
const linesOfEntries = new WeakMap<ServerEntry, RawEntry['lineOf']>();

/** `config-invalid` at a field: `headers.X: what is wrong`. */
export function invalidAt(
  source: EntrySource,
  issue: { readonly field: readonly string[]; readonly text: string },
  line: number,
): Fault {
  const pointer = issue.field.length === 0 ? source.pointer : joined(source.pointer, issue.field);
  const words = issue.field.length === 0 ? issue.text : `${pointerOf(issue.field)} ${issue.text}`;
  return { reason: 'config-invalid', detail: safeLine(words, 300), at: { file: source.file, line, pointer } };
}

function joined(pointer: string, field: readonly string[]): string {
  const tail = pointerOf(field);
  return tail.startsWith('[') ? `${pointer}${tail}` : `${pointer}.${tail}`;
}

/** 1-based line of a field of an entry, as far as it is known. */
export function lineOfField(entry: ServerEntry, field: readonly string[]): number {
  return linesOfEntries.get(entry)?.(field) ?? entry.source.line;
}

/** JSON path of a field of an entry. */
export function pointerOfField(entry: ServerEntry, field: readonly string[]): string {
  return joined(entry.source.pointer, field);
}

/** Reads one entry of a file. Never throws. */
export function candidateOf(place: SourcePlace, raw: RawEntry): Candidate {
  const source: EntrySource = {
    client: place.client,
    scope: place.scope,
    file: place.path,
    line: raw.line,
    pointer: raw.pointer,
  };
  const shown = safeLine(raw.name, 100);
  if (!NAME_PATTERN.test(raw.name)) {
    const text = 'its name may hold letters, digits, "-", "_", "." and ":" only';
    const problem = invalidAt(source, { field: [], text }, raw.line);
    return { name: shown === '' ? '(no name)' : shown, place, source, raw, problem, notes: [], disabled: false };
  }
  const read = readEntry(raw.name, source, raw.value);
  const notes = [...raw.repeated.map((field) => `${field} stands twice; the last one counts`), ...read.notes];
  const about = { name: raw.name, place, source, raw, notes, disabled: read.disabled };
  if ('entry' in read) {
    linesOfEntries.set(read.entry, raw.lineOf);
    return { ...about, entry: read.entry };
  }
  const [first = { field: [], text: 'is not valid' }, ...more] = read.issues;
  const others = more.length === 0 ? '' : `; and ${more.length} more`;
  return {
    ...about,
    problem: invalidAt(source, { field: first.field, text: first.text + others }, raw.lineOf(first.field)),
  };
}
