/**
 * The recipe of docs/how-to/scripts-and-ci.md, taken from its page and run: with a good server, and with each kind of bad one.
 *
 * @module
 */
import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { firstThen, mcpServer, requireHeader, startFaultServer, status } from '../../src/testing/index.ts';
import type { FaultServer } from '../../src/testing/index.ts';
import { builtDist } from '../support/build.ts';
import { makePlace } from '../support/cli.ts';
import type { Place, Ran } from '../support/cli.ts';
import { blocksOf } from '../support/shell-words.ts';
import { textOf } from '../support/source-scan.ts';

const TOKEN = 'token-of-the-recipe';
const good = requireHeader({ name: 'authorization', value: `Bearer ${TOKEN}` }, mcpServer({ name: 'docs' }));

let servers: FaultServer;
let place: Place;

beforeAll(async () => {
  servers = await startFaultServer();
  place = await makePlace();
  const recipes = blocksOf(textOf('docs/how-to/scripts-and-ci.md'), ['sh', 'json', 'js']).filter(
    ({ recipe }) => recipe !== undefined,
  );
  if (recipes.length !== 3) throw new Error('the page has to have ci.sh, servers.json and check.mjs');
  for (const { recipe = '', text } of recipes) await writeFile(join(place.project, recipe), text);
  // What `npm ci` puts into the PATH of a project.
  const folder = join(place.project, 'node_modules', '.bin');
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'holdfast'),
    `#!/bin/sh\nexec ${process.execPath} ${join(await builtDist(), 'bin.js')} "$@"\n`,
  );
  await chmod(join(folder, 'holdfast'), 0o755);
});
afterAll(async () => {
  await place.remove();
  await servers.close();
});

function recipe(path: string, token: string): Promise<Ran> {
  const env = {
    ...place.env,
    PATH: `${join(place.project, 'node_modules', '.bin')}:${place.env['PATH'] ?? ''}`,
    DOCS_URL: `${servers.origin}${path}`,
    DOCS_TOKEN: token,
    PAUSE: '0.2',
  };
  return new Promise((resolve) => {
    execFile('/bin/sh', ['ci.sh'], { cwd: place.project, env }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, stdout, stderr });
    });
  });
}

test('[docs.recipe] runs the check with a good server, also with one that answers 503 at first', async () => {
  servers.mount('/good', good);
  expect(await recipe('/good', TOKEN)).toMatchObject({ code: 0, stdout: 'docs has its tools\n' });
  servers.mount('/late', firstThen(2, status(503), good));
  expect(await recipe('/late', TOKEN)).toMatchObject({ code: 0, stdout: 'docs has its tools\n' });
});

test.each([
  ['refuses the token', '/good', 'wrong-token', 3, 'docs wants other credentials'],
  ['is not there', '/nothing', TOKEN, 4, 'docs is not reachable'],
])(
  '[docs.recipe] a server that %s: says so, leaves a report without the token, and ends with the code',
  async (_, path, token, code, words) => {
    servers.mount('/good', good);
    servers.mount('/nothing', status(404));
    const ran = await recipe(path, token);
    expect(ran.code, ran.stderr).toBe(code);
    expect(ran.stderr).toContain(words);
    expect(ran.stdout).not.toContain('has its tools');
    const report = join(place.project, 'holdfast-report.json');
    expect((await stat(report)).mode & 0o777).toBe(0o600);
    expect(await readFile(report, 'utf8')).not.toContain(token);
    await rm(report);
  },
);
