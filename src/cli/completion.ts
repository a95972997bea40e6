/**
 * Completion scripts for four shells, generated from the command table.
 *
 * @module
 */
import type { CommandRow } from './command.ts';
import { bashScript } from './completion/bash.ts';
import { fishScript } from './completion/fish.ts';
import { completionModel } from './completion/model.ts';
import { powershellScript } from './completion/powershell.ts';
import { zshScript } from './completion/zsh.ts';

/** The shells, by the words of `completion SHELL`. */
export const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;

/** One of the shells. */
export type Shell = (typeof SHELLS)[number];

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript, powershell: powershellScript } as const;

/** The script for a shell. Names of servers are asked for at the time, by `list --names`, which starts nothing. */
export function completionScript(shell: Shell, commands: readonly CommandRow[]): string {
  return SCRIPTS[shell](completionModel(commands));
}
