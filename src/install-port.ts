/**
 * Wires the files of other clients into the command line.
 *
 * @module
 */
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import type { Base } from './assemble.ts';
import type { InstallPort } from './cli/context.ts';
import { CLIENT_DIALECTS } from './config/install/clients.ts';
import { Installer } from './config/install/installer.ts';
import { projectRootOf } from './config/view.ts';
import type { Host } from './host.ts';
import { quickFacts } from './system/facts.ts';
import { createFiles } from './system/files.ts';
import { createLocks } from './system/locks.ts';

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Whether a shell of this person finds `holdfast`. What npm adds to the PATH of its scripts is gone outside of them. */
function isOnPath({ env }: Host): boolean {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  return folders.some(
    (folder) => !/[\\/]node_modules[\\/]\.bin$|[\\/]_npx[\\/]/.test(folder) && canRun(join(folder, 'holdfast')),
  );
}

/** The files of other clients, from the place of this process. */
export async function installPort(base: Base, script: string): Promise<InstallPort> {
  const { clock, host, folders } = base;
  const { platform, home, env, cwd, node } = host;
  const installer = new Installer({
    files: createFiles({ clock }),
    locks: createLocks({ clock, platform }),
    clock,
    stateDir: folders.state,
    place: { platform, home, env, project: await projectRootOf(quickFacts, cwd, home), has: existsSync },
    program: { node, script, isOnPath: isOnPath(host), platform },
  });
  return {
    clients: CLIENT_DIALECTS.map(({ id, title }) => ({ id, title })),
    plan: (ask) => installer.plan(ask),
    write: (ask, plan) => installer.write(ask, plan),
  };
}
