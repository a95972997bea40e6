/**
 * Runs a shell command within limits and gives back what it printed; whatever happens, its group is ended.
 *
 * @module
 */
import type { Clock } from '../../base/clock.ts';
import { Tail } from './stderr.ts';
import type { ShellExit, ShellRun, ShellSpec, SpawnShell } from './shell.ts';

/** How a run ended: by itself, or because a limit or the caller ended it. */
export type Ending = ShellExit | 'late' | 'aborted' | 'too-much';

/** What the command did, before anything of it is judged. */
export interface Captured {
  readonly ending: Ending;
  readonly stdout: string;
  /** The end of stderr, as it came. */
  readonly stderr: string;
}

/** The limits of one run. */
export interface CaptureLimits {
  readonly numbers: { readonly helperTimeoutMs: number; readonly helperOutputBytes: number };
  readonly signal: AbortSignal;
}

/** How long output is waited for after the end: only something that left the group can still hold it open. */
const DRAIN_MS = 500;

/** Runs the command. Resolves when nothing of its group runs any more. */
export async function capture(
  world: { readonly clock: Clock; readonly spawn: SpawnShell },
  spec: ShellSpec,
  { numbers, signal }: CaptureLimits,
): Promise<Captured> {
  if (signal.aborted) return { ending: 'aborted', stdout: '', stderr: '' };
  const controller = new AbortController();
  const stop = (why: Ending): void => controller.abort(why);
  const pieces: Buffer[] = [];
  const stderr = new Tail();
  let size = 0;
  const run = world.spawn(spec, {
    stdout: (chunk) => {
      size += chunk.length;
      if (size > numbers.helperOutputBytes) stop('too-much');
      else pieces.push(chunk);
    },
    stderr: (chunk) => stderr.push(chunk),
  });
  const timer = world.clock.after(numbers.helperTimeoutMs, () => stop('late'));
  const abort = (): void => stop('aborted');
  signal.addEventListener('abort', abort, { once: true });
  const ended = await Promise.race([run.exited, whenStopped(controller.signal)]);
  timer.cancel();
  signal.removeEventListener('abort', abort);
  await finish(run, world.clock);
  // The limit can be passed by what was still in the pipe when the command ended.
  const ending = size > numbers.helperOutputBytes ? 'too-much' : ended;
  return { ending, stdout: Buffer.concat(pieces).toString('utf8'), stderr: stderr.text };
}

function whenStopped(signal: AbortSignal): Promise<Ending> {
  return new Promise((resolve) => {
    const stopped = (): void => resolve(signal.reason as Ending);
    signal.addEventListener('abort', stopped, { once: true });
    if (signal.aborted) stopped();
  });
}

async function finish(run: ShellRun, clock: Clock): Promise<void> {
  run.kill();
  await new Promise<void>((resolve) => {
    const timer = clock.after(DRAIN_MS, resolve);
    void run.drained.finally(() => {
      timer.cancel();
      resolve();
    });
  });
  run.release();
}
