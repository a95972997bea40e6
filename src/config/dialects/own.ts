/**
 * Our own file, the one that a plain `add` writes.
 *
 * @module
 */
import { join } from 'node:path';
import type { Dialect } from './dialect.ts';

/** Own scope: `servers.json` in our configuration folder. */
export const own: Dialect = (view) => [
  {
    client: 'holdfast',
    scope: 'own',
    path: join(view.configDir, 'servers.json'),
    container: ['mcpServers'],
    strangers: ['servers'],
    base: view.configDir,
    workingFolder: view.projectRoot ?? view.configDir,
  },
];
