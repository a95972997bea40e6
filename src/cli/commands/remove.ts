/**
 * `remove`: takes an entry out of its file.
 *
 * @module
 */
import type { Command } from '../command.ts';
import { unknownServer } from '../errors.ts';
import { EXIT } from '../exit.ts';
import { namedScope, tellWrite } from '../writing.ts';

export const remove: Command = async (args, context, io) => {
  const name = args.word(0);
  const scope = namedScope(args);
  const view = await context.view();
  const config = await context.config();
  const { servers, notLoaded } = await config.load(view);
  const names = [...new Set([...servers, ...notLoaded].map((one) => one.name))];
  if (!names.includes(name)) throw unknownServer(name, names);
  const report = await config.remove(view, { name, ...(scope === undefined ? {} : { scope }) });
  await tellWrite({ name, report }, context, io);
  return EXIT.ok;
};
