/**
 * `add-json`: a server as its JSON.
 *
 * @module
 */
import { messageOf } from '../../base/errors.ts';
import type { Command } from '../command.ts';
import { usageError } from '../errors.ts';
import { EXIT } from '../exit.ts';
import { scopeOf, tellWrite } from '../writing.ts';

/** A JSON object, or `ERR_USAGE` that names the place of the mistake and not the text, which may hold secrets. */
export function jsonObject(text: string, what: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const place = /at position \d+(?: \(line \d+ column \d+\))?|Unexpected end/.exec(messageOf(error))?.[0] ?? '';
    throw usageError(`${what} is not JSON${place === '' ? '' : ` (${place.toLowerCase()})`}`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw usageError(`${what} must be a JSON object`);
}

export const addJson: Command = async (args, context, io) => {
  const name = args.word(0);
  const word = args.word(1);
  const raw = jsonObject(word === '-' ? await io.stdin() : word, 'the entry');
  const config = await context.config();
  const scope = scopeOf(args, context);
  const report = await config.add(await context.view(), { name, raw, scope, replace: args.flag('replace') });
  await tellWrite({ name, report }, context, io);
  return EXIT.ok;
};
