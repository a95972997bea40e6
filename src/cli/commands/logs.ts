/**
 * `logs`: stderr, log messages and history of one server.
 *
 * @module
 */
import { safeLine } from '../../base/safe-text.ts';
import type { LogLine } from '../../core/fleet.ts';
import type { Args, Command } from '../command.ts';
import { EXIT } from '../exit.ts';
import { outJson } from '../record.ts';
import { settle } from '../settle.ts';
import { styleOf } from '../text/style.ts';
import type { Style } from '../text/style.ts';

const POLL_MS = 500;

function lineText({ at, stream, text }: LogLine, style: Style): string {
  const time = style.dim(`${at.slice(0, 19).replace('T', ' ')}Z  `);
  return `${style.dim(stream.padEnd(8))}  ${time}${safeLine(text, 4_000)}`;
}

const isSame = (a: LogLine, b: LogLine | undefined): boolean => a.text === b?.text && a.at === b.at;

/** The lines of `after` that `before` does not end with: both are windows on one growing list. */
export function newLines(before: readonly LogLine[], after: readonly LogLine[]): readonly LogLine[] {
  const fresh = (stream: LogLine['stream']): readonly LogLine[] => {
    const of = (lines: readonly LogLine[]): readonly LogLine[] => lines.filter((line) => line.stream === stream);
    const old = of(before);
    const now = of(after);
    for (let shift = 0; shift <= old.length; shift += 1) {
      const kept = old.length - shift;
      if (kept <= now.length && old.slice(shift).every((line, at) => isSame(line, now[at]))) return now.slice(kept);
    }
    return now;
  };
  return inOrder([...fresh('timeline'), ...fresh('log'), ...fresh('stderr')]);
}

/** All streams as one, by time; ISO times of one zone sort as texts. */
function inOrder(lines: readonly LogLine[]): readonly LogLine[] {
  return lines.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

function wanted(lines: readonly LogLine[], args: Args): readonly LogLine[] {
  const some = inOrder(args.flag('stderr') ? lines.filter(({ stream }) => stream === 'stderr') : lines);
  const most = args.number('lines');
  return most === undefined ? some : some.slice(Math.max(0, some.length - most));
}

export const logs: Command = async (args, context, io) => {
  const name = args.word(0);
  await settle(context, io, { names: [name], waitMs: args.number('wait') });
  const fleet = await context.fleet();
  const view = await context.view();
  const style = styleOf(io);
  const print = (lines: readonly LogLine[]): void => {
    for (const line of lines) io.out(context.json ? JSON.stringify(line) : lineText(line, style));
  };
  let known = await fleet.logs(name, view);
  const first = wanted(known, args);
  if (context.json && !args.flag('follow')) {
    outJson({ schema: 'logs/v1', server: name, lines: first }, io);
    return EXIT.ok;
  }
  print(first);
  if (!args.flag('follow')) {
    if (first.length === 0) io.err('Nothing is logged.');
    return EXIT.ok;
  }
  while (!context.signal.aborted) {
    await context.clock.sleep(POLL_MS, context.signal).catch(() => undefined);
    const now = await fleet.logs(name, view);
    const fresh = newLines(known, now);
    print(args.flag('stderr') ? fresh.filter(({ stream }) => stream === 'stderr') : fresh);
    known = now;
  }
  return EXIT.interrupted;
};
