/**
 * `logout`: forgets the login of a server, and tells the authorization server so.
 *
 * @module
 */
import type { ActionReport } from '../../core/fleet.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { exitOfThrown, tellError } from '../errors.ts';
import { EXIT, worstExit } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import type { Io } from '../io.ts';
import { outJson } from '../record.ts';
import { outcomeLines } from '../render/outcome.ts';
import { renderingOf } from '../render/rendering.ts';
import { chosen } from '../settle.ts';

function tell(report: ActionReport, context: Context, io: Io): void {
  for (const line of outcomeLines(report, context.typed, renderingOf(context, io))) io.out(line);
}

export const logout: Command = async (args, context, io) => {
  const fleet = await context.fleet();
  const view = await context.view();
  const servers = chosen(await fleet.snapshots(view), args.words);
  const options = { local: args.flag('local'), client: args.flag('client') };
  const reports: (ActionReport & { readonly name: string })[] = [];
  const exits: ExitCode[] = [];
  for (const { name } of servers) {
    try {
      // That the server wants a sign-in now is what was asked for.
      const report = await fleet.logout(name, options, view);
      reports.push({ name, ...report });
      if (!context.json) tell(report, context, io);
    } catch (error) {
      if (servers.length === 1) throw error;
      tellError(error, io, { json: context.json, debug: false });
      exits.push(exitOfThrown(error));
    }
  }
  if (context.json) outJson({ schema: 'action/v1', action: 'logout', results: reports }, io);
  return exits.length === 0 ? EXIT.ok : worstExit(exits);
};
