/**
 * `status`: every server of the view, honestly, and what to type next.
 *
 * @module
 */
import type { Owner } from '../../core/fleet.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import type { Command } from '../command.ts';
import type { Context, Unloaded } from '../context.ts';
import { tellStates } from '../errors.ts';
import { EXIT, exitOfSnapshot, worstExit } from '../exit.ts';
import type { Io } from '../io.ts';
import { outJson, statusRecord } from '../record.ts';
import { nextSteps } from '../render/next.ts';
import { renderingOf } from '../render/rendering.ts';
import { notLoadedLines, problemLines, statusScreen } from '../render/status.ts';
import { sorted } from '../render/summary.ts';
import { settle } from '../settle.ts';

const NOTHING = (context: Context): readonly string[] => [
  'No server is configured for this folder.',
  '',
  'Next:',
  `  ${context.typed('add NAME URL')}      add one`,
  `  ${context.typed('sources')}           the files that were looked at`,
  `  ${context.typed('demo')}              a fleet to try things on`,
];

function tell(
  snapshots: readonly Snapshot[],
  owner: Owner,
  on: Unloaded & { readonly context: Context; readonly io: Io },
): void {
  const { context, io, notLoaded, problems } = on;
  if (snapshots.length === 0 && notLoaded.length === 0 && problems.length === 0) {
    for (const line of NOTHING(context)) io.out(line);
    return;
  }
  const how = renderingOf(context, io);
  if (snapshots.length === 0 && problems.length > 0) {
    for (const line of [...problemLines(problems, how), ...notLoadedLines(notLoaded, how)]) io.out(line);
    return;
  }
  const ordered = sorted(snapshots);
  const steps = nextSteps(ordered, context.typed);
  for (const line of statusScreen({ snapshots: ordered, owner, steps, notLoaded, problems }, how)) io.out(line);
}

export const status: Command = async (args, context, io) => {
  const names = args.words;
  if (args.flag('watch')) {
    const { watchStatus } = await import('../watch.ts');
    await watchStatus(context, io, { names });
    return EXIT.interrupted;
  }
  const snapshots = await settle(context, io, { names, waitMs: args.number('wait') });
  const owner = await context.owner();
  const { notLoaded, problems } = await context.unloaded();
  if (context.json) outJson(statusRecord(context, owner, snapshots, problems), io);
  else tell(snapshots, owner, { context, io, notLoaded: names.length === 0 ? notLoaded : [], problems });
  if (context.ports.interrupted()) return EXIT.interrupted;
  if (!args.flag('exit-code')) return EXIT.ok;
  const exit = worstExit(snapshots.map(exitOfSnapshot));
  if (context.json) tellStates(snapshots, exit, io);
  return exit;
};
