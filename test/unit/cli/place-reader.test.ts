import { expect, test } from 'vitest';
import { placeReader } from '../../../src/place-reader.ts';
import type { LoadedConfig } from '../../../src/core/config-model.ts';
import { configured, VIEW } from '../../support/cli-rig.ts';

test('the fleet reads a place again when a caller finds its files changed, and only then', async () => {
  let loaded: LoadedConfig = { servers: [], notLoaded: [], files: [], variables: ['A'] };
  const refreshed: string[] = [];
  const names = placeReader(
    { load: async () => loaded },
    async ({ projectRoot }) => void refreshed.push(projectRoot ?? ''),
  );
  const here = { ...VIEW, projectRoot: '/here' };
  expect(await names(here)).toEqual({ variables: ['A'], entries: [], notLoaded: [] });
  await names({ ...here, workingFolder: '/here/below' });
  expect(refreshed).toEqual(['/here']);
  loaded = { ...loaded, servers: [configured('new')] };
  expect((await names(here)).entries).toEqual([{ scope: 'own', pointer: 'mcpServers.new' }]);
  await names(here);
  await names({ ...VIEW, projectRoot: '/there' });
  expect(refreshed).toEqual(['/here', '/here', '/there']);
});
