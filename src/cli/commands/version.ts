/**
 * `version`.
 *
 * @module
 */
import type { Command } from '../command.ts';
import { EXIT } from '../exit.ts';

export const version: Command = async (_args, context, io) => {
  const { version: text } = context.ports;
  io.out(context.json ? JSON.stringify({ schema: 'version/v1', version: text }) : text);
  return EXIT.ok;
};
