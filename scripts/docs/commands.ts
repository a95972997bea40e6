/**
 * docs/reference/commands.md: every verb of the shell, from the command table.
 *
 * @module
 */
import { GLOBAL_OPTIONS, GROUPS } from '../../src/cli/command.ts';
import type { ArgumentRow, CommandRow, OptionRow } from '../../src/cli/command.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { code, page, table } from './markdown.ts';

function argument({ name, optional, many }: ArgumentRow): string {
  const word = many === true ? `${name}...` : name;
  return optional === true ? `[${word}]` : word;
}

function option({ name, short, value }: OptionRow): string {
  const long = `--${name}${value === undefined ? '' : ` ${value}`}`;
  return code(short === undefined ? long : `-${short}, ${long}`);
}

const options = (rows: readonly OptionRow[]): string =>
  table(
    ['option', 'what it does'],
    rows.map((row) => [
      option(row),
      `${row.summary}${row.choices === undefined ? '' : ` (${row.choices.join(', ')})`}`,
    ]),
  );

const NEEDS: Readonly<Record<CommandRow['kind'], string>> = {
  offline: 'Starts nothing and contacts nothing.',
  live: 'Speaks with the running daemon, or owns the connections itself for this one command.',
  daemon: 'Manages the daemon.',
};

function verb(row: CommandRow): string {
  const usage = [
    'holdfast',
    row.name,
    ...(row.args ?? []).map(argument),
    ...(row.rest === undefined ? [] : [`-- ${row.rest}`]),
  ];
  const parts = [
    `### ${row.name}`,
    `${row.summary}. ${NEEDS[row.kind]}`,
    `\`\`\`text\n${usage.join(' ')}\n\`\`\``,
    ...(row.details ?? []),
    ...(row.aliases === undefined ? [] : [`Also: ${row.aliases.map(code).join(', ')}.`]),
    ...((row.options ?? []).length === 0 ? [] : [options(row.options ?? [])]),
    table(
      ['example', ''],
      row.examples.map(([words, what]) => [code(`holdfast ${words}`), what]),
    ),
  ];
  return parts.join('\n\n');
}

/** The page. */
export function commandsPage(): string {
  const groups = GROUPS.flatMap((group) => {
    const rows = COMMANDS.filter((row) => row.group === group);
    return rows.length === 0 ? [] : [`## ${group}`, ...rows.map(verb)];
  });
  return page('Commands', '`src/cli/commands.ts`', [
    'Every verb, with its options. A first word `mcp` means nothing: `holdfast mcp reconnect NAME` is `holdfast reconnect NAME`.',
    '## Options of every verb',
    options(GLOBAL_OPTIONS),
    ...groups,
  ]);
}
