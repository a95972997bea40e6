/**
 * The facts of this process, read in one place: with `bin.ts` and `main.ts` the only file that looks at `process`.
 *
 * @module
 */
import { lstatSync } from 'node:fs';
import { homedir, tmpdir, userInfo } from 'node:os';
import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sessionFolder } from './system/session-folder.ts';

/** What the program needs to know of the process it runs in. */
export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: string;
  readonly tmp: string;
  /** The folder of the person's session, where the system has one. */
  readonly session?: string | undefined;
  readonly platform: NodeJS.Platform;
  readonly pid: number;
  /** `undefined` where users have no numbers (Windows). */
  readonly uid: number | undefined;
  /** The Node that runs us. */
  readonly node: string;
  /** Its version, e.g. `v20.19.0`. */
  readonly nodeVersion: string;
  /** Folder of the built program (`dist`). */
  readonly dist: string;
}

// An empty or relative HOME would scatter our files over the folders in which people stand.
function homeOf(): string {
  return [process.env['HOME'] ?? '', homedir()].find(isAbsolute) ?? userInfo().homedir;
}

/** The facts as they are now. */
export function currentHost(): Host {
  const { env, platform } = process;
  const [home, uid] = [homeOf(), process.getuid?.()];
  return {
    env,
    cwd: process.cwd(),
    home,
    tmp: tmpdir(),
    session: sessionFolder({
      platform,
      env,
      uid,
      home,
      ownHome: () => userInfo().homedir,
      look: (path) => lstatSync(path, { throwIfNoEntry: false }),
    }),
    platform,
    pid: process.pid,
    uid,
    node: process.execPath,
    nodeVersion: process.version,
    dist: fileURLToPath(new URL('.', import.meta.url)),
  };
}
