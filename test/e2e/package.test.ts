/**
 * The packed package holds what it promises, installs in an empty project, and both its entrances can be imported.
 *
 * @module
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../support/source-scan.ts';
import { LIBRARY_VALUES, TESTING_VALUES } from '../spec/surface.ts';

const run = promisify(execFile);
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const LIMIT_MS = 180_000;

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string; readonly mode: number }[];
}

let folder = '';
let packed: Packed = { filename: '', files: [] };

beforeAll(async () => {
  await run(process.execPath, [join(ROOT, 'scripts', 'build.mjs')]);
  folder = await mkdtemp(join(tmpdir(), 'holdfast-package-'));
  const options = ['--json', '--ignore-scripts', '--pack-destination', folder];
  const { stdout } = await run(npm, ['pack', ...options], { cwd: ROOT });
  packed = (JSON.parse(stdout) as readonly [Packed])[0];
}, LIMIT_MS);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('[house.package] the packed package', () => {
  const paths = (): readonly string[] => packed.files.map(({ path }) => path);

  test('has the program, the declarations, the schemas and what people read', () => {
    expect(paths()).toEqual(
      expect.arrayContaining([
        'package.json',
        'README.md',
        'CHANGELOG.md',
        'LICENSE',
        'dist/bin.cjs',
        'dist/index.js',
        'dist/index.d.ts',
        'dist/testing/index.js',
        'dist/testing/index.d.ts',
        'assets/page/page.css',
        'assets/page/page.js',
        'dist/bin.licenses.txt',
        'man/holdfast.1',
        'schema/config.schema.json',
        'schema/doctor.schema.json',
        'schema/status.schema.json',
      ]),
    );
    expect(packed.files.find(({ path }) => path === 'dist/bin.cjs')?.mode.toString(8)).toBe('755');
  });

  test('has nothing else: no sources, no tests, no maps', () => {
    const rest = paths().filter(
      (path) => !/^(?:dist\/.*\.(?:c?js|d\.ts)|schema\/[^/]*\.json|assets\/page\/[\w.]+)$/.test(path),
    );
    expect(rest.toSorted()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'dist/bin.licenses.txt',
      'man/holdfast.1',
      'package.json',
    ]);
  });

  test(
    'installs in an empty project, and both entrances and the program work there',
    async () => {
      const project = await mkdtemp(join(folder, 'project-'));
      await writeFile(
        join(project, 'package.json'),
        '{"name":"empty","version":"1.0.0","type":"module","private":true}\n',
      );
      const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--omit=dev'];
      await run(npm, ['install', join(folder, packed.filename), ...quiet], { cwd: project });

      const script =
        "const [a, b] = await Promise.all([import('holdfast'), import('holdfast/testing')]);" +
        'console.log(JSON.stringify([Object.keys(a), Object.keys(b)]));';
      const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: project });
      const [library, testing] = JSON.parse(stdout) as [string[], string[]];
      expect(library.toSorted()).toEqual(LIBRARY_VALUES);
      expect(testing.toSorted()).toEqual(TESTING_VALUES);

      const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string };
      const program = join(project, 'node_modules', '.bin', process.platform === 'win32' ? 'holdfast.cmd' : 'holdfast');
      const shown = await run(program, ['--version'], { cwd: project, shell: process.platform === 'win32' });
      expect(shown.stdout).toContain(version);
    },
    LIMIT_MS,
  );
});
