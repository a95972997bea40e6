/**
 * `install` and `uninstall`: the gateway in the file of another client, after the difference was shown.
 *
 * @module
 */
import { mayAsk } from '../asking.ts';
import type { Args, Command } from '../command.ts';
import type { Context, InstallAsk, InstallPlan, InstallPort } from '../context.ts';
import { unknownServer, usageError } from '../errors.ts';
import { EXIT } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import type { Io } from '../io.ts';
import { outJson } from '../record.ts';
import { differenceLines } from '../render/difference.ts';
import { CLIENTS, GATEWAY_PORT } from '../table/gateway.ts';
import { shortPath } from '../text/shell.ts';
import { didYouMean } from '../text/suggest.ts';
import { styleOf } from '../text/style.ts';

const HIGHEST_PORT = 65_535;
const SERVER_NAME = /^[\w.:-]{1,128}$/;

/** One command line of one of the two verbs. */
interface On {
  readonly args: Args;
  readonly context: Context;
  readonly io: Io;
  readonly ask: InstallAsk;
  readonly port: InstallPort;
}

function urlOf(args: Args, server: string | undefined): { readonly url?: string } {
  const port = args.number('port');
  if (!args.flag('http')) {
    if (port !== undefined) throw usageError('--port goes with --http');
    return {};
  }
  if (port !== undefined && (port === 0 || port > HIGHEST_PORT)) throw usageError(`--port is 1 to ${HIGHEST_PORT}`);
  const one = server === undefined ? '' : `/${encodeURIComponent(server)}`;
  return { url: `http://127.0.0.1:${port ?? GATEWAY_PORT}/mcp${one}` };
}

/** The client, by the option or as a word. */
function clientOf(args: Args, context: Context, option: 'into' | 'from'): string {
  const [word] = args.words;
  const named = args.text(option);
  const client = named ?? word;
  const all = `The clients are ${CLIENTS.join(', ')}.`;
  if (client === undefined) throw usageError(`${context.verb} needs --${option} CLIENT`, all);
  if (named !== undefined && word !== undefined) throw usageError(`"${word}" is one too many`);
  if (CLIENTS.includes(client)) return client;
  throw usageError(`"${client}" is no client that is known`, didYouMean(client, CLIENTS) ?? all);
}

function askOf(args: Args, context: Context, remove: boolean): InstallAsk {
  const client = clientOf(args, context, remove ? 'from' : 'into');
  const server = args.text('server');
  if (server !== undefined && !SERVER_NAME.test(server)) throw usageError(`"${server}" cannot be the name of a server`);
  const { files, profile } = context;
  return {
    client,
    scope: args.text('scope') === 'project' ? 'project' : 'user',
    remove,
    ...(server === undefined ? {} : { server }),
    ...(remove ? {} : urlOf(args, server)),
    more: [...files.flatMap((file) => ['--config', file]), ...(profile === undefined ? [] : ['--profile', profile])],
  };
}

/** The difference: what `--print` is asked for, else talk before the question. */
function show({ args, io, context }: On, { file, title, before, after }: InstallPlan): void {
  const isResult = args.flag('print');
  const say = (line: string): void => (isResult ? io.out(line) : io.err(line));
  const isNew = before === undefined ? ' (a new file)' : '';
  say(`${title}: ${shortPath(file, context.place)}${isNew}`);
  const style = styleOf({ color: io.color && (isResult || io.errIsTTY) });
  for (const line of differenceLines(before ?? '', after, style)) say(line);
}

/** Whether a person agreed, on the terminal or with `--yes`. */
async function isAgreed({ args, context, io }: On): Promise<boolean> {
  if (args.flag('yes')) return true;
  if (!mayAsk(context, io))
    throw usageError(
      'nobody can be asked here; nothing was written',
      'Add --yes to write it, or --print to only see it.',
    );
  const answer = await io.ask('Write this? [y/N] ');
  return /^y(?:es)?$/i.test(answer.trim());
}

function record(
  on: On,
  plan: InstallPlan,
  written: { readonly done: boolean; readonly backup?: string | undefined },
): void {
  const { client, file, name, action, notes } = plan;
  const { done, backup } = written;
  outJson({ schema: 'install/v1', client, file, name, action, written: done, backup: backup ?? null, notes }, on.io);
}

async function write(on: On, plan: InstallPlan): Promise<ExitCode> {
  const { context, io, port, ask } = on;
  if (!(await isAgreed(on))) {
    io.err('Nothing was written.');
    return EXIT.ok;
  }
  const backup = await port.write(ask, plan);
  if (context.json) {
    record(on, plan, { done: true, backup });
    return EXIT.ok;
  }
  io.out(`${plan.action} "${plan.name}" in ${shortPath(plan.file, context.place)}`);
  if (backup !== undefined) io.err(`What was there before: ${shortPath(backup, context.place)}`);
  for (const note of plan.notes) io.err(note);
  return EXIT.ok;
}

async function change(args: Args, context: Context, io: Io, remove: boolean): Promise<ExitCode> {
  const ask = askOf(args, context, remove);
  await knownServer(context, ask);
  const port = await context.ports.install();
  const plan = await port.plan(ask);
  const on: On = { args, context, io, ask, port };
  if (plan.action === 'unchanged') {
    const file = shortPath(plan.file, context.place);
    if (context.json) record(on, plan, { done: false });
    else io.out(remove ? `"${plan.name}" is not in ${file}` : `"${plan.name}" stands in ${file} already`);
    return EXIT.ok;
  }
  if (!context.json) show(on, plan);
  if (!args.flag('print')) return write(on, plan);
  if (context.json) record(on, plan, { done: false });
  else for (const note of plan.notes) io.err(note);
  return EXIT.ok;
}

/** Errors: `ERR_SERVER_UNKNOWN` with the nearest names. */
async function knownServer(context: Context, { server, remove }: InstallAsk): Promise<void> {
  if (server === undefined || remove) return;
  const { servers } = await (await context.config()).load(await context.view());
  const names = servers.map(({ name }) => name);
  if (!names.includes(server)) throw unknownServer(server, names);
}

export const install: Command = (args, context, io) => change(args, context, io, false);
export const uninstall: Command = (args, context, io) => change(args, context, io, true);
