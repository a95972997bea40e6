/**
 * The files of a project that an entry of it runs: an approval holds only as long as their content does.
 *
 * @module
 */
import { extname, isAbsolute, relative, resolve } from 'node:path';
import type { ServerEntry } from '../core/entry.ts';
import type { Files } from '../core/machine.ts';
import { textsOf } from './entry-texts.ts';
import { expand, namesOf } from './variables.ts';

/** One script: where it really is, and what is in it. */
export interface Script {
  /** Real path. */
  readonly path: string;
  /** SHA-256 of the bytes, hex. */
  readonly digest: string;
}

const SEPARATORS = /[\s"'`;|&()<>=,:]+/;
/** A very long text (an inlined program) names no more files than this. */
const MOST_WORDS = 500;

/** Endings of files that are run or loaded as code. Data that a server writes (a database) must not ask for approval again. */
const CODE =
  /^\.(?:[cm]?[jt]sx?|py[cwz]?|rb|pl|pm|php|lua|tcl|r|jl|ex|exs|erl|clj|scala|kts?|groovy|jar|war|class|wasm|node|so|dylib|dll|exe|bat|cmd|ps1|psm1|vbs|sh|bash|zsh|fish|ksh|awk|sed|go|rs|java|swift|nim|mk|env|dockerfile)$/i;

/** Whether a file is one that runs: by its ending, because it has none, or because it may be executed. */
function isCode(path: string, mode: number): boolean {
  const ending = extname(path);
  return ending === '' || CODE.test(ending) || (mode & 0o111) !== 0;
}

/** Whether `path` is inside `folder`. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && !way.startsWith('..') && !isAbsolute(way);
}

// With defaults filled in, and our best guess for the folder: other variables are not known before the approval.
function likelyText(text: string, projectRoot: string): string {
  const known = { CLAUDE_PROJECT_DIR: projectRoot, PWD: projectRoot };
  const blanks = Object.fromEntries(namesOf(text).map((name) => [name, '']));
  const expanded = expand(text, { ...blanks, ...known });
  return expanded.ok ? expanded.text : text;
}

/** The words of an entry that may name files: whole texts, and their parts between blanks and shell marks. */
function wordsOf(entry: ServerEntry, projectRoot: string): readonly string[] {
  const runs = textsOf(entry).filter(({ field }) =>
    ['command', 'args', 'env', 'headersHelper'].includes(field[0] ?? ''),
  );
  const texts = runs.map(({ text }) => likelyText(text, projectRoot));
  const words = texts.flatMap((text) => [text, ...text.split(SEPARATORS)]);
  return [...new Set(words.filter((word) => word !== '' && word.length < 4_096 && !word.includes('\0')))].slice(
    0,
    MOST_WORDS,
  );
}

function foldersOf(entry: ServerEntry, projectRoot: string): readonly string[] {
  const { endpoint } = entry;
  const cwd = endpoint.kind === 'stdio' ? endpoint.cwd : undefined;
  return cwd === undefined ? [projectRoot] : [projectRoot, resolve(projectRoot, likelyText(cwd, projectRoot))];
}

/** Files inside the project that the command, arguments, environment or helper of an entry name. Sorted by path. */
export async function scriptsOf(files: Files, entry: ServerEntry, projectRoot: string): Promise<readonly Script[]> {
  const paths = new Set(
    foldersOf(entry, projectRoot).flatMap((folder) =>
      wordsOf(entry, projectRoot)
        .map((word) => resolve(folder, word))
        .filter((path) => isInside(projectRoot, path)),
    ),
  );
  const found = new Map<string, string>();
  await Promise.all(
    [...paths].map(async (path) => {
      const facts = await files.facts(path).catch(() => undefined);
      if (facts?.kind !== 'file' || !isCode(path, facts.mode)) return;
      // A name that cannot be looked at (too long, no access) cannot be run from here either.
      const digest = await files.digest(path).catch(() => undefined);
      const real = digest === undefined ? undefined : await files.real(path);
      if (digest !== undefined && real !== undefined) found.set(real, digest);
    }),
  );
  return [...found].map(([path, digest]) => ({ path, digest })).toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
