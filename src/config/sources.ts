/**
 * Reads the files of a view. A file that cannot be read or parsed keeps the entries of its last good reading.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import type { SourceFile } from '../core/config-model.ts';
import type { FileFacts, Files } from '../core/machine.ts';
import { candidateOf } from './candidate.ts';
import type { Candidate } from './candidate.ts';
import type { SourcePlace } from './dialects/dialect.ts';
import { ioWords } from './io-error.ts';
import { parseFile } from './parse.ts';
import type { ParsedFile, RawContainer } from './parse.ts';
import { pointerOf } from './pointer.ts';

/** One place, read. */
interface Reading {
  readonly place: SourcePlace;
  readonly exists: boolean;
  readonly mode: number;
  readonly container: RawContainer;
  /** `file:line:column: what`. */
  readonly problem?: string;
}

/** What stands in the files of a view, the strongest place first. */
export interface SourcesRead {
  readonly candidates: readonly Candidate[];
  /** Entries that a later one of the same name in the same object replaces. */
  readonly replaced: readonly { readonly candidate: Candidate; readonly by: Candidate }[];
  readonly files: readonly SourceFile[];
}

/** The content of one file, or why there is none. */
type Content =
  | { readonly kind: 'text'; readonly text: string; readonly digest: string; readonly mode: number }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly problem: string };

const EMPTY: RawContainer = { entries: [], replaced: [], notes: [] };
const MOST_KEPT = 2_000;

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Files of configuration, with what was last good in them. */
export class Sources {
  readonly #files: Files;
  /** Parsed containers by file, place and content: an unchanged file is not parsed again. */
  readonly #parsed = new Map<string, { readonly digest: string; readonly file: ParsedFile }>();
  readonly #lastGood = new Map<string, RawContainer>();

  constructor(files: Files) {
    this.#files = files;
  }

  async read(places: readonly SourcePlace[]): Promise<SourcesRead> {
    const byPath = groupBy(places, (place) => place.path);
    const groups = await Promise.all([...byPath].map(([path, group]) => this.#readFile(path, group)));
    const readings = new Map(groups.flat().map((reading) => [reading.place, reading]));
    return collect(places.map((place) => readings.get(place)).filter((reading) => reading !== undefined));
  }

  async #readFile(path: string, places: readonly SourcePlace[]): Promise<readonly Reading[]> {
    const content = await this.#contentOf(path);
    if (content.kind === 'absent') return places.map((place) => this.#absent(place));
    if (content.kind === 'unreadable') return places.map((place) => this.#lastGoodOf(place, content.problem, 0));
    const parsed = this.#parse(path, content, places);
    if (!parsed.ok) return places.map((place) => this.#lastGoodOf(place, `${path}:${parsed.problem}`, content.mode));
    return places.map((place, index) => {
      const container = parsed.containers[index] ?? EMPTY;
      this.#keep(keyOf(place), container);
      const { problem } = container;
      return {
        place,
        exists: true,
        mode: content.mode,
        container,
        ...(problem === undefined ? {} : { problem: `${path}:${problem}` }),
      };
    });
  }

  async #contentOf(path: string): Promise<Content> {
    try {
      const [text, facts] = await Promise.all([this.#files.readText(path), this.#files.facts(path)]);
      if (text === undefined) return { kind: 'absent' };
      return { kind: 'text', text, digest: digestOf(text), mode: modeOf(facts) };
    } catch (error) {
      return { kind: 'unreadable', problem: `${path}: ${ioWords(error)}` };
    }
  }

  #parse(path: string, content: { text: string; digest: string }, places: readonly SourcePlace[]): ParsedFile {
    const key = [path, ...places.map((place) => pointerOf(place.container))].join('\0');
    const known = this.#parsed.get(key);
    if (known?.digest === content.digest) return known.file;
    const file = parseFile(content.text, places);
    bound(this.#parsed);
    this.#parsed.set(key, { digest: content.digest, file });
    return file;
  }

  #absent(place: SourcePlace): Reading {
    this.#lastGood.delete(keyOf(place));
    const problem = `${place.path}: there is no such file`;
    return { place, exists: false, mode: 0, container: EMPTY, ...(place.isNamed === true ? { problem } : {}) };
  }

  #lastGoodOf(place: SourcePlace, problem: string, mode: number): Reading {
    const container = this.#lastGood.get(keyOf(place)) ?? EMPTY;
    const kept = container.entries.length === 0 ? '' : '; the entries of the last good reading are kept';
    return { place, exists: true, mode, container, problem: problem + kept };
  }

  #keep(key: string, container: RawContainer): void {
    bound(this.#lastGood);
    this.#lastGood.set(key, container);
  }
}

function groupBy<T>(items: readonly T[], keyOfItem: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOfItem(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

const keyOf = (place: SourcePlace): string => `${place.path}\0${pointerOf(place.container)}`;
const modeOf = (facts: FileFacts | undefined): number => facts?.mode ?? 0;

/** Forgets the oldest where a long life has gathered very many. */
function bound(map: Map<string, unknown>): void {
  const oldest = map.keys().next();
  if (map.size >= MOST_KEPT && oldest.done !== true) map.delete(oldest.value);
}

function sourceFile(readings: readonly Reading[]): SourceFile {
  const [first] = readings as readonly [Reading, ...Reading[]];
  const { client, scope, path } = first.place;
  const problem = readings.find((reading) => reading.problem !== undefined)?.problem;
  const notes = readings.flatMap((reading) => reading.container.notes);
  return {
    client,
    scope,
    path,
    exists: first.exists,
    servers: readings.reduce((sum, reading) => sum + reading.container.entries.length, 0),
    ...(problem === undefined ? {} : { problem }),
    ...(notes.length === 0 ? {} : { notes }),
    writable: !first.exists || (problem === undefined && (first.mode & 0o222) !== 0),
  };
}

function collect(readings: readonly Reading[]): SourcesRead {
  const byFile = groupBy(readings, ({ place }) => `${place.scope}\0${place.path}`);
  const candidates: Candidate[] = [];
  const replaced: SourcesRead['replaced'][number][] = [];
  for (const { place, container } of readings) {
    const own = new Map(container.entries.map((raw) => [raw, candidateOf(place, raw)]));
    candidates.push(...own.values());
    for (const twice of container.replaced) {
      const winner = container.entries.find((raw) => raw.name === twice.by.name);
      const by = winner === undefined ? undefined : own.get(winner);
      if (by !== undefined) replaced.push({ candidate: candidateOf(place, twice.entry), by });
    }
  }
  return { candidates, replaced, files: [...byFile.values()].map(sourceFile) };
}
