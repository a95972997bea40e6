/**
 * `add`: a server in the words of the command line.
 *
 * @module
 */
import type { Command } from '../command.ts';
import { entryOf } from '../entry-words.ts';
import { EXIT } from '../exit.ts';
import { scopeOf, tellWrite } from '../writing.ts';

const SECRET_HEADER = /^(?:authorization|proxy-authorization|cookie|.*(?:key|token|secret).*)$/i;

function writtenInClear(raw: Readonly<Record<string, unknown>>): readonly string[] {
  const headers = (raw['headers'] ?? {}) as Readonly<Record<string, string>>;
  return Object.entries(headers)
    .filter(([name, value]) => SECRET_HEADER.test(name) && !value.includes('${'))
    .map(([name]) => name);
}

export const add: Command = async (args, context, io) => {
  const { name, raw } = entryOf(args);
  const scope = scopeOf(args, context);
  // Claude Code skips an entry that has a url and no type; our own file leaves both transports open.
  const needsType = raw['url'] !== undefined && raw['type'] === undefined && scope !== 'own' && scope !== 'file';
  const entry = needsType ? { type: 'http', ...raw } : raw;
  const config = await context.config();
  const report = await config.add(await context.view(), { name, raw: entry, scope, replace: args.flag('replace') });
  await tellWrite({ name, report }, context, io);
  const clear = writtenInClear(raw);
  if (clear.length > 0 && !context.json)
    io.err(`Note: ${clear.join(', ')} stands in the file in clear; \${NAME} and an exported variable keep it out.`);
  return EXIT.ok;
};
