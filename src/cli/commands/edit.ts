/**
 * `edit`: fields by words, or the person's editor at the line of the entry.
 *
 * @module
 */
import type { ConfiguredServer } from '../../core/config-model.ts';
import type { EntrySource, Scope } from '../../core/entry.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { changeOf } from '../entry-change.ts';
import { editorOf, editorWords } from '../editor-words.ts';
import { unknownServer, usageError } from '../errors.ts';
import { EXIT } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import type { Io } from '../io.ts';
import { shortPath } from '../text/shell.ts';
import { inForce, namedScope, tellWrite } from '../writing.ts';

/** The entry that is meant: the one in force, or with a scope the one that stands there. */
function sourceIn(server: ConfiguredServer, scope: Scope | undefined): EntrySource {
  const all = [server.source, ...server.shadows];
  const found = scope === undefined ? server.source : all.find((one) => one.scope === scope);
  if (found !== undefined) return found;
  const scopes = all.map((one) => one.scope).join(', ');
  throw usageError(`"${server.name}" does not stand in scope ${scope}`, `It stands in: ${scopes}.`);
}

async function openEditor(
  server: ConfiguredServer,
  source: EntrySource,
  { context, io }: { readonly context: Context; readonly io: Io },
): Promise<ExitCode> {
  const { file, line } = source;
  const { env } = context.ports;
  const { command, args } = editorWords(editorOf(env), file, line);
  const code = await context.ports.edit(command, args);
  if (code !== 0) throw usageError(`the editor ended with code ${code}`, 'Set EDITOR to the one you want.');
  const now = await inForce(context, server.name);
  if (now === undefined) io.err(`Note: ${server.name} is no longer in the file.`);
  else if (now.problem === undefined) io.err(`Next: ${context.typed(`status ${server.name}`)}`);
  else throw usageError(`the entry is not valid: ${now.problem.detail ?? now.problem.reason}`);
  return EXIT.ok;
}

export const edit: Command = async (args, context, io) => {
  const [name = '', ...words] = args.words;
  const unset = args.texts('unset');
  const view = await context.view();
  const config = await context.config();
  const { servers } = await config.load(view);
  const server = servers.find((one) => one.name === name);
  if (server === undefined)
    throw unknownServer(
      name,
      servers.map((one) => one.name),
    );
  if (words.length === 0 && unset.length === 0) {
    const source = sourceIn(server, namedScope(args));
    if (io.isTTY && io.stdinIsTTY) return openEditor(server, source, { context, io });
    const at = `${shortPath(source.file, context.place)}:${source.line}`;
    throw usageError(`edit needs KEY=VALUE or --unset KEY where no editor can be opened`, `The entry stands at ${at}.`);
  }
  const scope = namedScope(args);
  const sameScope = scope === undefined || scope === server.source.scope;
  const change = changeOf(words, unset, sameScope ? server.entry : undefined);
  const report = await config.edit(view, { name, change, ...(scope === undefined ? {} : { scope }) });
  await tellWrite({ name, report }, context, io);
  return EXIT.ok;
};
