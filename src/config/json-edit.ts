/**
 * Edits of a text that keep comments, order, indentation and everything they do not change.
 *
 * @module
 */
import { findNodeAtLocation, getNodeValue } from 'jsonc-parser';
import type { Node } from 'jsonc-parser';
import { canonical } from './canonical.ts';
import { treeOf } from './syntax.ts';

/** One change: a value to put at a path of keys, or `undefined` to remove what is there. */
export interface JsonChange {
  readonly keys: readonly string[];
  readonly value: unknown;
}

/** The style in which a text is written. */
interface Style {
  /** One level of indentation; empty where everything stands on one line. */
  readonly step: string;
  readonly eol: string;
}

interface Edit {
  readonly offset: number;
  readonly length: number;
  readonly text: string;
}

const TRIVIA = /(?:[ \t\r\n]|\/\*[^]*?\*\/|\/\/[^\n]*)*/;
const REST_OF_LINE = /(?:[ \t]|\/\*[^\n]*?\*\/)*(?:\/\/[^\r\n]*)?/;

function styleOf(text: string): Style {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const body = text.trim();
  if (!body.includes('\n') && body !== '{}') return { step: '', eol };
  const step = /^([ \t]+)["}\]]/m.exec(text)?.[1] ?? '  ';
  return { step: step.startsWith('\t') ? '\t' : step, eol };
}

function rootOf(text: string): Node {
  const tree = treeOf(text);
  if (!tree.ok) throw new Error(`not a text that can be edited: ${tree.problem}`);
  return tree.root;
}

function applied(text: string, edits: readonly Edit[]): string {
  return edits
    .toSorted((a, b) => b.offset - a.offset)
    .reduce((now, edit) => now.slice(0, edit.offset) + edit.text + now.slice(edit.offset + edit.length), text);
}

/** White space from the beginning of the line to `offset`; `undefined` when something else stands there. */
function marginAt(text: string, offset: number): string | undefined {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const margin = text.slice(start, offset);
  return margin.trim() === '' ? margin : undefined;
}

/** The white space with which the line of an offset begins. */
function indentAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? '';
}

function skip(text: string, at: number, pattern: RegExp): number {
  const sticky = new RegExp(pattern.source, 'y');
  sticky.lastIndex = at;
  return sticky.exec(text) === null ? at : sticky.lastIndex;
}

const endOf = (node: Node): number => node.offset + node.length;

/** The offset of the comma behind a member, if there is one. */
function commaBehind(text: string, member: Node): number | undefined {
  const next = skip(text, endOf(member), TRIVIA);
  return text[next] === ',' ? next : undefined;
}

function valueText(value: unknown, style: Style, indent: string): string {
  if (style.step === '') return JSON.stringify(value);
  return JSON.stringify(value, null, style.step).replaceAll('\n', style.eol + indent);
}

/** How a member is written into an object. */
interface Writing {
  readonly style: Style;
  /** Indentation of the line on which the object begins. */
  readonly outer: string;
  /** The member at an indentation. */
  readonly member: (indent: string) => string;
}

/** Where the white space begins in which a new line goes, and that line with what follows it up to the closing brace. */
function ownLine(text: string, at: number, line: string, writing: Writing): Edit {
  const gapEnd = skip(text, at, /\s*/);
  const isBeforeClose = text[gapEnd] === '}';
  const gap = isBeforeClose ? writing.style.eol + writing.outer : '';
  return { offset: at, length: isBeforeClose ? gapEnd - at : 0, text: writing.style.eol + line + gap };
}

/** The only member of an object that has none; comments in it stay above. */
function firstMember(text: string, parent: Node, writing: Writing): readonly Edit[] {
  const { style, outer, member } = writing;
  const from = parent.offset + 1;
  const at = skip(text, from, TRIVIA);
  const indent = outer + style.step;
  if (style.step === '' && at === from) return [{ offset: at, length: 0, text: member(indent) }];
  const space = from + text.slice(from, at).trimEnd().length;
  return [ownLine(text, space, indent + member(indent), writing)];
}

