/**
 * The floors hold: imports go down, never across, never in a circle, and the world comes in as an argument.
 *
 * @module
 */
import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bareCode, filesUnder, importsOf, staticImportsOf, textOf } from '../support/source-scan.ts';
import { FLOORS, FORBIDDEN_NODE, WORLD_FILES } from './floors.ts';
import type { Floor } from './floors.ts';

const files = filesUnder('src');
const sources = new Map(files.map((file) => [file, textOf(file)]));
const imports = new Map([...sources].map(([file, source]) => [file, importsOf(source)]));

const folderOf = (file: string): string => (file.split('/').length > 2 ? (file.split('/')[1] ?? '.') : '.');
const targetOf = (file: string, name: string): string => posix.join(posix.dirname(file), name);
const packageOf = (name: string): string =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');

type Allowed = { readonly folder: string; readonly floor: Floor };

function mayReach(file: string, name: string, { folder, floor }: Allowed): boolean {
  const other = folderOf(targetOf(file, name));
  return sources.has(targetOf(file, name)) && (other === folder || floor.may.includes(other));
}

function mayUseNode(file: string, name: string, { floor }: Allowed): boolean {
  if ((WORLD_FILES[file] ?? []).includes(name)) return true;
  // Without its prefix, or one that brings the world in through the back door.
  if (!name.startsWith('node:') || FORBIDDEN_NODE.includes(name)) return false;
  return floor.node === '*' || floor.node.includes(name);
}

/** What is wrong with one import, in words; `undefined` when it is allowed. */
function objection(file: string, name: string): string | undefined {
  const folder = folderOf(file);
  const floor = FLOORS[folder];
  if (floor === undefined) return `${file}: the folder "${folder}" has no floor`;
  const may = name.startsWith('.') ? mayReach : isBuiltin(name) ? mayUseNode : undefined;
  const allowed = may?.(file, name, { folder, floor }) ?? floor.packages.includes(packageOf(name));
  return allowed ? undefined : `${file}: ${folder} may not import ${name}`;
}

