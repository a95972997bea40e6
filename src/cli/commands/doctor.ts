/**
 * `doctor`: what is wrong or risky, each finding with what to do.
 *
 * @module
 */
import { safeLine } from '../../base/safe-text.ts';
import type { Finding } from '../../core/fleet.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit.ts';
import { outJson } from '../record.ts';
import { settle } from '../settle.ts';
import { styleOf } from '../text/style.ts';
import type { Style } from '../text/style.ts';

const LEVELS: readonly Finding['level'][] = ['problem', 'warning', 'note', 'ok'];

function painted(level: Finding['level'], style: Style): string {
  const word = level.padEnd(7);
  if (level === 'problem') return style.red(word);
  if (level === 'warning') return style.yellow(word);
  return level === 'ok' ? style.green(word) : word;
}

function linesOf({ level, server, text, hint }: Finding, style: Style): readonly string[] {
  const about = server === undefined ? '' : `${style.bold(safeLine(server, 80))}: `;
  const line = `${painted(level, style)}  ${about}${safeLine(text, 1_000)}`;
  return hint === undefined || level === 'ok' ? [line] : [line, `         ${safeLine(hint, 400)}`];
}

export const doctor: Command = async (args, context, io) => {
  const name = args.words[0];
  await settle(context, io, { names: name === undefined ? [] : [name], waitMs: args.number('wait') });
  const fleet = await context.fleet();
  const findings = await fleet.doctor(name, await context.view());
  const problems = findings.filter(({ level }) => level === 'problem').length;
  if (context.json) outJson({ schema: 'doctor/v1', findings }, io);
  else {
    const style = styleOf(io);
    const ordered = findings.toSorted((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level));
    for (const line of ordered.flatMap((finding) => linesOf(finding, style))) io.out(line);
    const words = problems === 0 ? 'no problem' : problems === 1 ? '1 problem' : `${problems} problems`;
    io.err(`${words} in ${findings.length} findings`);
  }
  return args.flag('exit-code') && problems > 0 ? EXIT.failed : EXIT.ok;
};
