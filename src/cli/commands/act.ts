/**
 * `reconnect`, `reset`, `retry`, `stop`, `enable`, `disable`, `reject`: one method of the fleet for each server named.
 *
 * @module
 */
import { HoldfastError, messageOf } from '../../base/errors.ts';
import type { ActionReport, Fleet } from '../../core/fleet.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import type { View } from '../../core/view.ts';
import type { Args, Command } from '../command.ts';
import type { Context } from '../context.ts';
import { exitOfThrown, tellError, tellStates, unknownServer, usageError } from '../errors.ts';
import { EXIT, exitOfSnapshot, worstExit } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import type { Io } from '../io.ts';
import { outJson } from '../record.ts';
import { withRemedy } from '../remedy.ts';
import { outcomeLines } from '../render/outcome.ts';
import { renderingOf } from '../render/rendering.ts';
import { chosen, settle, startWaitMs, withNotice } from '../settle.ts';

interface Act {
  readonly run: (fleet: Fleet, name: string, view: View, args: Args) => Promise<ActionReport>;
  /** The state that was asked for is no bad end. */
  readonly wanted?: Snapshot['status'];
  /** Where no daemon runs the choice is written down and nothing is started. */
  readonly offline?: (context: Context, name: string) => Promise<string>;
}

async function configured(context: Context, name: string) {
  const config = await context.config();
  const view = await context.view();
  const { servers } = await config.load(view);
  const server = servers.find((one) => one.name === name);
  if (server !== undefined) return { config, view, server };
  throw unknownServer(
    name,
    servers.map((one) => one.name),
  );
}

const ACTS: Readonly<Record<string, Act>> = {
  reconnect: { run: (fleet, name, view) => fleet.reconnect(name, view) },
  reset: {
    run: (fleet, name, view, args) =>
      fleet.reset(name, { client: args.flag('client'), credentials: args.flag('credentials') }, view),
  },
  retry: { run: (fleet, name, view) => fleet.retryNow(name, view) },
  enable: { run: (fleet, name, view) => fleet.enable(name, view) },
  stop: {
    run: (fleet, name, view) => fleet.stopTrying(name, view),
    wanted: 'failed',
    offline: async (context, name) => {
      await configured(context, name);
      return 'no daemon runs, so nothing is being tried';
    },
  },
  disable: {
    run: (fleet, name, view) => fleet.disable(name, view),
    wanted: 'disabled',
    offline: async (context, name) => {
      const { config, view, server } = await configured(context, name);
      await config.setEnabled(view, server, false);
      return 'switched off';
    },
  },
  reject: {
    run: (fleet, name, view) => fleet.reject(name, view),
    wanted: 'disabled',
    offline: async (context, name) => {
      const { config, view, server } = await configured(context, name);
      await config.reject(view, server);
      return 'rejected';
    },
  },
};

type Result =
  | { readonly name: string; readonly did: readonly string[]; readonly snapshot: Snapshot }
  | { readonly name: string; readonly error: unknown };

// Only the verbs that take `--all` and `--failed` have these options.
function choice(args: Args, verb: string): 'all' | 'failed' | 'names' {
  const chooses = verb === 'reconnect' || verb === 'reset';
  const all = chooses && args.flag('all');
  const failed = chooses && args.flag('failed');
  const given = [all, failed, args.words.length > 0].filter(Boolean).length;
  if (given === 0) throw usageError(`${verb} needs NAME, --all or --failed`);
  if (given > 1) throw usageError('give names, or --all, or --failed', 'One of the three is enough.');
  return all ? 'all' : failed ? 'failed' : 'names';
}

async function targets(args: Args, context: Context, io: Io): Promise<readonly string[]> {
  const kind = choice(args, context.verb);
  const fleet = await context.fleet();
  const all = await (kind === 'failed' ? settle(context, io, { names: [] }) : fleet.snapshots(await context.view()));
  if (kind === 'names') return chosen(all, args.words).map(({ name }) => name);
  const wanted = kind === 'all' ? all : all.filter(({ status }) => status === 'failed' || status === 'needs-auth');
  return wanted.map(({ name }) => name);
}

// A process of its own ends after this command: what is being retried gets the start wait.
function waitMs(args: Args, context: Context, act: Act): number {
  if (act.wanted !== undefined) return 0;
  return args.number('wait') ?? (context.ownership() === 'daemon' ? 0 : startWaitMs(context));
}

async function actOn(names: readonly string[], act: Act, args: Args, context: Context): Promise<readonly Result[]> {
  const fleet = await context.fleet();
  const view = await context.view();
  const limit = waitMs(args, context, act);
  return Promise.all(
    names.map(async (name): Promise<Result> => {
      try {
        const { did, snapshot } = await act.run(fleet, name, view, args);
        if (limit === 0 || snapshot.status !== 'pending') return { name, did, snapshot };
        const after = await fleet.settled({ timeoutMs: limit, names: [name], view, signal: context.signal });
        return { name, did, snapshot: after.find((one) => one.name === name) ?? snapshot };
      } catch (error) {
        return { name, error: await withRemedy(error, context) };
      }
    }),
  );
}

function exitOf(result: Result, act: Act): ExitCode {
  if ('error' in result) return exitOfThrown(result.error);
  return result.snapshot.status === act.wanted ? EXIT.ok : exitOfSnapshot(result.snapshot);
}

function recordOf(result: Result): object {
  if (!('error' in result)) return result;
  const { name, error } = result;
  const told = error instanceof HoldfastError ? error.toJSON() : { code: 'ERR_INTERNAL', message: messageOf(error) };
  return { name, error: told };
}

async function actOffline(
  act: Required<Pick<Act, 'offline'>>,
  args: Args,
  context: Context,
  io: Io,
): Promise<ExitCode> {
  const results: { name: string; did: readonly string[] }[] = [];
  for (const name of args.words) results.push({ name, did: [await act.offline(context, name)] });
  if (context.json) outJson({ schema: 'action/v1', action: context.verb, owner: null, results }, io);
  else for (const { name, did } of results) io.out(`${name}: ${did.join(' · ')}`);
  return EXIT.ok;
}

export const act: Command = async (args, context, io) => {
  const verb = ACTS[context.verb];
  if (verb === undefined) throw new TypeError(`no action is behind ${context.verb}`);
  const { signal } = context;
  const { offline } = verb;
  if (offline !== undefined && (await context.running()) === undefined)
    return actOffline({ offline }, args, context, io);
  const names = await targets(args, context, io);
  const what = names.length === 1 ? (names[0] ?? '') : `${names.length} servers`;
  const results = await withNotice(io, `${context.verb} ${what} …`, () => actOn(names, verb, args, context));
  if (signal.aborted) return EXIT.interrupted;
  const exit = worstExit(results.map((result) => exitOf(result, verb)));
  const bad = results.flatMap((result) =>
    'error' in result || exitOf(result, verb) !== exit ? [] : [result.snapshot],
  );
  if (context.json) {
    outJson(
      { schema: 'action/v1', action: context.verb, owner: await context.owner(), results: results.map(recordOf) },
      io,
    );
    const thrown = results.find((result) => 'error' in result);
    if (thrown !== undefined && 'error' in thrown) tellError(thrown.error, io, { json: true, debug: false });
    else tellStates(bad, exit, io);
    return exit;
  }
  if (results.length === 0) io.err('No server is failed or needs authentication.');
  for (const result of results) {
    if ('error' in result) tellError(result.error, io, { json: false, debug: false });
    else for (const line of outcomeLines(result, context.typed, renderingOf(context, io))) io.out(line);
  }
  return exit;
};
