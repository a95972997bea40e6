/**
 * `tools`, `prompts`, `resources`: what a server offers, by its last good lists.
 *
 * @module
 */
import { safeLine } from '../../base/safe-text.ts';
import type { Lists } from '../../core/ports.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit.ts';
import { outJson } from '../record.ts';
import { settle } from '../settle.ts';
import { tableLines } from '../text/table.ts';

interface Item {
  readonly name?: unknown;
  readonly title?: unknown;
  readonly description?: unknown;
  readonly uri?: unknown;
  readonly uriTemplate?: unknown;
  readonly mimeType?: unknown;
}

const text = (value: unknown): string => (typeof value === 'string' ? safeLine(value, 400) : '');

const items = (list: readonly unknown[]): readonly Item[] => list as readonly Item[];

function rowsOf(verb: string, lists: Lists): readonly (readonly string[])[] {
  if (verb === 'resources')
    return [...items(lists.resources), ...items(lists.resourceTemplates)].map((one) => [
      text(one.uri ?? one.uriTemplate),
      text(one.mimeType),
      text(one.title ?? one.name ?? one.description),
    ]);
  const list = verb === 'tools' ? lists.tools : lists.prompts;
  return items(list).map((one) => [text(one.name), text(one.description ?? one.title)]);
}

export const lists: Command = async (args, context, io) => {
  const name = args.word(0);
  const { verb } = context;
  const [snapshot] = await settle(context, io, { names: [name], waitMs: args.number('wait') });
  const fleet = await context.fleet();
  const found = await fleet.lists(name, await context.view());
  if (context.json) {
    const own =
      verb === 'resources'
        ? { resources: found.resources, resourceTemplates: found.resourceTemplates }
        : { [verb]: verb === 'tools' ? found.tools : found.prompts };
    outJson({ schema: `${verb}/v1`, server: name, ...own }, io);
    return EXIT.ok;
  }
  const rows = rowsOf(verb, found);
  if (rows.length === 0) io.err(`${name} offers no ${verb}.`);
  else {
    const titles = verb === 'resources' ? ['URI', 'TYPE', 'WHAT'] : ['NAME', 'WHAT'];
    const columns = titles.map((title) => ({ title, ...(title === 'WHAT' ? { least: 20 } : {}) }));
    for (const line of tableLines(columns, rows, io.isTTY ? { columns: io.columns } : {})) io.out(line);
  }
  if (snapshot !== undefined && (snapshot.status !== 'connected' || snapshot.listsLastKnown === true))
    io.err(`Last known list; ${name} is ${snapshot.status} now.`);
  return EXIT.ok;
};
