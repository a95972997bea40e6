/**
 * The completion script for fish.
 *
 * @module
 */
import type { CompletionModel, OptionModel, VerbModel, Words } from './model.ts';

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;

function given(words: Words): string {
  if (words.kind === 'file') return ' -r -F';
  if (words.kind === 'server') return " -x -a '(holdfast list --names 2>/dev/null)'";
  return words.words.length === 0 ? ' -x' : ` -x -a ${quoted(words.words.join(' '))}`;
}

function optionLine(condition: string, { name, short, summary, value }: OptionModel): string {
  const letter = short === undefined ? '' : ` -s ${short}`;
  const words = value === undefined ? '' : given(value);
  return `complete -c holdfast${condition}${letter} -l ${name}${words} -d ${quoted(summary)}`;
}

function placeLines({ names, places }: VerbModel): readonly string[] {
  const condition = ` -n '__fish_seen_subcommand_from ${names.join(' ')}'`;
  return places.flatMap((words) =>
    words.kind === 'words' && words.words.length === 0 ? [] : [`complete -c holdfast${condition}${given(words)}`],
  );
}

/** The script. */
export function fishScript({ verbs, globals }: CompletionModel): string {
  const every = verbs.flatMap(({ names }) => names).join(' ');
  return [
    '# Completion of holdfast for fish. Install:',
    '#   holdfast completion fish > ~/.config/fish/completions/holdfast.fish',
    'complete -c holdfast -f',
    ...globals.map((option) => optionLine('', option)),
    ...verbs.map(
      ({ names, summary }) =>
        `complete -c holdfast -n 'not __fish_seen_subcommand_from ${every}' -a ${names[0]} -d ${quoted(summary)}`,
    ),
    ...verbs.flatMap((verb) => [
      ...verb.options.map((option) => optionLine(` -n '__fish_seen_subcommand_from ${verb.names.join(' ')}'`, option)),
      ...placeLines(verb),
    ]),
    '',
  ].join('\n');
}
