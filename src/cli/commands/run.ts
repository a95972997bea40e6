/**
 * `run`: brings the servers up, and runs a command that finds them behind one address.
 *
 * @module
 */
import { numbersFromEnv, resolveNumbers } from '../../core/numbers.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import type { Args, Command } from '../command.ts';
import type { Context, ListeningGateway } from '../context.ts';
import { tellStates, usageError } from '../errors.ts';
import { EXIT, exitOfSnapshot, worstExit } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import type { Io } from '../io.ts';
import { renderingOf } from '../render/rendering.ts';
import { outcomeLines } from '../render/outcome.ts';
import { waitsForPerson } from '../render/words.ts';
import { isCi, ownershipFor } from '../session.ts';
import { chosen, withNotice } from '../settle.ts';

/** Variables in which the command finds the gateway. */
export const RUN_ENV = { url: 'HOLDFAST_URL', token: 'HOLDFAST_TOKEN' } as const;

const LOOK_MS = 100;

const isSettled = (one: Snapshot): boolean => one.status !== 'pending' || waitsForPerson(one);

interface Plan {
  readonly required: readonly string[];
  /** The servers that are waited for; none = all. */
  readonly awaited: readonly string[];
  readonly limitMs: number;
}

function planOf(args: Args, context: Context): Plan {
  const required = args.texts('require');
  const awaited = [...new Set([...args.texts('wait-for'), ...required])];
  const { startWaitMs, connectTimeoutMs } = resolveNumbers(numbersFromEnv(context.ports.env));
  const limitMs = args.number('wait') ?? (awaited.length === 0 ? startWaitMs : connectTimeoutMs);
  return { required, awaited, limitMs };
}

/** The servers behind the gateway once the awaited ones have settled, or at the limit. Errors: `ERR_SERVER_UNKNOWN`. */
async function bringUp(gateway: ListeningGateway, plan: Plan, context: Context): Promise<readonly Snapshot[]> {
  const end = context.clock.monotonic() + plan.limitMs;
  for (;;) {
    const all = await gateway.servers();
    const awaited = chosen(all, plan.awaited);
    const isOver = awaited.every(isSettled) || context.clock.monotonic() >= end || context.signal.aborted;
    if (isOver) return all;
    await context.clock.sleep(LOOK_MS, context.signal).catch(() => undefined);
  }
}

/** Says which required servers are not there; `ok` when all are. */
function refusal(missing: readonly Snapshot[], context: Context, io: Io): ExitCode {
  const exit = worstExit(missing.map(exitOfSnapshot));
  if (exit === EXIT.ok) return exit;
  if (context.json) {
    tellStates(missing, exit, io);
    return exit;
  }
  const how = renderingOf(context, io);
  for (const snapshot of missing)
    for (const line of outcomeLines({ snapshot, did: [] }, context.typed, how)) io.err(line);
  io.err('holdfast: the command was not started.');
  return exit;
}

function tellMissing(all: readonly Snapshot[], io: Io): void {
  const missing = all.filter(({ status }) => status !== 'connected' && status !== 'disabled');
  if (missing.length === 0) return;
  const words = missing.map(({ name, status, reason }) => `${name} ${reason ?? status}`);
  io.err(`holdfast: not connected: ${words.join(', ')}`);
}

/** The code of the command is passed on as it is, whatever our own table says of that number. */
const passedOn = (code: number): ExitCode => code as ExitCode;

export const runCommand: Command = async (args, context, io) => {
  const [command, ...words] = args.rest ?? [];
  if (args.words.length > 0 || command === undefined)
    throw usageError('run needs a command after "--"', `For example: ${context.typed('run')} -- npm test`);
  const plan = planOf(args, context);
  const port = await context.ports.gateway();
  // Where nobody watches, no daemon is left behind.
  const facts = { noDaemon: args.flag('no-daemon'), ci: isCi(context.ports.env), isTTY: io.isTTY && io.stdinIsTTY };
  const gateway = await port.listen({
    owner: ownershipFor(facts),
    files: context.files,
    profile: context.profile,
    say: (text) => io.err(`holdfast: ${text}`),
    ports: [0],
    hosts: [],
    origins: [],
    open: false,
  });
  try {
    const all = await withNotice(io, 'the servers come up …', () => bringUp(gateway, plan, context));
    if (context.signal.aborted) return EXIT.interrupted;
    const missing = plan.required.length === 0 ? [] : chosen(all, plan.required);
    const exit = refusal(
      missing.filter(({ status }) => status !== 'connected'),
      context,
      io,
    );
    if (exit !== EXIT.ok) return exit;
    tellMissing(plan.awaited.length === 0 ? all : chosen(all, plan.awaited), io);
    const env = { [RUN_ENV.url]: gateway.url, [RUN_ENV.token]: await port.token() };
    return passedOn(await context.ports.child({ command, args: words, env }));
  } finally {
    await gateway.close();
  }
};
