/**
 * `read`: a resource, as it is where stdout goes into a file or a program.
 *
 * @module
 */
import { Buffer } from 'node:buffer';
import type { Command } from '../command.ts';
import { EXIT } from '../exit.ts';
import { outJson } from '../record.ts';
import { resourceParts, shownPart } from '../render/content.ts';
import { chosen } from '../settle.ts';

export const read: Command = async (args, context, io) => {
  const [name = '', uri = ''] = args.words;
  const fleet = await context.fleet();
  const view = await context.view();
  chosen(await fleet.snapshots(view), [name]);
  const timeoutMs = args.number('timeout');
  const result = await fleet.request(
    name,
    'resources/read',
    { uri },
    { view, signal: context.signal, interaction: 'none', ...(timeoutMs === undefined ? {} : { timeoutMs }) },
  );
  if (context.json) {
    outJson(result ?? {}, io);
    return EXIT.ok;
  }
  for (const part of resourceParts(result)) {
    if (io.isTTY) io.out(shownPart(part));
    else if (part.text !== undefined) io.raw(part.text);
    else io.raw(Buffer.from(part.blob ?? '', 'base64'));
  }
  return EXIT.ok;
};
