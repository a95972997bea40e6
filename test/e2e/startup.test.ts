/**
 * What the command line loads before it answers. The ratio itself is measured by `bench/startup.mjs`; what makes it
 * rise, a package that slipped into the way, is seen here on every machine alike.
 *
 * @module
 */
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makePlace } from '../support/cli.ts';
import type { Place } from '../support/cli.ts';

let place: Place;
beforeAll(async () => {
  place = await makePlace();
  await place.run(['daemon', 'start']);
});
afterAll(async () => {
  await place.run(['daemon', 'stop']);
  await place.remove();
});

/** Files of scripts that a run loaded, as the coverage of V8 tells them. */
async function loadedBy(args: readonly string[]): Promise<readonly string[]> {
  const folder = await mkdtemp(join(place.home, 'coverage-'));
  const { code, stderr } = await place.run(args, { env: { NODE_V8_COVERAGE: folder } });
  expect(`${code} ${stderr}`).toBe('0 ');
  const texts = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')));
  await rm(folder, { recursive: true });
  return texts
    .flatMap((text) => (JSON.parse(text) as { readonly result: readonly { readonly url: string }[] }).result)
    .map(({ url }) => url)
    .filter((url) => url.startsWith('file:'));
}

describe('[cli.fast] the first answer', () => {
  test.each([
    ['--version', ['--version'], 40],
    ['status of a running daemon', ['status'], 90],
    ['status of a running daemon, as JSON', ['status', '--json'], 90],
  ] as const)('of %s loads no package and few files', async (_what, args, most) => {
    const loaded = await loadedBy(args);
    expect(loaded.length).toBeGreaterThan(0);
    expect(loaded.filter((url) => url.includes('/node_modules/'))).toEqual([]);
    expect(loaded.length).toBeLessThanOrEqual(most);
  });
});
