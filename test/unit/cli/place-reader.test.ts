import { expect, test } from 'vitest';
import type { LoadedConfig } from '../../../src/core/config-model.ts';
import type { FileFacts } from '../../../src/core/machine.ts';
import { placeReader } from '../../../src/place-reader.ts';
import { configured, VIEW } from '../../support/cli-rig.ts';

const FILE = { client: 'holdfast', scope: 'own', path: '/f', exists: true, servers: 0, writable: true } as const;

/** A place of one file, whose readings and looks are counted. */
function bench() {
  const world = {
    loaded: { servers: [], notLoaded: [], files: [FILE], variables: ['A'] } as LoadedConfig,
    facts: { size: 1, mode: 0o600, uid: 0, mtimeMs: 1, kind: 'file' } as FileFacts | undefined,
    loads: 0,
    refreshed: [] as string[],
  };
  const names = placeReader({
    config: {
      load: async () => {
        world.loads += 1;
        return world.loaded;
      },
    },
    files: { facts: async () => world.facts },
    refresh: async ({ projectRoot }) => void world.refreshed.push(projectRoot ?? ''),
  });
  return { world, names };
}

const HERE = { ...VIEW, projectRoot: '/here' };

test('the names of a place are read from its files, and not again while these look the same', async () => {
  const { world, names } = bench();
  const told = { variables: ['A'], entries: [], notLoaded: [], problems: [] };
  for (let time = 0; time < 5; time += 1) expect(await names(HERE)).toEqual(told);
  // Once to learn which files there are, once with their looks taken before.
  expect(world.loads).toBe(2);
  expect(world.refreshed).toEqual(['/here']);
});

test.each<[string, FileFacts | undefined]>([
  ['a new time', { size: 1, mode: 0o600, uid: 0, mtimeMs: 2, kind: 'file' }],
  ['a new size', { size: 2, mode: 0o600, uid: 0, mtimeMs: 1, kind: 'file' }],
  ['its absence', undefined],
])('%s of a file makes it read again, and the fleet reads it too when it says something else', async (_what, facts) => {
  const { world, names } = bench();
  for (let time = 0; time < 3; time += 1) await names(HERE);
  world.facts = facts;
  await names(HERE);
  expect(world.refreshed).toEqual(['/here']);
  world.facts = { ...(facts ?? { size: 0, mode: 0, uid: 0, mtimeMs: 0, kind: 'file' }), mtimeMs: 9 };
  world.loaded = { ...world.loaded, servers: [configured('new')] };
  expect((await names(HERE)).entries).toEqual([{ scope: 'own', pointer: 'mcpServers.new' }]);
  expect(world.refreshed).toEqual(['/here', '/here']);
});

test('every place has files of its own', async () => {
  const { world, names } = bench();
  await names(HERE);
  await names({ ...HERE, projectRoot: '/there' });
  await names({ ...HERE, workingFolder: '/here/below' });
  expect(world.refreshed).toEqual(['/here', '/there', '/here']);
});
