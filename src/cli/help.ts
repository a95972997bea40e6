/**
 * Help, made from the command table.
 *
 * @module
 */
import { GLOBAL_OPTIONS, GROUPS } from './command.ts';
import type { ArgumentRow, CommandRow, OptionRow } from './command.ts';
import { COMMANDS } from './commands.ts';
import { EXIT_MEANINGS } from './exit.ts';
import type { Io } from './io.ts';
import { styleOf } from './text/style.ts';
import { definitions, wrap } from './text/wrap.ts';

const WIDEST = 110;

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

function argumentText({ name, optional, many }: ArgumentRow): string {
  const one = many === true ? `${name}…` : name;
  return optional === true ? `[${one}]` : one;
}

/** How a verb is typed, after the program's name. */
export function usageOf(row: CommandRow): string {
  const words = [row.name, ...(row.args ?? []).map(argumentText)];
  if ((row.options ?? []).length > 0) words.push('[options]');
  return row.rest === undefined ? words.join(' ') : `${words.join(' ')} [-- ${row.rest}]`;
}

/** An option as it is typed: `-s, --scope SCOPE`. */
export function optionText({ name, short, value }: OptionRow): string {
  const letter = short === undefined ? '' : `-${short}, `;
  return `${letter}--${name}${value === undefined ? '' : ` ${value}`}`;
}

/** Help for one verb, in lines. */
export function verbHelp(row: CommandRow, program: string, io: Io): readonly string[] {
  const style = styleOf(io);
  const cells = Math.min(io.columns, WIDEST);
  const title = (text: string): string => style.bold(text);
  const part = (name: string, rows: readonly (readonly [string, string])[]): readonly string[] =>
    rows.length === 0 ? [] : ['', title(name), ...definitions(rows, cells)];
  const aliases = row.aliases === undefined ? [] : ['', `Also: ${row.aliases.join(', ')}`];
  return [
    `${program} ${usageOf(row)}`,
    '',
    ...wrap(sentence(row.summary), cells),
    ...(row.details ?? []).flatMap((text) => ['', ...wrap(text, cells)]),
    ...aliases,
    ...part(
      'Arguments',
      (row.args ?? []).map((one) => [one.name, one.summary]),
    ),
    ...part(
      'Options',
      (row.options ?? []).map((one) => [optionText(one), one.summary]),
    ),
    ...part(
      'Options of every verb',
      GLOBAL_OPTIONS.map((one) => [optionText(one), one.summary]),
    ),
    ...part(
      'Examples',
      row.examples.map(([words, what]) => [`${program} ${words}`, what]),
    ),
  ];
}

/** The list of verbs, in lines. */
export function mainHelp(program: string, io: Io): readonly string[] {
  const style = styleOf(io);
  const cells = Math.min(io.columns, WIDEST);
  const verbs = COMMANDS;
  const longest = Math.max(...verbs.map(({ name }) => name.length));
  const groups = GROUPS.flatMap((group) => [
    '',
    style.bold(group),
    ...definitions(
      verbs.filter((row) => row.group === group).map((row) => [row.name.padEnd(longest), row.summary]),
      cells,
    ),
  ]);
  return [
    'Holdfast keeps your MCP servers connected and tells the truth about their state.',
    '',
    `${program} VERB [arguments] [options]       without a verb: the menu; where nobody looks at it: status`,
    ...groups,
    '',
    style.bold('Options of every verb'),
    ...definitions(
      GLOBAL_OPTIONS.map((one) => [optionText(one), one.summary]),
      cells,
    ),
    '',
    style.bold('Exit codes'),
    ...definitions(
      EXIT_MEANINGS.map(([code, meaning]) => [String(code), meaning]),
      cells,
    ),
    '',
    style.bold('Examples'),
    ...definitions(
      [
        [`${program} status`, 'every server, its reason and its next step'],
        [`${program} reconnect notion`, 'contact it anew, now'],
        [`${program} help reconnect`, 'help for one verb'],
      ],
      cells,
    ),
  ];
}
