/**
 * Starts the daemon's process, loose from this one.
 *
 * @module
 */
import { spawn } from 'node:child_process';

/** How the daemon is run. */
export interface DaemonCommand {
  /** Path of node. */
  readonly execPath: string;
  /** Its arguments: the program and `daemon run`. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A folder that stays; the daemon keeps it busy. */
  readonly cwd: string;
}

/** A process on its way. */
export interface Started {
  readonly pid: number | undefined;
  /** Why it ended, once it has: its exit code, its signal, or the error of starting it. */
  ended(): string | undefined;
}

/** Starts a process whose standard output and error go to `fd`. */
export type Launch = (fd: number) => Started;

/** The machine's own: a session of its own, nothing inherited but the log. */
export function launcher({ execPath, args, env, cwd }: DaemonCommand): Launch {
  return (fd) => {
    let ended: string | undefined;
    const child = spawn(execPath, [...args], {
      cwd,
      env,
      detached: true,
      windowsHide: true,
      stdio: ['ignore', fd, fd],
    });
    child.once('error', (error: NodeJS.ErrnoException) => {
      ended ??= error.code ?? error.message;
    });
    child.once('exit', (code, signal) => {
      ended ??= signal ?? `exit code ${code ?? 0}`;
    });
    child.unref();
    return { pid: child.pid, ended: () => ended };
  };
}
