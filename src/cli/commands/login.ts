/**
 * `login`: signs in to servers, one after another; or in two steps, for scripts.
 *
 * @module
 */
import { safeLine } from '../../base/safe-text.ts';
import type { LoginOptions } from '../../core/sign-in.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { mayAsk } from '../asking.ts';
import type { Args, Command } from '../command.ts';
import type { Context } from '../context.ts';
import { exitOfThrown, tellError, tellStates, usageError } from '../errors.ts';
import { EXIT, exitOfSnapshot, worstExit } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import type { Io } from '../io.ts';
import { outJson } from '../record.ts';
import { settle } from '../settle.ts';
import { bindProfile } from '../sign-in/bind.ts';
import { finishLogin } from '../sign-in/finish.ts';
import { handedOver, signIn } from '../sign-in/one.ts';
import type { LoginEnd, LoginWish } from '../sign-in/one.ts';
import { finishCommand, waitingRecord } from '../sign-in/record.ts';
import { shellKind } from '../sign-in/shell-place.ts';
import { tellDone } from '../sign-in/tell.ts';
import { outcomeLines } from '../render/outcome.ts';
import { renderingOf } from '../render/rendering.ts';

interface On {
  readonly args: Args;
  readonly context: Context;
  readonly io: Io;
}

const ALONE = ['finish', 'decline', 'step-up', 'start'] as const;

function checkMode(args: Args): void {
  const modes = ALONE.filter((name) => (name === 'finish' ? args.text(name) !== undefined : args.flag(name)));
  const [first, second] = modes;
  const pair = first === 'step-up' && second === 'start';
  if (second !== undefined && !pair) throw usageError(`--${first} and --${second} do not go together`);
  if (first === 'finish' && args.flag('all')) throw usageError('--finish is about one sign-in, not --all');
  if (first !== 'finish' && args.number('wait') !== undefined) throw usageError('--wait goes with --finish');
  if (first === 'finish') return;
  if (args.flag('all') && args.words.length > 0) throw usageError('give names, or --all', 'One of the two is enough.');
  if (!args.flag('all') && args.words.length === 0)
    throw usageError('login needs NAME or --all', 'Example: holdfast login notion');
}

function portOf(args: Args): number | undefined {
  const port = args.number('callback-port');
  if (port !== undefined && (port < 1 || port > 65_535))
    throw usageError('--callback-port needs a port from 1 to 65535');
  return port;
}

function optionsOf({ args, context }: On): LoginOptions {
  const { env, machine } = context.ports;
  const scopes = (args.text('scopes') ?? '').split(/\s+/).filter((scope) => scope !== '');
  const callbackPort = portOf(args);
  return {
    ...(scopes.length === 0 ? {} : { scopes }),
    ...(args.flag('device') ? { method: 'device' } : {}),
    ...(callbackPort === undefined ? {} : { callbackPort }),
    ...(shellKind(env, machine) === 'local' ? {} : { remoteShell: true }),
  };
}

const SIGN_IN = new Set(['authenticate', 're-authenticate', 'grant-access']);

/** Whether the first thing to do for a server is a sign-in. */
function wantsLogin({ next: [first = 'details'] }: Snapshot): boolean {
  return SIGN_IN.has(first);
}

async function targets({ args, context, io }: On): Promise<readonly Snapshot[]> {
  // What a server asks for is known once it has been contacted.
  const servers = await settle(context, io, { names: args.words });
  return args.flag('all') ? servers.filter(wantsLogin) : servers;
}

/** A sign-in that a script carries on: its record, or the address on stdout and the rest as talk. */
function tellStarted(end: Extract<LoginEnd, { kind: 'waiting' }>, { context, io }: On): void {
  const { waiting } = end;
  if (context.json) {
    outJson(waitingRecord(waiting, context.typed), io);
    return;
  }
  io.out(waiting.url);
  if (waiting.userCode !== undefined) io.err(`Code to type there: ${safeLine(waiting.userCode, 40)}`);
  io.err(`Then: ${context.typed(finishCommand(waiting))}`);
}

async function oneLogin(snapshot: Snapshot, on: On): Promise<ExitCode> {
  const { args, context, io } = on;
  const startOnly = args.flag('start');
  const wish: LoginWish = {
    options: optionsOf(on),
    stepUp: args.flag('step-up') || (args.flag('all') && snapshot.stepUp !== undefined),
    startOnly,
    noBrowser: args.flag('no-browser'),
  };
  const end = await signIn(snapshot.name, wish, { context, io });
  if (end.kind === 'interrupted') {
    io.err('Cancelled; nothing has changed.');
    return EXIT.interrupted;
  }
  if (end.kind === 'done') {
    const did = await bindProfile(end.report.snapshot, context);
    return tellDone({ ...end.report, did: [...end.report.did, ...did] }, on);
  }
  if (startOnly || context.json) tellStarted(end, on);
  if (startOnly) return EXIT.ok;
  throw handedOver(end.waiting, context);
}

async function declined(snapshot: Snapshot, { context, io }: On): Promise<ExitCode> {
  const fleet = await context.fleet();
  const report = await fleet.declineStepUp(snapshot.name, await context.view());
  const exit = exitOfSnapshot(report.snapshot);
  if (context.json) {
    outJson({ schema: 'action/v1', action: 'decline', results: [{ name: snapshot.name, ...report }] }, io);
    tellStates([report.snapshot], exit, io);
  } else for (const line of outcomeLines(report, context.typed, renderingOf(context, io))) io.out(line);
  return exit;
}

export const login: Command = async (args, context, io) => {
  const on: On = { args, context, io };
  checkMode(args);
  const flow = args.text('finish');
  if (flow !== undefined) return finishLogin(flow, on);
  const servers = await targets(on);
  if (servers.length === 0 && !context.json) io.err('No server needs a sign-in.');
  const exits: ExitCode[] = [];
  for (const [at, server] of servers.entries()) {
    if (at > 0 && mayAsk(context, io)) io.err('');
    try {
      exits.push(await (args.flag('decline') ? declined(server, on) : oneLogin(server, on)));
    } catch (error) {
      // One that cannot be signed in to does not keep the others from it.
      if (servers.length === 1 || context.signal.aborted) throw error;
      tellError(error, io, { json: context.json, debug: false });
      exits.push(exitOfThrown(error));
    }
    if (exits.at(-1) === EXIT.interrupted) break;
  }
  return worstExit(exits);
};
