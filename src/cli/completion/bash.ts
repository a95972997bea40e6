/**
 * The completion script for bash.
 *
 * @module
 */
import { spellings } from './model.ts';
import type { CompletionModel, OptionModel, VerbModel, Words } from './model.ts';

function reply(words: Words): string {
  if (words.kind === 'file') return 'COMPREPLY=($(compgen -f -- "$cur"))';
  if (words.kind === 'server') return 'COMPREPLY=($(compgen -W "$(holdfast list --names 2>/dev/null)" -- "$cur"))';
  return `COMPREPLY=($(compgen -W "${words.words.join('\n')}" -- "$cur"))`;
}

function valueCases(pattern: string, options: readonly OptionModel[]): readonly string[] {
  return options.flatMap((option) =>
    option.value === undefined
      ? []
      : [
          `    ${spellings(option)
            .map((word) => `${pattern}:${word}`)
            .join('|')}) ${reply(option.value)}; return ;;`,
        ],
  );
}

function placeCases({ names, places, many }: VerbModel): readonly string[] {
  return places.flatMap((words, at) => {
    const nth = many && at === places.length - 1 ? '*' : String(at);
    const pattern = names.map((name) => `${name}:${nth}`).join('|');
    return words.kind === 'words' && words.words.length === 0 ? [] : [`      ${pattern}) ${reply(words)} ;;`];
  });
}

/** The script. */
export function bashScript({ verbs, globals }: CompletionModel): string {
  const all = (options: readonly OptionModel[]): string =>
    [...options, ...globals].map(({ name }) => `--${name}`).join('\n');
  const taking = [...globals, ...verbs.flatMap(({ options }) => options)].filter(({ value }) => value !== undefined);
  const skip = [...new Set(taking.flatMap(spellings))].join('|');
  return [
    '# Completion of holdfast for bash. Install:',
    '#   holdfast completion bash > ~/.local/share/bash-completion/completions/holdfast',
    '_holdfast() {',
    '  local cur prev verb="" nth=0 i word',
    "  local IFS=$'\\n'",
    '  COMPREPLY=()',
    '  cur="${COMP_WORDS[COMP_CWORD]}"',
    '  prev="${COMP_WORDS[COMP_CWORD - 1]}"',
    '  for ((i = 1; i < COMP_CWORD; i++)); do',
    '    word="${COMP_WORDS[i]}"',
    '    case "$word" in',
    '      --) return ;;',
    `      ${skip}) i=$((i + 1)) ;;`,
    '      -*) ;;',
    '      *)',
    '        if [ -n "$verb" ]; then nth=$((nth + 1)); elif [ "$word" != mcp ]; then verb="$word"; fi',
    '        ;;',
    '    esac',
    '  done',
    '  case "$verb:$prev" in',
    ...valueCases('*', globals),
    ...verbs.flatMap(({ names, options }) => names.flatMap((name) => valueCases(name, options))),
    '  esac',
    '  if [ "${cur#-}" != "$cur" ]; then',
    '    case "$verb" in',
    ...verbs.map(
      ({ names, options }) => `      ${names.join('|')}) COMPREPLY=($(compgen -W "${all(options)}" -- "$cur")) ;;`,
    ),
    `      *) COMPREPLY=($(compgen -W "${all([])}" -- "$cur")) ;;`,
    '    esac',
    '  else',
    '    case "$verb:$nth" in',
    `      :*) ${reply({ kind: 'words', words: verbs.flatMap(({ names }) => names) })} ;;`,
    ...verbs.flatMap(placeCases),
    '    esac',
    '  fi',
    '}',
    'complete -F _holdfast holdfast',
    '',
  ].join('\n');
}