/** The first circle that a walk from every file meets. */
function findCircle(graph: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const next of graph.get(file) ?? []) {
      const circle = walk(next, [...path, file]);
      if (circle !== undefined) return circle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of graph.keys()) {
    const circle = walk(file, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

describe('[house.floors] the floors', () => {
  test('the scan sees the files and their imports', () => {
    const relative = [...imports.values()].flat().filter((name) => name.startsWith('.'));
    expect(files.length).toBeGreaterThan(20);
    expect(relative.length).toBeGreaterThan(files.length / 2);
    const all = [...sources.values()].join('\n');
    // As many as the plainest count finds: a pattern that the formatter has outrun would go blind silently.
    expect([...imports.values()].flat()).toHaveLength(all.match(/\bfrom '[^']+';|\bimport\('[^']+'\)/g)?.length ?? 0);
  });

  test('the table itself only goes down', () => {
    for (const [folder, floor] of Object.entries(FLOORS))
      for (const other of floor.may) expect(FLOORS[other]?.level, `${folder} → ${other}`).toBeLessThan(floor.level);
  });

  test('every folder is in the table', () => {
    const folders = new Set(files.map(folderOf));
    expect(folders.size).toBeGreaterThan(8);
    expect([...folders].filter((folder) => FLOORS[folder] === undefined)).toEqual([]);
  });

  test('every import is one that the table allows', () => {
    const objections = [...imports].flatMap(([file, names]) => names.map((name) => objection(file, name)));
    expect(objections.filter((text) => text !== undefined)).toEqual([]);
  });

  test('the packages of the table are those that are declared, and each is used', () => {
    const { dependencies, peerDependencies } = JSON.parse(textOf('package.json')) as {
      dependencies: Record<string, string>;
      peerDependencies: Record<string, string>;
    };
    const declared = [...Object.keys(dependencies), ...Object.keys(peerDependencies)];
    const named = Object.values(FLOORS).flatMap(({ packages }) => packages);
    const used = [...imports.values()].flat().filter((name) => !name.startsWith('.') && !isBuiltin(name));
    expect(declared.toSorted()).toEqual([...new Set(named)].toSorted());
    expect([...new Set(used.map(packageOf))].toSorted()).toEqual([...new Set(named)].toSorted());
  });

  // A lazy import is no circle when modules are loaded: the verbs of the shell print from the table that loads them.
  test('there is no circle, types included', () => {
    const graph = new Map(
      [...sources].map(([file, source]) => [
        file,
        staticImportsOf(source)
          .filter((name) => name.startsWith('.'))
          .map((name) => targetOf(file, name)),
      ]),
    );
    expect(findCircle(graph)).toBeUndefined();
  });

  test.each([
    ['an import upwards', 'src/base/clock.ts', '../core/fault.ts'],
    ['an import of a sibling', 'src/net/x.ts', '../system/files.ts'],
    ['a package on the wrong floor', 'src/fleet/x.ts', 'undici'],
    ['a part of a package on the wrong floor', 'src/fleet/x.ts', '@modelcontextprotocol/client/stdio'],
    ['a folder without a floor', 'src/utils/x.ts', '../base/clock.ts'],
    ['the clock of node', 'src/transport/x.ts', 'node:timers/promises'],
    ['a module of node in core', 'src/core/x.ts', 'node:fs'],
    ['a file that is not there', 'src/core/x.ts', './nothing.ts'],
  ])('the check objects to %s', (_what, file, name) => {
    expect(objection(file, name)).toBeDefined();
  });

  test('the walk finds a circle', () => {
    const graph = new Map([
      ['a', ['b']],
      ['b', ['c']],
      ['c', ['b']],
    ]);
    expect(findCircle(graph)).toEqual(['b', 'c', 'b']);
  });
});

const WORLD =
  /(?<![#.\w$'"])(Date|setTimeout|setInterval|setImmediate|process|performance|fetch|Math\.random)\b(?!\s*[?]?:)/g;
const DECLARED = (name: string): RegExp =>
  new RegExp(
    [
      String.raw`\b(?:const|let|class|function)\s+${name}\b`,
      String.raw`\bimport\s[^;]*\b${name}\b`,
      // A parameter, or taken out of an object.
      String.raw`[({,]\s*(?:readonly\s+)?${name}\s*[,:)}=?]`,
    ].join('|'),
  );

/** Names of the world that a source uses without having been given them. */
function worldOf(source: string): readonly string[] {
  const code = bareCode(source);
  const names = new Set([...code.matchAll(WORLD)].map((match) => match[1] ?? ''));
  if (/\bAbortSignal\.timeout\b/.test(code)) names.add('AbortSignal.timeout');
  return [...names].filter((name) => !DECLARED(name).test(code));
}

describe('[house.world] the world comes in as an argument', () => {
  test('no file uses time, chance, network or process beside the few that may', () => {
    const uses = [...sources].flatMap(([file, source]) =>
      worldOf(source)
        .filter((name) => !(WORLD_FILES[file] ?? []).includes(name))
        .map((name) => `${file} uses ${name}`),
    );
    expect(uses).toEqual([]);
  });

  test('the scan sees them where they are allowed', () => {
    expect(worldOf(sources.get('src/base/clock.ts') ?? '')).toEqual(expect.arrayContaining(['Date', 'setTimeout']));
    expect(worldOf(sources.get('src/base/random.ts') ?? '')).toEqual(['Math.random']);
  });

  test.each([
    ['a clock', 'const at = Date.now();', ['Date']],
    ['a wait', 'await new Promise((r) => setTimeout(r, 5));', ['setTimeout']],
    ['the process', 'export const home = process.env.HOME;', ['process']],
    ['a late abort', 'run(AbortSignal.timeout(5));', ['AbortSignal.timeout']],
    ['nothing in a comment', '// Date.now() lies\nconst a = 1;', []],
    ['nothing in a string', "const a = 'process.env';", []],
    ['nothing that was handed in', 'export function get(fetch: Fetch) { return fetch(1); }', []],
    ['nothing that is a property', 'world.fetch(1); ({ process: 1 });', []],
  ])('the scan sees %s', (_what, source, expected) => {
    expect(worldOf(source)).toEqual(expected);
  });
});
