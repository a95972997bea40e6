/**
 * `token`: the bearer token of the gateway over HTTP.
 *
 * @module
 */
import type { Command } from '../command.ts';
import { usageError } from '../errors.ts';
import { EXIT } from '../exit.ts';
import { outJson } from '../record.ts';
import { shortPath } from '../text/shell.ts';
import { didYouMean } from '../text/suggest.ts';

const WHAT = ['show', 'rotate', 'path'];

export const token: Command = async (args, context, io) => {
  const what = args.word(0);
  if (!WHAT.includes(what))
    throw usageError(`token has no "${what}"`, didYouMean(what, WHAT) ?? `Give one of ${WHAT.join(', ')}.`);
  const gateway = await context.ports.gateway();
  const path = gateway.tokenPath;
  if (what === 'rotate') await gateway.rotate();
  const shown = what === 'show' ? await gateway.token() : undefined;
  if (context.json) {
    const rotated = what === 'rotate' ? { rotated: true } : {};
    outJson({ schema: 'token/v1', path, ...rotated, ...(shown === undefined ? {} : { token: shown }) }, io);
    return EXIT.ok;
  }
  if (shown !== undefined) io.out(shown);
  else if (what === 'path') io.out(path);
  else {
    io.out(`rotated the token in ${shortPath(path, context.place)}`);
    io.err('Gateways that run have taken it; the old one is worth nothing.');
    io.err(`Tell your clients: export HOLDFAST_TOKEN="$(${context.ports.program} token show)"`);
  }
  return EXIT.ok;
};
