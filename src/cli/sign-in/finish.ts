/**
 * `login --finish ID [URL]`: the second step of a sign-in that was begun with `--start`, or where nobody could be asked.
 *
 * @module
 */
import type { ActionReport } from '../../core/fleet.ts';
import { mayAsk } from '../asking.ts';
import type { Args } from '../command.ts';
import type { Context } from '../context.ts';
import { usageError } from '../errors.ts';
import { EXIT } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import type { Io } from '../io.ts';
import { withNotice } from '../settle.ts';
import { bindProfile } from './bind.ts';
import { tellDone } from './tell.ts';

interface On {
  readonly args: Args;
  readonly context: Context;
  readonly io: Io;
}

const NEEDS = 'Give the address that the browser ended on: as an argument, or on standard input.';

/** The address: from the command line, from a person, or from standard input. `undefined` = the person gave up. */
async function addressOf(given: string | undefined, { context, io }: On): Promise<string | undefined> {
  if (given !== undefined && given !== '-') return given;
  if (given === undefined && mayAsk(context, io)) {
    io.errRaw('Paste the address that the browser ended on (it is not shown), then Enter: ');
    const typed = await io.hidden({ signal: context.signal });
    io.err('');
    if (typed.kind === 'interrupted' || context.signal.aborted) return undefined;
    if (typed.kind === 'line' && typed.text.trim() !== '') return typed.text.trim();
  } else if (!io.stdinIsTTY || given === '-') {
    const text = (await io.stdin()).trim();
    if (text !== '') return text;
  }
  throw usageError('--finish needs the address', NEEDS);
}

/** Finishes the flow, or with `--wait` waits until it is finished by another door. */
export async function finishLogin(flow: string, on: On): Promise<ExitCode> {
  const { args, context, io } = on;
  const given = args.words[0];
  if (args.words.length > 1) throw usageError('--finish takes one address', 'Put it in quotes: it holds "&".');
  const waitMs = args.number('wait');
  const fleet = await context.fleet();
  const view = await context.view();
  const through = async (): Promise<ActionReport | undefined> => {
    if (given === undefined && waitMs !== undefined)
      return withNotice(io, 'waiting for the sign-in …', () =>
        fleet.loginResult(flow, { timeoutMs: waitMs, signal: context.signal, view }),
      );
    const address = await addressOf(given, on);
    return address === undefined ? undefined : fleet.finishLogin(flow, address, view);
  };
  const report = await through();
  if (report === undefined) return EXIT.interrupted;
  const did = await bindProfile(report.snapshot, context);
  return tellDone({ ...report, did: [...report.did, ...did] }, on);
}
