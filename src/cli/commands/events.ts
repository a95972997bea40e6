/**
 * `events`: what happens, one JSON object a line.
 *
 * @module
 */
import type { FleetEvent } from '../../core/events.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { overTime } from '../changes.ts';
import type { Args, Command } from '../command.ts';
import type { Context } from '../context.ts';
import { sentenceOf } from '../errors.ts';
import { EXIT } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import type { Io } from '../io.ts';
import { following } from '../following.ts';
import { chosen, settle } from '../settle.ts';

// How long after the last kept event the reading of kept ones is taken to be over.
const QUIET_MS = 250;

/** The line with which Claude Code begins a turn of `stream-json`: statuses, and entries that could not be used. */
export function systemInit(snapshots: readonly Snapshot[]): object {
  const broken = snapshots.filter(({ reason }) => reason === 'config-invalid' || reason === 'variable-missing');
  return {
    type: 'system',
    subtype: 'init',
    mcp_servers: snapshots.map(({ name, status }) => ({ name, status })),
    ...(broken.length === 0
      ? {}
      : {
          mcp_server_errors: broken.map((one) => ({
            name: one.name,
            type: 'invalid_config',
            message: one.detail ?? sentenceOf(one),
          })),
        }),
  };
}

async function streamJson(args: Args, context: Context, io: Io): Promise<ExitCode> {
  const first = await settle(context, io, { names: args.words, waitMs: args.number('wait') });
  let last = JSON.stringify(systemInit(first));
  io.out(last);
  if (!args.flag('follow')) return context.signal.aborted ? EXIT.interrupted : EXIT.ok;
  for await (const snapshots of overTime(context, args.words, context.signal)) {
    const line = JSON.stringify(systemInit(snapshots));
    if (line !== last) io.out(line);
    last = line;
  }
  return EXIT.interrupted;
}

/** Aborts when nothing has come for a while; every event puts the end off. */
function endWhenQuiet(context: Context, end: AbortController): { heard(): void; arm(): void } {
  let timer: { cancel(): void } | undefined;
  let armed = false;
  const again = (): void => {
    timer?.cancel();
    if (armed) timer = context.clock.after(QUIET_MS, () => end.abort());
  };
  return {
    heard: again,
    arm() {
      armed = true;
      again();
    },
  };
}

function printer(names: readonly string[], io: Io): (event: FleetEvent) => void {
  const wanted = new Set(names);
  return (event) => {
    const isWanted = wanted.size === 0 || (event.server !== undefined && wanted.has(event.server));
    if (isWanted || event.event === 'events.gap') io.out(JSON.stringify(event));
  };
}

async function follow(args: Args, context: Context, io: Io): Promise<ExitCode> {
  await context.fleet();
  const print = printer(args.words, io);
  const since = args.number('since') ?? (context.ownership() === 'daemon' ? undefined : 0);
  const gone = (): void => io.err('holdfast: the daemon has gone; going on when there is one again');
  for await (const event of following(context, { since, gone })) print(event);
  return EXIT.interrupted;
}

export const events: Command = async (args, context, io) => {
  if (args.text('format') === 'claude-stream-json') return streamJson(args, context, io);
  const fleet = await context.fleet();
  const view = await context.view();
  if (args.words.length > 0) chosen(await fleet.snapshots(view), args.words);
  if (args.flag('follow')) return follow(args, context, io);
  const end = new AbortController();
  const quiet = endWhenQuiet(context, end);
  const print = printer(args.words, io);
  const read = async (): Promise<void> => {
    const signal = AbortSignal.any([end.signal, context.signal]);
    for await (const event of fleet.events(signal, { view, since: args.number('since') ?? 0 })) {
      print(event);
      quiet.heard();
    }
  };
  const reading = read();
  try {
    await Promise.race([settle(context, io, { names: args.words, waitMs: args.number('wait') }), reading]);
    quiet.arm();
    await reading;
  } finally {
    end.abort();
    await reading.catch(() => undefined);
  }
  return context.signal.aborted ? EXIT.interrupted : EXIT.ok;
};
