/**
 * Starts the process of a stdio server, or says by errno why it could not be started.
 *
 * @module
 */
import { stat } from 'node:fs/promises';
import spawnPortably from 'cross-spawn';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { errnoOf, messageOf } from '../../base/errors.ts';
import { safeLine } from '../../base/safe-text.ts';
import type { Answer } from '../../core/fault.ts';

/** What to start. */
export interface ProcessSpec {
  /** Looked up in the `PATH` of `env`; relative ones with a slash are relative to `cwd`. */
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly windows: boolean;
}

/** A running process, or the answer of the operating system (kind `spawn`). */
export type Started =
  | { readonly ok: true; readonly child: ChildProcessWithoutNullStreams; readonly pid: number }
  | { readonly ok: false; readonly answer: Answer };

const SENTENCES: Readonly<Record<string, string>> = {
  ENOENT: 'was not found',
  EACCES: 'may not be executed',
  EPERM: 'may not be executed',
  ENOEXEC: 'is in no format that this machine can execute',
};

function refusal(errno: string, text: string): Started {
  return { ok: false, answer: { kind: 'spawn', errno, text } };
}

function refusedCommand(command: string, error: unknown): Started {
  const errno = errnoOf(error);
  // A value that no process can be given (a NUL byte) is thrown by Node itself, under a code of its own.
  if (errno === undefined || errno.startsWith('ERR_')) return refusal('EINVAL', safeLine(messageOf(error)));
  return refusal(errno, safeLine(`the command "${command}" ${SENTENCES[errno] ?? `could not be started (${errno})`}`));
}

/** What is wrong with the working folder. Asked first: Node reports a missing folder as a missing command. */
async function wrongFolder(cwd: string): Promise<Started | undefined> {
  try {
    const facts = await stat(cwd);
    return facts.isDirectory() ? undefined : refusal('ENOTDIR', safeLine(`the folder "${cwd}" is not a folder`));
  } catch (error) {
    const errno = errnoOf(error) ?? 'ENOENT';
    const what = errno === 'ENOENT' ? 'does not exist' : `cannot be entered (${errno})`;
    return refusal(errno, safeLine(`the folder "${cwd}" ${what}`));
  }
}

function spawned(child: ChildProcessWithoutNullStreams): Promise<unknown> {
  return new Promise((resolve) => {
    child.once('spawn', () => resolve(undefined));
    child.once('error', resolve);
  });
}

/**
 * Starts the process, on POSIX as the leader of a group (and session) of its own.
 * `registered` is called with its id in the turn in which it was started, so that a guardian knows it from then on.
 */
export async function startProcess(spec: ProcessSpec, registered: (pid: number) => void): Promise<Started> {
  const wrong = await wrongFolder(spec.cwd);
  if (wrong !== undefined) return wrong;
  let child: ChildProcessWithoutNullStreams;
  try {
    child = spawnPortably(spec.command, spec.args, {
      cwd: spec.cwd,
      env: spec.env,
      stdio: 'pipe',
      detached: !spec.windows,
      windowsHide: true,
    }) as ChildProcessWithoutNullStreams;
  } catch (error) {
    return refusedCommand(spec.command, error);
  }
  const { pid } = child;
  if (pid !== undefined) registered(pid);
  const error = await spawned(child);
  // Later errors (a signal that could not be sent) are seen where they matter.
  child.on('error', () => {});
  if (error !== undefined || pid === undefined) return refusedCommand(spec.command, error);
  return { ok: true, child, pid };
}
