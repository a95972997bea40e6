/**
 * What `add`, `add-json`, `edit` and `remove` share: the scope, the report, and a word about what is in force now.
 *
 * @module
 */
import type { ConfiguredServer, WriteReport } from '../core/config-model.ts';
import type { Scope } from '../core/entry.ts';
import type { Args } from './command.ts';
import type { Context } from './context.ts';
import type { Io } from './io.ts';
import { outJson } from './record.ts';
import { sourceText } from './render/words.ts';
import { shellWord, shortPath } from './text/shell.ts';

/** The scope that was named; `undefined` = not named. */
export function namedScope(args: Args): Scope | undefined {
  return args.text('scope') as Scope | undefined;
}

/** Where `add` writes: the scope named, else the file of `--config`, else our own file. */
export function scopeOf(args: Args, context: Context): Scope {
  return namedScope(args) ?? (context.files.length > 0 ? 'file' : 'own');
}

/** The entry of the name that is in force now. */
export async function inForce(context: Context, name: string): Promise<ConfiguredServer | undefined> {
  const config = await context.config();
  const { servers } = await config.load(await context.view());
  return servers.find((one) => one.name === name);
}

/** Tells what was written, and whether it is what counts. */
export async function tellWrite(
  written: { readonly name: string; readonly report: WriteReport },
  context: Context,
  io: Io,
): Promise<void> {
  const { name, report } = written;
  if (context.json) {
    outJson({ schema: 'write/v1', name, ...report }, io);
    return;
  }
  io.out(`${report.action} ${name} in ${shortPath(report.file, context.place)}:${report.line}`);
  const now = await inForce(context, name);
  if (report.action === 'removed') {
    if (now !== undefined) io.err(`Now the entry of ${sourceText(now.source, context.place)} is in force.`);
    return;
  }
  if (now !== undefined && now.source.file !== report.file)
    io.err(`Note: ${sourceText(now.source, context.place)} has a server of this name, and that one is in force.`);
  if (now?.problem !== undefined) io.err(`Note: the entry is not valid: ${now.problem.detail ?? now.problem.reason}`);
  const waits = now?.approval.state === 'awaiting' || now?.approval.state === 'changed';
  io.err(`Next: ${context.typed(`${waits ? 'approve' : 'status'} ${shellWord(name)}`)}`);
}
