/**
 * The facts of this process, read in one place: with `bin.ts` and `main.ts` the only file that looks at `process`.
 *
 * @module
 */
import { homedir, tmpdir, userInfo } from 'node:os';
import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What the program needs to know of the process it runs in. */
export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: string;
  readonly tmp: string;
  readonly platform: NodeJS.Platform;
  readonly pid: number;
  /** `undefined` where users have no numbers (Windows). */
  readonly uid: number | undefined;
  /** The Node that runs us. */
  readonly node: string;
  /** Folder of the built program (`dist`). */
  readonly dist: string;
}

// An empty or relative HOME would scatter our files over the folders in which people stand.
function homeOf(): string {
  return [process.env['HOME'] ?? '', homedir()].find(isAbsolute) ?? userInfo().homedir;
}

/** The facts as they are now. */
export function currentHost(): Host {
  return {
    env: process.env,
    cwd: process.cwd(),
    home: homeOf(),
    tmp: tmpdir(),
    platform: process.platform,
    pid: process.pid,
    uid: process.getuid?.(),
    node: process.execPath,
    dist: fileURLToPath(new URL('.', import.meta.url)),
  };
}
