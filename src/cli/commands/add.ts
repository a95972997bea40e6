/**
 * `add`: a server in the words of the command line.
 *
 * @module
 */
import type { Scope } from '../../core/entry.ts';
import { mayAsk } from '../asking.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { usageError } from '../errors.ts';
import type { Io } from '../io.ts';
import { entryOf } from '../entry-words.ts';
import { EXIT } from '../exit.ts';
import { scopeOf, tellWrite } from '../writing.ts';

const SECRET_HEADER = /^(?:authorization|proxy-authorization|cookie|.*(?:key|token|secret).*)$/i;

type Raw = Readonly<Record<string, unknown>>;

function writtenInClear(raw: Raw): readonly string[] {
  const headers = (raw['headers'] ?? {}) as Readonly<Record<string, string>>;
  const { clientSecret = '${}' } = (raw['oauth'] ?? {}) as { readonly clientSecret?: string };
  const names = Object.entries(headers)
    .filter(([name, value]) => SECRET_HEADER.test(name) && !value.includes('${'))
    .map(([name]) => name);
  return clientSecret.includes('${') ? names : [...names, 'oauth.clientSecret'];
}

const SECRET_VARIABLE = 'MCP_CLIENT_SECRET';

/** The secret: from the variable that Claude Code reads, else from a person, who may also type `${NAME}`. */
async function askedSecret(context: Context, io: Io): Promise<string> {
  const given = context.ports.env[SECRET_VARIABLE] ?? '';
  if (given !== '') return given;
  if (!mayAsk(context, io))
    throw usageError('--client-secret needs a terminal to ask at', `Or set ${SECRET_VARIABLE} for this command.`);
  io.errRaw('Client secret, or ${NAME} of a variable that holds it (it is not shown): ');
  const typed = await io.hidden({ signal: context.signal });
  io.err('');
  const text = typed.kind === 'line' ? typed.text.trim() : '';
  if (text === '') throw usageError('no client secret was given; nothing was written');
  return text;
}

/** The entry with its client secret. Into a file that is shared no secret is written. */
async function withSecret(raw: Raw, scope: Scope, on: { readonly context: Context; readonly io: Io }): Promise<Raw> {
  const secret = await askedSecret(on.context, on.io);
  if (scope === 'project' && !secret.includes('${'))
    throw usageError(
      'a client secret does not belong into .mcp.json, which others read',
      'Give ${NAME} instead, and export the variable.',
    );
  return { ...raw, oauth: { ...(raw['oauth'] as object), clientSecret: secret } };
}

export const add: Command = async (args, context, io) => {
  const { name, raw: plain } = entryOf(args);
  const scope = scopeOf(args, context);
  const raw = args.flag('client-secret') ? await withSecret(plain, scope, { context, io }) : plain;
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
