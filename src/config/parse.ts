/**
 * The text of a file → its entries, each with its line and JSON path. One bad entry never hides the others.
 *
 * @module
 */
import { findNodeAtLocation, getNodeValue } from 'jsonc-parser';
import type { Node } from 'jsonc-parser';
import { Lines } from './lines.ts';
import { locate } from './locate.ts';
import { pointerOf } from './pointer.ts';
import { splitMark, treeOf } from './syntax.ts';

/** One entry as it stands in a file. */
export interface RawEntry {
  readonly name: string;
  /** 1-based. */
  readonly line: number;
  readonly pointer: string;
  /** What stands there; not an object if the entry is bad. */
  readonly value: unknown;
  /** 1-based line of a field; that of the nearest value above it where the field is not written out. */
  readonly lineOf: (field: readonly string[]) => number;
  /** Fields that are written twice; the last one counts. */
  readonly repeated: readonly string[];
}

/** One object of entries. */
export interface RawContainer {
  readonly entries: readonly RawEntry[];
  /** Entries that a later one of the same name in this object replaces. */
  readonly replaced: readonly { readonly entry: RawEntry; readonly by: RawEntry }[];
  readonly notes: readonly string[];
  /** Why there are no entries though the file could be read: `line: what`. */
  readonly problem?: string;
}

/** What is asked of a file. */
export interface ContainerAsk {
  readonly container: readonly string[];
  readonly strangers: readonly string[];
}

/** A file read: its containers in the order asked for, or `line:column: what` is wrong with the whole of it. */
export type ParsedFile =
  | { readonly ok: true; readonly containers: readonly RawContainer[] }
  | { readonly ok: false; readonly problem: string };

const EMPTY: RawContainer = { entries: [], replaced: [], notes: [] };

/** A syntax tree that may begin in the middle of the file. */
interface Part {
  readonly node: Node;
  readonly offset: number;
  readonly lines: () => Lines;
  readonly times: number;
}

const lineAt = (part: Part, offset: number): number => part.lines().at(part.offset + offset).line;

function members(node: Node): readonly { readonly key: string; readonly property: Node; readonly value: Node }[] {
  return (node.children ?? []).flatMap((property) => {
    const [key, value] = property.children ?? [];
    return key === undefined || value === undefined ? [] : [{ key: key.value as string, property, value }];
  });
}

function repeatedIn(node: Node): readonly string[] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const { key, value } of members(node)) {
    if (seen.has(key)) twice.add(key);
    seen.add(key);
    if (value.type === 'object') for (const inner of repeatedIn(value)) twice.add(`${key}.${inner}`);
  }
  return [...twice];
}

function nearestNode(node: Node, field: readonly string[]): Node {
  for (let length = field.length; length > 0; length -= 1) {
    const keys = field.slice(0, length).map((key) => (/^\d+$/.test(key) ? Number(key) : key));
    const found = findNodeAtLocation(node, keys) ?? findNodeAtLocation(node, field.slice(0, length));
    if (found !== undefined) return found.parent?.type === 'property' ? found.parent : found;
  }
  return node;
}

function entriesOf(part: Part, container: readonly string[]): RawContainer {
  const { node } = part;
  const where = pointerOf(container);
  if (node.type !== 'object') return { ...EMPTY, problem: `${lineAt(part, node.offset)}: ${where} must be an object` };
  const byName = new Map<string, RawEntry>();
  const replaced: RawContainer['replaced'][number][] = [];
  for (const { key, property, value } of members(node)) {
    const line = lineAt(part, property.offset);
    const entry: RawEntry = {
      name: key,
      line,
      pointer: pointerOf([...container, key]),
      value: getNodeValue(value) as unknown,
      lineOf: (field) => (field.length === 0 ? line : lineAt(part, nearestNode(value, field).offset)),
      repeated: value.type === 'object' ? repeatedIn(value) : [],
    };
    const earlier = byName.get(key);
    if (earlier !== undefined) replaced.push({ entry: earlier, by: entry });
    byName.set(key, entry);
  }
  const notes = part.times > 1 ? [`${where} stands ${part.times} times; the last one counts`] : [];
  return { entries: [...byName.values()], replaced, notes };
}

/** The value at the keys, or `line: what` is wrong with it. */
type Finder = (keys: readonly string[]) => Part | string | undefined;

/** Strict JSON: only the parts that are asked for become trees. */
function strictFinder(text: string, lines: () => Lines): Finder | undefined {
  try {
    const root: unknown = JSON.parse(text);
    if (typeof root !== 'object' || root === null || Array.isArray(root)) return undefined;
  } catch {
    return undefined;
  }
  return (keys) => {
    const found = locate(text, keys);
    if (found === undefined) return undefined;
    const tree = treeOf(`{"part":${text.slice(found.start, found.end)}}`);
    if (!tree.ok) return `${lines().at(found.start).line}: ${pointerOf(keys)} is nested too deeply`;
    const node = findNodeAtLocation(tree.root, ['part']) as Node;
    return { node, offset: found.start - node.offset, lines, times: found.times };
  };
}

/** Of a tree of the whole file, the last value of a key that stands more than once. */
function looseFinder(root: Node, lines: () => Lines): Finder {
  return (keys) => {
    let node = root;
    let times = 1;
    for (const key of keys) {
      const same = members(node).filter((member) => member.key === key);
      const last = same.at(-1);
      if (last === undefined) return undefined;
      node = last.value;
      times = same.length;
    }
    return { node, offset: 0, lines, times };
  };
}

function containerOf(find: Finder, ask: ContainerAsk): RawContainer {
  const part = find(ask.container);
  if (typeof part === 'string') return { ...EMPTY, problem: part };
  if (part !== undefined) return entriesOf(part, ask.container);
  const wanted = pointerOf(ask.container);
  for (const key of ask.strangers) {
    const stranger = find([key]);
    if (typeof stranger !== 'object' || stranger.node.type !== 'object') continue;
    const line = lineAt(stranger, stranger.node.offset);
    const problem = `${line}: "${key}" is how VS Code writes it; rename the key to "${wanted}"`;
    return { ...EMPTY, problem };
  }
  return EMPTY;
}

/** Parses the text of a file. Comments, trailing commas and a byte order mark are accepted. */
export function parseFile(text: string, asks: readonly ContainerAsk[]): ParsedFile {
  const { body } = splitMark(text);
  let known: Lines | undefined;
  const lines = (): Lines => (known ??= new Lines(body));
  let find = strictFinder(body, lines);
  if (find === undefined) {
    const tree = treeOf(body);
    if (!tree.ok) return tree;
    find = looseFinder(tree.root, lines);
  }
  const finder = find;
  return { ok: true, containers: asks.map((ask) => containerOf(finder, ask)) };
}
