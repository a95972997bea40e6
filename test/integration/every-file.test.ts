/**
 * Whatever file a server came from, it can be reconnected and reset; and its name is never what is remembered.
 *
 * @module
 */
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Fleet } from '../../src/core/fleet.ts';
import { createHoldfast } from '../../src/index.ts';
import { mcpServer, startFaultServer, status } from '../../src/testing/index.ts';
import type { FaultServer, Mount } from '../../src/testing/index.ts';

const WAIT = { timeoutMs: 15_000 };
const SCOPES = ['local', 'project', 'user', 'own'] as const;

let server: FaultServer;
let home = '';
let project = '';

beforeAll(async () => {
  server = await startFaultServer();
  home = await realpath(await mkdtemp(join(tmpdir(), 'holdfast-files-')));
  project = join(home, 'project');
  await mkdir(join(project, '.git'), { recursive: true });
  await mkdir(join(home, 'config'), { recursive: true });
});
afterAll(async () => {
  await server.close();
  await rm(home, { recursive: true, force: true });
});

const json = (path: string, value: unknown): Promise<void> => writeFile(path, JSON.stringify(value, undefined, 2));
const entryOf = ({ url }: Mount): object => ({ type: 'http', url, headers: { 'X-Api-Key': 'canary-key-1' } });
const mounts = (names: readonly string[]): Map<string, Mount> =>
  new Map(names.map((name) => [name, server.mount(`/${name}`, status(401))]));

async function writeFiles(of: (scope: (typeof SCOPES)[number]) => Record<string, object>): Promise<void> {
  await json(join(home, '.claude.json'), {
    mcpServers: of('user'),
    projects: { [project]: { mcpServers: of('local') } },
  });
  await json(join(project, '.mcp.json'), { mcpServers: of('project') });
  await json(join(home, 'config', 'servers.json'), { mcpServers: of('own') });
}

const open = (): Promise<Fleet> =>
  createHoldfast({
    cwd: project,
    env: { HOME: home, HOLDFAST_CONFIG_DIR: join(home, 'config'), PATH: process.env['PATH'] ?? '' },
  });

test('[reset.every-server] reconnect and reset contact a server of every file and say what they did', async () => {
  const all = mounts(SCOPES);
  await writeFiles((scope) => ({ [scope]: entryOf(all.get(scope) as Mount) }));
  const fleet = await open();
  await fleet.approve('project');
  const refused = await fleet.settled(WAIT);
  expect(refused.map(({ name, source }) => `${name} ${source.scope}`).toSorted()).toEqual(
    SCOPES.map((scope) => `${scope} ${scope}`).toSorted(),
  );
  for (const { reason } of refused) expect(reason).toBe('credentials-rejected');
  for (const [name, mount] of all) {
    for (const method of ['reconnect', 'reset'] as const) {
      const before = mount.count;
      const { did, snapshot } = await fleet[method](name);
      expect(mount.count).toBeGreaterThan(before);
      expect(did.length).toBeGreaterThan(0);
      expect(snapshot.status).toBe('needs-auth');
    }
    mount.set(mcpServer({ name }));
    expect((await fleet.reconnect(name)).snapshot.status).toBe('connected');
  }
  await fleet.close();
});

test('[connect.variable-missing] an entry that names an unset variable sends nothing, and the others work', async () => {
  const all = mounts(['unset', 'defaulted', 'plain']);
  for (const [name, mount] of all) mount.set(mcpServer({ name }));
  const url = (name: string): string => (all.get(name) as Mount).url;
  await writeFiles((scope) =>
    scope === 'own'
      ? {
          unset: { type: 'http', url: url('unset'), headers: { 'X-Api-Key': '${HOLDFAST_TEST_UNSET}' } },
          defaulted: { type: 'http', url: url('defaulted'), headers: { 'X-Api-Key': '${HOLDFAST_TEST_UNSET:-key}' } },
          plain: { type: 'http', url: url('plain') },
        }
      : {},
  );
  const fleet = await open();
  const found = new Map((await fleet.settled(WAIT)).map((one) => [one.name, one]));
  expect(found.get('unset')).toMatchObject({ status: 'failed', reason: 'variable-missing' });
  expect(found.get('unset')?.message).toMatch(/HOLDFAST_TEST_UNSET.*servers\.json:\d+/);
  expect(all.get('unset')?.count).toBe(0);
  expect(found.get('defaulted')?.status).toBe('connected');
  expect(found.get('plain')?.status).toBe('connected');
  await fleet.close();
});

test('[fresh.content-key] [fresh.start] what one run saw under a name says nothing about the next, nor about another name', async () => {
  const mount = server.mount('/renamed', status(401));
  const named = (name: string): Promise<void> =>
    writeFiles((scope) => (scope === 'user' ? { [name]: entryOf(mount) } : {}));

  await named('before');
  const first = await open();
  expect((await first.settled(WAIT))[0]).toMatchObject({ name: 'before', reason: 'credentials-rejected' });
  await first.close();

  for (const name of ['after', 'before']) {
    await named(name);
    const count = mount.count;
    const next = await open();
    expect((await next.settled(WAIT))[0]).toMatchObject({ name, status: 'needs-auth' });
    expect(mount.count).toBeGreaterThan(count);
    await next.close();
  }

  mount.set(mcpServer({ name: 'renamed' }));
  for (const name of ['before', 'third']) {
    await named(name);
    const next = await open();
    expect((await next.settled(WAIT))[0]).toMatchObject({ name, status: 'connected' });
    await next.close();
  }
});
