/**
 * A shell for tests of helpers: each command is a function that prints and ends when it likes.
 *
 * @module
 */
import type { ShellExit, ShellSpec, SpawnShell } from '../../src/auth/helper/shell.ts';

/** One command that was started. */
export interface ScriptedRun {
  readonly spec: ShellSpec;
  /** Prints on stdout. */
  out(text: string): void;
  /** Prints on stderr. */
  err(text: string): void;
  /** Ends the command and its output. */
  exit(exit?: Partial<ShellExit>): void;
  killed: boolean;
}

/** A `SpawnShell` that calls `script` with every command it starts. A kill ends the command. */
export function scriptedShell(script: (run: ScriptedRun) => void): { spawn: SpawnShell; runs: ScriptedRun[] } {
  const runs: ScriptedRun[] = [];
  const spawn: SpawnShell = (spec, sink) => {
    let end: (exit: ShellExit) => void = () => undefined;
    const over = new Promise<ShellExit>((resolve) => {
      end = resolve;
    });
    const run: ScriptedRun = {
      spec,
      out: (text) => sink.stdout(Buffer.from(text)),
      err: (text) => sink.stderr(Buffer.from(text)),
      exit: (exit = {}) => end({ code: 0, signal: null, ...exit }),
      killed: false,
    };
    runs.push(run);
    script(run);
    return {
      exited: over,
      drained: over.then(() => undefined),
      kill: () => {
        run.killed = true;
        end({ code: null, signal: 'SIGKILL' });
      },
      release: () => undefined,
    };
  };
  return { spawn, runs };
}
