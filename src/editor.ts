/**
 * Runs a person's editor on the terminal.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { HoldfastError } from './base/errors.ts';

/** Resolves with the exit code of the editor. Errors: `ERR_USAGE` when it cannot be started. */
export function runEditor(command: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], { stdio: 'inherit' });
    child.once('error', (cause) => {
      reject(
        new HoldfastError('ERR_USAGE', `the editor ${command} cannot be started`, {
          hint: 'Set EDITOR to the one you want.',
          cause,
        }),
      );
    });
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
