/**
 * `demo`: the person's own servers brought up, or a demonstration fleet where there are none.
 *
 * @module
 */
import type { Snapshot } from '../../core/snapshot.ts';
import { limited, overTime } from '../changes.ts';
import type { Args, Command } from '../command.ts';
import type { Context, DemoServers } from '../context.ts';
import { EXIT } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import type { Io } from '../io.ts';
import { outJson, statusRecord } from '../record.ts';
import { nextSteps } from '../render/next.ts';
import { renderingOf } from '../render/rendering.ts';
import { statusScreen } from '../render/status.ts';
import { waitsForPerson } from '../render/words.ts';
import { withNotice } from '../settle.ts';
import { styleOf } from '../text/style.ts';
import { definitions } from '../text/wrap.ts';
import { watchStatus } from '../watch.ts';

const LIMIT_MS = 30_000;
/** On a terminal with fewer rows only the first suggestions are made, without explanations. */
const ROOMY_FROM = 36;

const isQuiet = (snapshots: readonly Snapshot[]): boolean =>
  snapshots.every((one) => one.status !== 'pending' || waitsForPerson(one));

/** Commands that work while the fleet is up, in another terminal. */
function suggestions(context: Context, demo: DemoServers | undefined, io: Io): readonly string[] {
  const { typed, ports } = context;
  const rows: readonly (readonly [string, string])[] =
    demo === undefined
      ? [
          [typed('menu'), 'the same to walk through, with what can be done'],
          [typed('ui'), 'the same in your browser'],
          [typed('status'), 'this table, at any time'],
          [typed('help'), 'everything else'],
        ]
      : [
          [typed('menu'), 'the same to walk through, with what can be done'],
          [typed('ui'), 'all of it in your browser'],
          [typed('reconnect gone'), 'contact a server anew, now'],
          [typed('status'), 'this table'],
          [typed('get heals'), 'everything about one server, its history too'],
          [typed('call local echo text=hello'), 'use a server'],
          [`${ports.program} explain http-404`, 'what a reason means'],
        ];
  const title = demo === undefined ? 'Type next:' : 'Type in another terminal:';
  const lines =
    io.isTTY && io.rows < ROOMY_FROM
      ? rows.slice(0, 3).map(([words]) => `  ${words}`)
      : definitions(rows, io.isTTY ? io.columns : 200);
  return [styleOf(io).bold(title), ...lines];
}

function ending(context: Context, demo: DemoServers | undefined): string {
  if (demo !== undefined) return 'Ctrl-C ends the demonstration.';
  const kept = context.ownership() === 'in-process' ? 'and the connections' : ', and the daemon keeps the connections';
  return `Ctrl-C ends this display${kept.startsWith(',') ? kept : ` ${kept}`}.`;
}

async function live(context: Context, io: Io, demo: DemoServers | undefined): Promise<ExitCode> {
  const began = context.clock.monotonic();
  let settled = false;
  const isSettled = (snapshots: readonly Snapshot[]): boolean => {
    const now = demo === undefined ? isQuiet(snapshots) : demo.isSettled(snapshots);
    settled ||= now || context.clock.monotonic() - began > LIMIT_MS;
    return settled;
  };
  await watchStatus(context, io, {
    names: [],
    ...showsOf(demo),
    advise: isSettled,
    footer: (snapshots) =>
      isSettled(snapshots)
        ? ['', ...suggestions(context, demo, io), '', ending(context, demo)]
        : ['', styleOf(io).dim('The servers settle …')],
  });
  return EXIT.ok;
}

function showsOf(demo: DemoServers | undefined): { readonly shows?: ReadonlyMap<string, string> } {
  return demo === undefined ? {} : { shows: new Map(demo.describe.map(({ name, what }) => [name, what])) };
}

// Where nothing can be written over, the table is printed once, when the servers have come to rest.
async function printed(context: Context, io: Io, demo: DemoServers | undefined): Promise<ExitCode> {
  const limit = limited(context, LIMIT_MS);
  let last: readonly Snapshot[] = [];
  await withNotice(io, 'the servers settle …', async () => {
    for await (const snapshots of overTime(context, [], limit.signal)) {
      last = snapshots;
      if (demo === undefined ? isQuiet(snapshots) : demo.isSettled(snapshots)) break;
    }
  }).finally(() => limit.end());
  if (context.signal.aborted) return EXIT.interrupted;
  const owner = await context.owner();
  if (context.json) {
    outJson(statusRecord(context, owner, last), io);
    return EXIT.ok;
  }
  // What is typed after the end must work: the servers of the demonstration are gone by then.
  const steps = demo === undefined ? nextSteps(last, context.typed) : [];
  const screen = { snapshots: last, owner, steps, notLoaded: [], ...showsOf(demo) };
  for (const line of statusScreen(screen, renderingOf(context, io))) io.out(line);
  const { program } = context.ports;
  const after =
    demo === undefined
      ? suggestions(context, demo, io)
      : [
          'These servers ended with this command; on a terminal they stay up and the table lives.',
          'Next:',
          ...definitions(
            [
              [`${program} add NAME URL`, 'a server of your own'],
              [`${program} status`, 'every server of yours, honestly'],
              [`${program} help`, 'everything else'],
            ],
            200,
          ),
        ];
  io.out('');
  for (const line of after) io.out(line);
  return EXIT.ok;
}

const show = (context: Context, io: Io, demo: DemoServers | undefined): Promise<ExitCode> =>
  io.isTTY && io.animate && !context.json ? live(context, io, demo) : printed(context, io, demo);

async function embedded(context: Context, io: Io): Promise<ExitCode> {
  const demo = await context.ports.demo();
  // On a terminal the daemon owns them, so that what is typed elsewhere is seen here.
  const session = context.along({ files: [demo.configFile], noDaemon: !io.isTTY });
  try {
    return await show(session.context, io, demo);
  } finally {
    await session.close();
    if (session.context.ownership() === 'started-daemon') await context.ports.daemon.stop();
    await demo.close();
  }
}

async function hasServers(args: Args, context: Context): Promise<boolean> {
  if (args.flag('embedded')) return false;
  const config = await context.config();
  const { servers } = await config.load(await context.view());
  return servers.length > 0;
}

export const demo: Command = async (args, context, io) => {
  if (await hasServers(args, context)) return show(context, io, undefined);
  io.err('Holdfast: no server is configured here, so these are demonstration servers on this machine.');
  return embedded(context, io);
};
