/**
 * Reads TypeScript sources for the spec tests: their files, their imports, and their code without comments and strings.
 *
 * @module
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Top folder of the package. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Every file under `folder` (relative to the package) whose name ends so, as paths with `/`, sorted. */
export function filesUnder(folder: string, ending = '.ts'): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .toSorted();
}

/** Text of a file of the package. */
export function textOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

interface Piece {
  readonly kind: 'code' | 'comment' | 'string';
  readonly text: string;
}

// A slash opens a regular expression where a value may begin: after an operator, a bracket or `return`.
const TOKEN =
  /(?<comment>\/\/[^\n]*|\/\*[\s\S]*?\*\/)|(?<string>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\[\s\S])*`)|(?<=(?:^|[(,=:[!&|?{};]|\breturn|=>)\s*)(?<regexp>\/(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*)/g;

function pieces(source: string): readonly Piece[] {
  const found: Piece[] = [];
  let end = 0;
  for (const match of source.matchAll(TOKEN)) {
    if (match.index > end) found.push({ kind: 'code', text: source.slice(end, match.index) });
    found.push({ kind: match.groups?.['comment'] === undefined ? 'string' : 'comment', text: match[0] });
    end = match.index + match[0].length;
  }
  return [...found, { kind: 'code', text: source.slice(end) }];
}

/** The source without comments. */
export function withoutComments(source: string): string {
  return pieces(source)
    .map(({ kind, text }) => (kind === 'comment' ? ' ' : text))
    .join('');
}

/** The source without comments, strings and regular expressions. The code inside `${}` of templates goes with them. */
export function bareCode(source: string): string {
  return pieces(source)
    .map(({ kind, text }) => (kind === 'code' ? text : kind === 'string' ? '""' : ' '))
    .join('');
}

/** Every string literal of the source, without its quotes and with `${}` of templates left out. */
export function stringsOf(source: string): readonly string[] {
  return pieces(source)
    .filter(({ kind, text }) => kind === 'string' && !text.startsWith('/'))
    .map(({ text }) => text.slice(1, -1).replaceAll(/\$\{[^}]*\}/g, '…'));
}

const STATIC =
  /(?:^|[;\n])\s*(?:import|export)\b[^'";]*?\bfrom\s*['"]([^'"]+)['"]|(?:^|[;\n])\s*import\s*['"]([^'"]+)['"]/g;
const LAZY = /\bimport\s*\(\s*['"]([^'"]+)['"]/g;

/** Module names that the source imports when it is loaded, types included. */
export function staticImportsOf(source: string): readonly string[] {
  return [...withoutComments(source).matchAll(STATIC)].map((match) => match[1] ?? match[2] ?? '');
}

/** Module names that the source imports, types and lazy imports included. */
export function importsOf(source: string): readonly string[] {
  const lazy = [...withoutComments(source).matchAll(LAZY)].map((match) => match[1] ?? '');
  return [...staticImportsOf(source), ...lazy];
}