/** A new last member: behind the comments on the line of the one before, which stay with it. */
function nextMember(text: string, last: Node, writing: Writing): readonly Edit[] {
  const { style, outer, member } = writing;
  const indent = marginAt(text, last.offset) ?? outer + style.step;
  const comma = commaBehind(text, last);
  const from = comma === undefined ? endOf(last) : comma + 1;
  const at = skip(text, from, REST_OF_LINE);
  // A list that ends with a comma goes on ending with one. The comma stands behind the member in the list of edits, so
  // that it comes before it where both go to the same place.
  const line = member(indent) + (comma === undefined ? '' : ',');
  const commas: readonly Edit[] = comma === undefined ? [{ offset: endOf(last), length: 0, text: ',' }] : [];
  if (style.step === '' && at === from) return [{ offset: at, length: 0, text: line }, ...commas];
  return [ownLine(text, at, indent + line, writing), ...commas];
}

function insertion(text: string, parent: Node, key: string, value: unknown): readonly Edit[] {
  const style = styleOf(text);
  const member = (indent: string): string =>
    `${JSON.stringify(key)}:${style.step === '' ? '' : ' '}${valueText(value, style, indent)}`;
  const writing = { style, outer: indentAt(text, parent.offset), member };
  const last = parent.children?.at(-1);
  return last === undefined ? firstMember(text, parent, writing) : nextMember(text, last, writing);
}

/** A member taken out, with its comma and, where nothing else stands there, its lines. */
function removal(text: string, member: Node): readonly Edit[] {
  const siblings = member.parent?.children ?? [];
  const before = siblings[siblings.indexOf(member) - 1];
  const comma = commaBehind(text, member);
  const isLast = siblings.at(-1) === member;
  const edits: Edit[] = [];
  let end = endOf(member);
  if (comma === end) end += 1;
  else if (comma !== undefined) edits.push({ offset: comma, length: 1, text: '' });
  const commaBefore = before === undefined ? undefined : commaBehind(text, before);
  if (isLast && comma === undefined && commaBefore !== undefined)
    edits.push({ offset: commaBefore, length: 1, text: '' });
  const margin = marginAt(text, member.offset);
  const lineEnd = skip(text, end, /[ \t]*\r?\n/);
  const isWholeLine = margin !== undefined && lineEnd > end;
  const offset = isWholeLine ? member.offset - margin.length : member.offset;
  return [...edits, { offset, length: (isWholeLine ? lineEnd : end) - offset, text: '' }];
}

function editsFor(text: string, { keys, value }: JsonChange): readonly Edit[] {
  const root = rootOf(text);
  const there = findNodeAtLocation(root, [...keys]);
  if (value === undefined) return there?.parent === undefined ? [] : removal(text, there.parent);
  if (there !== undefined) {
    const written = valueText(value, styleOf(text), indentAt(text, there.parent?.offset ?? there.offset));
    return [{ offset: there.offset, length: there.length, text: written }];
  }
  const depth = keys.findLastIndex((_key, index) => findNodeAtLocation(root, keys.slice(0, index)) !== undefined);
  const parent = findNodeAtLocation(root, keys.slice(0, depth));
  if (parent?.type !== 'object') throw new Error('the edit goes into something that is no object');
  const whole = keys.slice(depth + 1).reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
  return insertion(text, parent, keys[depth] as string, whole);
}

/** What the text must say after a change. */
function meantBy(text: string, change: JsonChange): unknown {
  const root = getNodeValue(rootOf(text)) as Record<string, unknown>;
  let at = root;
  for (const key of change.keys.slice(0, -1)) {
    if (typeof at[key] !== 'object' && change.value === undefined) return root;
    at[key] ??= Object.create(null);
    at = at[key] as Record<string, unknown>;
  }
  const last = change.keys.at(-1) as string;
  if (change.value === undefined) delete at[last];
  else Object.defineProperty(at, last, { value: change.value, enumerable: true, configurable: true, writable: true });
  return root;
}

/**
 * The text with the changes made, one after the other. Every result is parsed again and compared with what was meant, so
 * that an edit that would damage a file is an error here and never reaches the disk. Errors: an `Error` for a text that
 * does not parse.
 */
export function editJson(text: string, changes: readonly JsonChange[]): string {
  return changes.reduce((current, change) => {
    const next = applied(current, editsFor(current, change));
    if (canonical(getNodeValue(rootOf(next))) !== canonical(meantBy(current, change)))
      throw new Error('the edit does not say what was meant');
    return next;
  }, text);
}
