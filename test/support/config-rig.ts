/**
 * The configuration floor over a disk in memory, and views to look from.
 *
 * @module
 */
import { silentLogger } from '../../src/base/logger.ts';
import { Redactor } from '../../src/base/secret.ts';
import { createConfig } from '../../src/config/config.ts';
import type { ConfigPort, ConfiguredServer, LoadedConfig } from '../../src/core/config-model.ts';
import type { EffectiveEntry } from '../../src/core/entry.ts';
import type { Fault } from '../../src/core/fault.ts';
import type { View } from '../../src/core/view.ts';
import { createVirtualClock } from '../../src/testing/virtual-clock.ts';
import type { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { memoryFiles, memoryLocks } from './memory-files.ts';
import type { MemoryFiles } from './memory-files.ts';

/** Folders and files of the rig. */
export const HOME = '/home/ada';
export const PROJECT = '/home/ada/code';
export const OWN = '/home/ada/.config/holdfast/servers.json';
export const CLAUDE = '/home/ada/.claude.json';
export const MCP = '/home/ada/code/.mcp.json';
export const STATE = '/state';

/** A view of the project, with changes. */
export function viewOf(changes: Partial<View> = {}): View {
  return {
    projectRoot: PROJECT,
    configDir: '/home/ada/.config/holdfast',
    home: HOME,
    variables: {},
    path: '/usr/bin',
    ...changes,
  };
}

/** A configuration and its disk. */
export interface ConfigRig {
  readonly files: MemoryFiles;
  readonly clock: VirtualClock;
  readonly redactor: Redactor;
  readonly config: ConfigPort;
  load(view?: View): Promise<LoadedConfig>;
  /** The server of a name. */
  server(name: string, view?: View): Promise<ConfiguredServer>;
  resolve(name: string, view?: View): Promise<EffectiveEntry | Fault>;
  effective(name: string, view?: View): Promise<EffectiveEntry>;
}

/** Makes a rig. Values that are no texts are written as JSON. */
export function configRig(disk: Readonly<Record<string, unknown>> = {}): ConfigRig {
  const texts = Object.entries(disk).map(([path, value]) => [
    path,
    typeof value === 'string' ? value : JSON.stringify(value, null, 2),
  ]);
  const files = memoryFiles(Object.fromEntries(texts) as Record<string, string>);
  const clock = createVirtualClock();
  const redactor = new Redactor();
  const config = createConfig({
    files,
    locks: memoryLocks(),
    clock,
    redactor,
    logger: silentLogger,
    stateDir: STATE,
    platform: 'linux',
  });
  const rig: ConfigRig = {
    files,
    clock,
    redactor,
    config,
    load: (view = viewOf()) => config.load(view),
    async server(name, view) {
      const found = (await rig.load(view)).servers.find((server) => server.name === name);
      if (found === undefined) throw new Error(`no server ${name}`);
      return found;
    },
    resolve: async (name, view = viewOf()) => config.resolve(await rig.server(name, view), view),
    async effective(name, view) {
      const found = await rig.resolve(name, view);
      if ('reason' in found) throw new Error(`fault ${JSON.stringify(found)}`);
      return found;
    },
  };
  return rig;
}
