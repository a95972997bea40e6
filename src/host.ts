/**
 * The facts of this process, read in one place: with `bin.ts` and `main.ts` the only file that looks at `process`.
 *
 * @module
 */
import { homedir, tmpdir } from 'node:os';
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

/** The facts as they are now. */
export function currentHost(): Host {
  return {
    env: process.env,
    cwd: process.cwd(),
    home: process.env['HOME'] ?? homedir(),
    tmp: tmpdir(),
    platform: process.platform,
    pid: process.pid,
    uid: process.getuid?.(),
    node: process.execPath,
    dist: fileURLToPath(new URL('.', import.meta.url)),
  };
}
