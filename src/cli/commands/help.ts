/**
 * `help`: the list of verbs, or one of them.
 *
 * @module
 */
import type { Command } from '../command.ts';
import { COMMANDS } from '../commands.ts';
import { usageError } from '../errors.ts';
import { EXIT } from '../exit.ts';
import { mainHelp, verbHelp } from '../help.ts';
import { rowOf } from '../parse.ts';
import { didYouMean } from '../text/suggest.ts';

export const help: Command = async (args, context, io) => {
  const { program } = context.ports;
  const verb = args.words[0];
  if (verb === undefined) {
    for (const line of mainHelp(program, io)) io.out(line);
    return EXIT.ok;
  }
  const row = rowOf(COMMANDS, verb);
  if (row === undefined)
    throw usageError(
      `there is no verb "${verb}"`,
      didYouMean(
        verb,
        COMMANDS.map(({ name }) => name),
      ),
    );
  for (const line of verbHelp(row, program, io)) io.out(line);
  return EXIT.ok;
};
