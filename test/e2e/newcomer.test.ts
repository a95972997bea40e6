/**
 * Somebody who types only what the program printed gets from "needs-auth" to "connected" (`npm run proof:newcomer` walks
 * the whole path, from a fresh clone on).
 *
 * @module
 */
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { follow } from '../../scripts/proof/newcomer/follow.mjs';
import { mcpServer, requireHeader, startAuthServer } from '../../src/testing/index.ts';
import type { AuthServer } from '../../src/testing/index.ts';
import { builtDist } from '../support/build.ts';
import { makePlace } from '../support/cli.ts';
import type { Place } from '../support/cli.ts';

let world: AuthServer;
let place: Place;
let env: Record<string, string>;

beforeAll(async () => {
  world = await startAuthServer({ resources: { '/mcp': {} } });
  place = await makePlace();
  const bin = join(place.home, 'bin');
  await mkdir(bin);
  const program = join(await builtDist(), 'bin.js');
  await chmod(program, 0o755);
  await symlink(program, join(bin, 'holdfast'));
  env = { ...place.env, PATH: `${bin}:${place.env['PATH'] ?? ''}` };
});
afterAll(async () => {
  await place.remove();
  await world.close();
});

test('[docs.newcomer] from needs-auth to connected by printed steps alone, in three commands', async () => {
  await place.run(['add', 'notion', world.url]);
  const path = await follow('notion', { cwd: place.project, env });
  expect(path).toMatchObject({ connected: true });
  expect(path.typed.map(({ words }) => words[0])).toEqual(['status', 'login', 'login']);
});

test('[docs.newcomer] a project entry that waits for approval is connected by printed steps, too', async () => {
  world.http.mount('/plain', requireHeader({ name: 'x-team', value: 'blue' }, mcpServer()));
  const entry = { type: 'http', url: `${world.http.origin}/plain`, headers: { 'X-Team': 'blue' } };
  await writeFile(join(place.project, '.mcp.json'), JSON.stringify({ mcpServers: { notes: entry } }));
  const path = await follow('notes', { cwd: place.project, env });
  expect(path, JSON.stringify(path.typed)).toMatchObject({ connected: true });
  expect(path.typed.length).toBeLessThanOrEqual(3);
});
