/**
 * Runs a command for a person: the terminal is its own, and signals to this process reach it.
 *
 * @module
 */
import { constants } from 'node:os';
import spawn from 'cross-spawn';
import { HoldfastError, errnoOf } from './base/errors.ts';
import type { ChildAsk } from './cli/context.ts';
import type { Host } from './host.ts';

/** What of the process a command under it needs. */
export interface ChildWorld {
  readonly host: Host;
  readonly stdin: () => { readonly isTTY?: boolean };
  handSignals(listener: (signal: NodeJS.Signals) => void): () => void;
}

/** As a shell tells an end by a signal. */
const BY_SIGNAL = 128;

function notStarted(command: string, cause: unknown): HoldfastError {
  const why = errnoOf(cause) === 'ENOENT' ? 'is no command of this shell' : 'cannot be started';
  return new HoldfastError('ERR_USAGE', `${command} ${why} (${errnoOf(cause) ?? 'unknown'})`, {
    hint: 'The command stands after "--", as you would type it; for pipes and variables: -- sh -c \'…\'',
    cause,
  });
}

/** Resolves with the exit code of the command, or 128 and the number of the signal that ended it. Errors: `ERR_USAGE` when it cannot be started. */
export function runChild({ command, args, env }: ChildAsk, world: ChildWorld): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], { stdio: 'inherit', env: { ...world.host.env, ...env } });
    // A terminal sends Ctrl-C and Ctrl-\ to both; passing them on would send them twice.
    const fromTerminal: readonly NodeJS.Signals[] = world.stdin().isTTY === true ? ['SIGINT', 'SIGQUIT'] : [];
    const off = world.handSignals((signal) => {
      if (!fromTerminal.includes(signal)) child.kill(signal);
    });
    child.once('error', (cause) => {
      off();
      reject(notStarted(command, cause));
    });
    child.once('exit', (code, signal) => {
      off();
      resolve(code ?? BY_SIGNAL + (signal === null ? 1 : constants.signals[signal]));
    });
  });
}
