/**
 * `completion`: a script for the person's shell.
 *
 * @module
 */
import type { Command } from '../command.ts';
import { COMMANDS } from '../commands.ts';
import { completionScript, SHELLS } from '../completion.ts';
import { usageError } from '../errors.ts';
import { EXIT } from '../exit.ts';
import { didYouMean } from '../text/suggest.ts';

export const completion: Command = async (args, _context, io) => {
  const word = args.word(0);
  const shell = SHELLS.find((one) => one === word);
  if (shell === undefined)
    throw usageError(
      `there is no completion for "${word}"`,
      didYouMean(word, SHELLS) ?? `Give one of ${SHELLS.join(', ')}.`,
    );
  io.raw(completionScript(shell, COMMANDS));
  return EXIT.ok;
};
