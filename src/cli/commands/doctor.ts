/**
 * `doctor`: what is wrong or risky, each finding with what to do.
 *
 * @module
 */
import { resolve } from 'node:path';
import { HoldfastError } from '../../base/errors.ts';
import { safeLine } from '../../base/safe-text.ts';
import { fine, found } from '../../core/doctor.ts';
import type { Finding } from '../../core/fleet.ts';
import type { Args, Command } from '../command.ts';
import type { CommandSession, Context } from '../context.ts';
import { usageError } from '../errors.ts';
import { EXIT } from '../exit.ts';
import type { Io } from '../io.ts';
import { outJson } from '../record.ts';
import { settle, withNotice } from '../settle.ts';
import { styleOf } from '../text/style.ts';
import type { Style } from '../text/style.ts';

const LEVELS: readonly Finding['level'][] = ['problem', 'warning', 'note', 'ok'];
/** The oldest Node that this program runs on. */
const OLDEST_NODE = [20, 19] as const;

function painted(level: Finding['level'], style: Style): string {
  const word = level.padEnd(7);
  if (level === 'problem') return style.red(word);
  if (level === 'warning') return style.yellow(word);
  return level === 'ok' ? style.green(word) : word;
}

function linesOf({ level, check, server, text, hint }: Finding, style: Style): readonly string[] {
  const about = server === undefined ? '' : `${style.bold(safeLine(server, 80))}: `;
  const what = check === undefined ? '' : style.dim(`  [${check}]`);
  const line = `${painted(level, style)}  ${about}${safeLine(text, 1_000)}${what}`;
  return hint === undefined || level === 'ok' ? [line] : [line, `         ${safeLine(hint, 400)}`];
}

function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const [oldMajor, oldMinor] = OLDEST_NODE;
  if (major > oldMajor || (major === oldMajor && minor >= oldMinor)) return fine('versions', `Node ${version}`);
  const text = `Node ${version} is older than ${oldMajor}.${oldMinor}`;
  return found('problem', 'versions', { text, hint: `Install Node ${oldMajor}.${oldMinor} or later.` });
}

/** Who owns the connections, and whether it fits this program. */
async function ownerFindings(context: Context): Promise<readonly Finding[]> {
  const { version, program } = context.ports;
  const owner = await context.owner();
  if (owner.kind !== 'daemon') {
    const text = 'no daemon runs: this command made its own connections';
    return [
      fine('versions', `Holdfast ${version}`),
      found('note', 'daemon', { text, hint: `To keep them: ${program} daemon start` }),
    ];
  }
  const answers = fine('daemon', `pid ${owner.pid}, since ${owner.startedAt}`);
  if (owner.version === version) return [fine('versions', `Holdfast ${version}, the daemon too`), answers];
  const text = `Holdfast here is ${version}, the daemon is ${owner.version}`;
  return [found('warning', 'versions', { text, hint: `Run: ${program} daemon restart` }), answers];
}

/** A daemon that cannot be used is a finding; this process looks at the rest. */
async function openable(
  context: Context,
): Promise<{ readonly context: Context; readonly broken: readonly Finding[]; readonly session?: CommandSession }> {
  try {
    await context.fleet();
    return { context, broken: [] };
  } catch (error) {
    const isDaemon = error instanceof HoldfastError && /^ERR_(?:DAEMON|SOCKET)_/.test(error.code);
    if (!isDaemon) throw error;
    const hint = error.hint ?? `Run: ${context.ports.program} daemon restart`;
    const session = context.along({ files: context.files, noDaemon: true });
    return { context: session.context, broken: [found('problem', 'daemon', { text: error.message, hint })], session };
  }
}

async function look(args: Args, context: Context, io: Io): Promise<readonly Finding[]> {
  const name = args.words[0];
  await settle(context, io, { names: name === undefined ? [] : [name], waitMs: args.number('wait') });
  const fleet = await context.fleet();
  const view = await context.view();
  const seen = await withNotice(io, 'looking …', () => fleet.doctor(name, view));
  if (name !== undefined) return seen;
  return [nodeFinding(context.ports.machine.node), ...(await ownerFindings(context)), ...seen];
}

function tell(findings: readonly Finding[], io: Io): void {
  const style = styleOf(io);
  const ordered = findings.toSorted((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level));
  for (const line of ordered.flatMap((finding) => linesOf(finding, style))) io.out(line);
  const problems = findings.filter(({ level }) => level === 'problem').length;
  const words = problems === 0 ? 'no problem' : problems === 1 ? '1 problem' : `${problems} problems`;
  io.err(`${words} in ${findings.length} findings`);
}

/** Where the bundle goes. Errors: `ERR_USAGE` before anything is looked at. */
function bundlePath(args: Args, context: Context): string | undefined {
  const path = args.text('bundle');
  if (path !== undefined && context.ports.machine.has(resolve(context.place.cwd, path)))
    throw usageError(`${path} is there already`, 'Name another file.');
  return path;
}

export const doctor: Command = async (args, outer, io) => {
  const bundle = bundlePath(args, outer);
  const { context, broken, session } = await openable(outer);
  try {
    const findings = [...broken, ...(await look(args, context, io))];
    if (bundle !== undefined) {
      const { writeBundle } = await import('../bundle.ts');
      const path = await writeBundle(context, { path: bundle, findings, name: args.words[0] });
      io.err(`holdfast: wrote ${path}; read it before you send it to anybody`);
    }
    if (context.json) outJson({ schema: 'doctor/v1', findings }, io);
    else tell(findings, io);
    const isBad = findings.some(({ level }) => level === 'problem');
    return args.flag('exit-code') && isBad ? EXIT.failed : EXIT.ok;
  } finally {
    await session?.close();
  }
};
