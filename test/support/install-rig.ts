/**
 * The installer over a disk in memory, on any platform.
 *
 * @module
 */
import { CLIENT_DIALECTS } from '../../src/config/install/clients.ts';
import type { ClientPlace } from '../../src/config/install/clients.ts';
import { Installer } from '../../src/config/install/installer.ts';
import type { Program } from '../../src/config/install/program.ts';
import type { InstallRequest, PlannedInstall } from '../../src/config/install/request.ts';
import { createVirtualClock } from '../../src/testing/virtual-clock.ts';
import { memoryFiles, memoryLocks } from './memory-files.ts';
import type { MemoryFiles } from './memory-files.ts';

export const CLIENT_IDS = CLIENT_DIALECTS.map(({ id }) => id);
export const HTTP_CLIENTS = CLIENT_DIALECTS.filter(({ http }) => http !== undefined).map(({ id }) => id);
export const PROJECT_CLIENTS = CLIENT_DIALECTS.filter(({ projectFile }) => projectFile !== undefined).map(
  ({ id }) => id,
);
export const URL_ALL = 'http://127.0.0.1:4653/mcp';

/** A rig's settings. */
export interface InstallRigOptions {
  readonly disk?: Readonly<Record<string, string>>;
  readonly place?: Partial<ClientPlace>;
  readonly program?: Partial<Program>;
}

/** An installer and its disk. */
export interface InstallRig {
  readonly files: MemoryFiles;
  plan(request: Partial<InstallRequest> & { readonly client: string }): Promise<PlannedInstall>;
  write(
    request: Partial<InstallRequest> & { readonly client: string },
  ): Promise<PlannedInstall & { readonly backup: string | undefined }>;
  /** Does what was planned earlier. */
  writePlan(
    request: Partial<InstallRequest> & { readonly client: string },
    plan: PlannedInstall,
  ): Promise<string | undefined>;
}

const whole = (request: Partial<InstallRequest> & { readonly client: string }): InstallRequest => ({
  scope: 'user',
  remove: false,
  ...request,
});

/** A rig; by default Linux, with `holdfast` in the PATH. */
export function installRig({ disk = {}, place = {}, program = {} }: InstallRigOptions = {}): InstallRig {
  const files = memoryFiles(disk);
  const platform = place.platform ?? 'linux';
  const installer = new Installer({
    files,
    locks: memoryLocks(),
    clock: createVirtualClock(),
    stateDir: '/state',
    place: {
      platform,
      home: '/home/ada',
      env: {},
      project: '/home/ada/code',
      has: (path) => files.texts.has(path),
      ...place,
    },
    program: { node: '/usr/bin/node', script: '/opt/holdfast/dist/bin.cjs', isOnPath: true, platform, ...program },
  });
  return {
    files,
    plan: (request) => installer.plan(whole(request)),
    async write(request) {
      const plan = await installer.plan(whole(request));
      const backup = await installer.write(whole(request), plan);
      return { ...plan, backup };
    },
    writePlan: (request, plan) => installer.write(whole(request), plan),
  };
}
