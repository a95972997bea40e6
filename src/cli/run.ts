/**
 * One command line, from its words to its exit code.
 *
 * @module
 */
import { resolve } from 'node:path';
import type { Args, CommandRow } from './command.ts';
import type { Ports } from './context.ts';
import { exitOfThrown, tellError, usageError } from './errors.ts';
import { EXIT } from './exit.ts';
import type { ExitCode } from './exit.ts';
import type { Io } from './io.ts';
import { findVerb, parse } from './parse.ts';
import { isCi, openSession } from './session.ts';
import { tableFor } from './verbs.ts';

// Before parsing has succeeded: whether a script reads stderr.
function asksForJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return (end < 0 ? argv : argv.slice(0, end)).includes('--json');
}

// The words that stand where the row has servers.
function namedServers({ args: rows = [] }: CommandRow, args: Args): readonly string[] {
  return rows.flatMap(({ completes, many }, at) =>
    completes === 'server' ? args.words.slice(at, many === true ? undefined : at + 1) : [],
  );
}

/** The account: as the option says, else `HOLDFAST_PROFILE`, which the view has already. */
function profileOf(args: Args): string | undefined {
  const profile = args.text('profile');
  if (profile === undefined || /^[\w.-]{1,64}$/.test(profile)) return profile;
  throw usageError('the name of a profile is 1 to 64 letters, digits, ".", "_" or "-"');
}

/** What no verb means: the menu where a person looks at it, else what a script can read. */
function verbAlone(argv: readonly string[], { env }: Ports, io: Io): 'menu' | 'status' {
  const looks = io.isTTY && io.animate && io.stdinIsTTY && !isCi(env);
  return looks && !asksForJson(argv) ? 'menu' : 'status';
}

async function runParsed(argv: readonly string[], ports: Ports, io: Io): Promise<ExitCode> {
  const verb = findVerb(argv).verb ?? verbAlone(argv, ports, io);
  const { row, args } = parse(argv, await tableFor(verb), verb);
  if (args.flag('help')) {
    const { verbHelp } = await import('./help.ts');
    for (const line of verbHelp(row, ports.program, io)) io.out(line);
    return EXIT.ok;
  }
  const session = openSession(
    {
      verb: row.name,
      json: args.flag('json'),
      files: args.texts('config').map((file) => resolve(ports.place.cwd, file)),
      noDaemon: args.flag('no-daemon'),
      noInput: args.flag('no-input'),
      profile: profileOf(args),
      servers: async () => (row.servers === undefined ? namedServers(row, args) : row.servers(args, ports)),
      offline: row.kind === 'offline',
    },
    ports,
    io,
  );
  try {
    const command = await row.load();
    return await command(args, session.context, io);
  } finally {
    await session.close();
  }
}

/** Runs one command line and gives its exit code. Never throws: errors are told on stderr. */
export async function run(argv: readonly string[], ports: Ports, io: Io): Promise<ExitCode> {
  const tell = (error: unknown): ExitCode => {
    const debug = (ports.env['HOLDFAST_DEBUG'] ?? '') !== '';
    tellError(error, io, { json: asksForJson(argv), debug });
    return exitOfThrown(error);
  };
  const ended = (): ExitCode | undefined => {
    const fault = ports.outputFault();
    if (fault === undefined) return undefined;
    return fault === 'closed' ? EXIT.ok : tell(fault);
  };
  try {
    const code = await runParsed(argv, ports, io);
    return ended() ?? code;
  } catch (error) {
    return ended() ?? (ports.interrupted() ? EXIT.interrupted : tell(error));
  }
}
