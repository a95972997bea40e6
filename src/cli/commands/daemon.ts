/**
 * `daemon`: the one owner of a person's connections.
 *
 * @module
 */
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { usageError } from '../errors.ts';
import { EXIT } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import type { Io } from '../io.ts';
import { outJson } from '../record.ts';
import { didYouMean } from '../text/suggest.ts';

const WHAT = ['start', 'stop', 'restart', 'status', 'run'];

async function tell(context: Context, io: Io): Promise<ExitCode> {
  const report = await context.ports.daemon.report();
  if (context.json) outJson({ schema: 'daemon/v1', running: report !== undefined, ...report?.record }, io);
  else if (report === undefined) io.out(`no daemon runs; ${context.typed('daemon start')} starts one`);
  else for (const line of report.lines) io.out(line);
  return report === undefined ? EXIT.failed : EXIT.ok;
}

async function start(context: Context, io: Io): Promise<ExitCode> {
  const { fleet, started, view } = await context.ports.daemon.ensure();
  try {
    // Asking for the servers once is what makes the daemon take this folder in.
    await fleet.snapshots(await view(context.files));
  } finally {
    await fleet.close();
  }
  io.err(started ? 'started' : 'a daemon runs already');
  return tell(context, io);
}

async function stop(context: Context, io: Io): Promise<ExitCode> {
  const owner = await context.ports.daemon.stop();
  if (context.json) outJson({ schema: 'daemon/v1', running: false, owner: owner ?? null }, io);
  else io.out(owner === undefined ? 'no daemon ran' : `stopped daemon pid ${owner.pid}`);
  return EXIT.ok;
}

export const daemon: Command = async (args, context, io) => {
  const what = args.words[0] ?? 'status';
  switch (what) {
    case 'status':
      return tell(context, io);
    case 'start':
      return start(context, io);
    case 'stop':
      return stop(context, io);
    case 'restart': {
      await context.ports.daemon.stop();
      return start(context, io);
    }
    case 'run': {
      io.err('the daemon runs in the foreground; Ctrl-C ends it');
      return (await context.ports.daemon.run(context.signal)) === 'crash' ? EXIT.unexpected : EXIT.ok;
    }
    default:
      throw usageError(`daemon has no "${what}"`, didYouMean(what, WHAT) ?? `Give one of ${WHAT.join(', ')}.`);
  }
};
