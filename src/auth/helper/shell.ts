/**
 * Runs one shell command in a process group of its own, so that it can be ended with everything it started.
 *
 * @module
 */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { kill } from 'node:process';
import type { Readable } from 'node:stream';
import { errnoOf } from '../../base/errors.ts';

/** What to run. `env` is the whole environment. */
export interface ShellSpec {
  readonly command: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Where the output goes, in chunks cut anywhere. */
export interface ShellSink {
  readonly stdout: (chunk: Buffer) => void;
  readonly stderr: (chunk: Buffer) => void;
}

/** How it ended; `errno` if it never began. */
export interface ShellExit {
  readonly code: number | null;
  readonly signal: string | null;
  readonly errno?: string;
}

/** A command that runs. Neither promise ever rejects. */
export interface ShellRun {
  /** The shell itself is over. What it started may still run and write. */
  readonly exited: Promise<ShellExit>;
  /** All output was delivered. */
  readonly drained: Promise<void>;
  /** Ends the whole group at once and reads no more than what it wrote already. */
  kill(): void;
  /** Lets go of the output, for the case that something outside the group keeps it open. */
  release(): void;
}

/** The port that starts shell commands. Never throws. */
export type SpawnShell = (spec: ShellSpec, sink: ShellSink) => ShellRun;

/** `sh -c` on POSIX, `cmd` on Windows; stdin is empty. */
export function shellSpawner({ windows }: { readonly windows: boolean }): SpawnShell {
  return (spec, sink) => {
    try {
      const child = spawn(spec.command, {
        shell: true,
        cwd: spec.cwd,
        env: spec.env,
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: !windows,
        windowsHide: true,
      });
      return runOf(child, sink, windows);
    } catch (error) {
      return neverBegun(errnoOf(error) ?? 'EINVAL');
    }
  };
}

function runOf(child: ChildProcessByStdio<null, Readable, Readable>, sink: ShellSink, windows: boolean): ShellRun {
  child.stdout.on('data', sink.stdout);
  child.stderr.on('data', sink.stderr);
  return {
    exited: new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
      child.once('error', (error) => resolve({ code: null, signal: null, errno: errnoOf(error) ?? 'EINVAL' }));
    }),
    drained: new Promise((resolve) => {
      child.once('close', () => resolve());
      child.once('error', () => resolve());
    }),
    kill: () => killGroup(child.pid, windows),
    release: () => {
      child.stdout.destroy();
      child.stderr.destroy();
    },
  };
}

function killGroup(leader: number | undefined, windows: boolean): void {
  if (leader === undefined) return;
  if (windows) {
    const killer = spawn('taskkill', ['/PID', String(leader), '/T', '/F'], { stdio: 'ignore', windowsHide: true });
    killer.on('error', () => undefined);
    return;
  }
  try {
    kill(-leader, 'SIGKILL');
  } catch {
    // Nothing of the group is left.
  }
}

function neverBegun(errno: string): ShellRun {
  return {
    exited: Promise.resolve({ code: null, signal: null, errno }),
    drained: Promise.resolve(),
    kill: () => undefined,
    release: () => undefined,
  };
}
