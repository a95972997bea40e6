/**
 * An entry of ours in a client's JSON file: single fields are changed, everything else stays as it is written.
 *
 * @module
 */
import { applyEdits, findNodeAtLocation, getNodeValue, modify } from 'jsonc-parser';
import { canonical } from '../canonical.ts';
import { isRecord } from '../entry-check.ts';
import { editJson } from '../json-edit.ts';
import type { JsonChange } from '../json-edit.ts';
import { splitMark, treeOf } from '../syntax.ts';
import { OUR_FIELDS } from './clients.ts';
import type { EntryFields } from './clients.ts';

/** The entry, or the lack of one, that a file is to have. */
export interface Wanted {
  readonly container: readonly string[];
  readonly name: string;
  /** Absent: no entry. */
  readonly fields?: EntryFields;
  /** The element of `inputs` that goes with the entry, and the id by which one of an earlier time is found. */
  readonly input?: EntryFields;
  readonly inputId?: unknown;
}

const isSame = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);

function valueAt(text: string, keys: readonly string[]): unknown {
  const tree = treeOf(text);
  if (!tree.ok) throw new Error(tree.problem);
  const node = findNodeAtLocation(tree.root, [...keys]);
  return node === undefined ? undefined : (getNodeValue(node) as unknown);
}

function entryChanges(text: string, { container, name, fields }: Wanted): readonly JsonChange[] {
  const keys = [...container, name];
  const there = valueAt(text, keys);
  if (fields === undefined) return there === undefined ? [] : [{ keys, value: undefined }];
  if (!isRecord(there)) return isSame(there, fields) ? [] : [{ keys, value: fields }];
  return OUR_FIELDS.filter((field) => !isSame([there[field]], [fields[field]])).map((field) => ({
    keys: [...keys, field],
    value: fields[field],
  }));
}

/** `inputs` with our element in it, or without it. The list is a person's, so only the one element is touched. */
function withInput(text: string, id: unknown, input: EntryFields | undefined): string {
  const inputs = valueAt(text, ['inputs']);
  const list: readonly unknown[] = Array.isArray(inputs) ? inputs : [];
  const at = list.findIndex((one) => isRecord(one) && one['id'] === id);
  const options = {
    formattingOptions: { insertSpaces: !/^\t/m.test(text), tabSize: 2, eol: text.includes('\r\n') ? '\r\n' : '\n' },
  };
  if (input === undefined) return at < 0 ? text : applyEdits(text, modify(text, ['inputs', at], undefined, options));
  if (at >= 0 && isSame(list[at], input)) return text;
  if (inputs === undefined) return editJson(text, [{ keys: ['inputs'], value: [input] }]);
  if (!Array.isArray(inputs)) throw new Error('"inputs" is no list');
  const place = at < 0 ? list.length : at;
  return applyEdits(text, modify(text, ['inputs', place], input, { ...options, isArrayInsertion: at < 0 }));
}

/** The text of a file with what is wanted. Errors: an `Error` for a text that cannot be edited. */
export function writtenJson(before: string | undefined, wanted: Wanted): string {
  const isBlank = before === undefined || before.trim() === '';
  if (isBlank && wanted.fields === undefined) return before ?? '';
  const { mark, body } = splitMark(isBlank ? '{}' : before);
  const edited = editJson(body, entryChanges(body, wanted));
  const whole = wanted.inputId === undefined ? edited : withInput(edited, wanted.inputId, wanted.input);
  valueAt(whole, []);
  return mark + whole + (isBlank ? '\n' : '');
}

/** The entry as text that differs when the entry does; empty where there is none, or no text that can be read. */
export function entryInJson(text: string, { container, name }: Wanted): string {
  const tree = treeOf(splitMark(text).body);
  const node = tree.ok ? findNodeAtLocation(tree.root, [...container, name]) : undefined;
  return node === undefined ? '' : canonical(getNodeValue(node));
}

/** How many entries there are. */
export function countInJson(text: string, container: readonly string[]): number {
  const tree = treeOf(splitMark(text).body);
  return (tree.ok ? findNodeAtLocation(tree.root, [...container])?.children?.length : undefined) ?? 0;
}
