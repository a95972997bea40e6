/**
 * What the command line loads before it answers. The ratio itself is measured by `bench/startup.mjs`; what makes it
 * rise, a package that slipped into the way, is seen here on every machine alike.
 *
 * @module
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makePlace } from '../support/cli.ts';
import type { Place } from '../support/cli.ts';
import { ROOT } from '../support/source-scan.ts';

const run = promisify(execFile);

let place: Place;

/** The program as it is shipped, not as the other tests compile it. */
const shipped = async (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly stdout: string; readonly stderr: string }> =>
  run(process.execPath, [join(ROOT, 'dist', 'bin.cjs'), ...args], {
    cwd: place.project,
    env: { ...place.env, ...env },
  });

beforeAll(async () => {
  await run(process.execPath, [join(ROOT, 'scripts', 'build.mjs')]);
  place = await makePlace();
  await shipped(['daemon', 'start']);
});
afterAll(async () => {
  await shipped(['daemon', 'stop']);
  await place.remove();
});

/** Files of scripts that a run loaded, as the coverage of V8 tells them. */
async function loadedBy(args: readonly string[]): Promise<readonly string[]> {
  const folder = await mkdtemp(join(place.home, 'coverage-'));
  const { stderr } = await shipped(args, { NODE_V8_COVERAGE: folder });
  expect(stderr).toBe('');
  const texts = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')));
  await rm(folder, { recursive: true });
  return texts
    .flatMap((text) => (JSON.parse(text) as { readonly result: readonly { readonly url: string }[] }).result)
    .map(({ url }) => url)
    .filter((url) => url.startsWith('file:'));
}

describe('[cli.fast] the first answer', () => {
  test.each([
    ['--version', ['--version'], 10],
    ['status of a running daemon', ['status'], 40],
    ['status of a running daemon, as JSON', ['status', '--json'], 40],
  ] as const)('of %s loads no package and few files', async (_what, args, most) => {
    const loaded = await loadedBy(args);
    expect(loaded.length).toBeGreaterThan(0);
    expect(loaded.filter((url) => url.includes('/node_modules/'))).toEqual([]);
    expect(loaded.length).toBeLessThanOrEqual(most);
  });
});
