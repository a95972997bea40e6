/**
 * A process and everything it started, as one thing that can be signalled and asked whether it lives.
 * POSIX: the process group. Windows has no groups: the tree under a process, while that process lives.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { kill } from 'node:process';
import { errnoOf } from '../../base/errors.ts';

/** How processes are ended. `leader` is the id of the process that was started; on POSIX it is also that of its group. */
export interface ProcessControl {
  /** Asks the group to end (`SIGTERM`) or ends it (`SIGKILL`). A group that is gone is no error. */
  signal(leader: number, signal: 'SIGTERM' | 'SIGKILL'): void;
  /** Whether anything of the group still runs. Zombies that nobody reaps do not count. */
  alive(leader: number): Promise<boolean>;
}

const OVER: ReadonlySet<string> = new Set(['Z', 'X']);

/** Whether the process of a `/proc/PID/stat` line runs in `group`. Its second field may hold blanks and brackets. */
function runsIn(group: number, stat: string): boolean {
  const [state = '', , processGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(processGroup) === group && !OVER.has(state);
}

/** Whether a running process of the group is to be seen in `/proc`; `undefined` where there is none to look in. */
async function seenInProc(group: number): Promise<boolean | undefined> {
  const names = await readdir('/proc').catch((): string[] => []);
  const ids = names.filter((name) => /^\d+$/.test(name));
  if (ids.length === 0) return undefined;
  const stats = await Promise.all(ids.map((id) => readFile(`/proc/${id}/stat`, 'utf8').catch(() => '')));
  return stats.some((stat) => runsIn(group, stat));
}

/** Process groups (POSIX). */
export const processGroups: ProcessControl = {
  signal(leader, signal) {
    try {
      kill(-leader, signal);
    } catch {
      // Gone, or of another user: nothing that could be done.
    }
  },
  async alive(leader) {
    try {
      kill(-leader, 0);
    } catch (error) {
      // EPERM: only processes that we may not signal, or (macOS) only zombies.
      return errnoOf(error) !== 'ESRCH' && errnoOf(error) !== 'EPERM';
    }
    return (await seenInProc(leader)) ?? true;
  },
};

/** Process trees (Windows): `taskkill /T /F` for both signals, because console programs hear nothing gentler. */
export const processTrees: ProcessControl = {
  signal(leader) {
    const killer = spawn('taskkill', ['/PID', String(leader), '/T', '/F'], { stdio: 'ignore', windowsHide: true });
    killer.on('error', () => {});
    killer.unref();
  },
  alive(leader) {
    try {
      kill(leader, 0);
      return Promise.resolve(true);
    } catch {
      return Promise.resolve(false);
    }
  },
};
