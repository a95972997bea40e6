/**
 * The completion script for zsh.
 *
 * @module
 */
import { spellings } from './model.ts';
import type { CompletionModel, OptionModel, VerbModel, Words } from './model.ts';

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

function add(words: Words): string {
  if (words.kind === 'file') return '_files';
  if (words.kind === 'server') return 'compadd -- ${(f)"$(holdfast list --names 2>/dev/null)"}';
  return `compadd -- ${words.words.map(quoted).join(' ')}`;
}

// `_describe` splits at the first colon.
const described = (name: string, summary: string): string => quoted(`${name.replaceAll(':', '\\:')}:${summary}`);

function optionArray(options: readonly OptionModel[]): string {
  return options.map(({ name, summary }) => described(`--${name}`, summary)).join(' ');
}

function valueCases(pattern: string, options: readonly OptionModel[]): readonly string[] {
  return options.flatMap((option) =>
    option.value === undefined
      ? []
      : [
          `    (${spellings(option)
            .map((word) => `${pattern}:${word}`)
            .join('|')}) ${add(option.value)}; return ;;`,
        ],
  );
}

function placeCases({ names, places, many }: VerbModel): readonly string[] {
  return places.flatMap((words, at) => {
    const nth = many && at === places.length - 1 ? '*' : String(at);
    const pattern = names.map((name) => `${name}:${nth}`).join('|');
    return words.kind === 'words' && words.words.length === 0 ? [] : [`    (${pattern}) ${add(words)} ;;`];
  });
}

/** The script. */
export function zshScript({ verbs, globals }: CompletionModel): string {
  const taking = [...globals, ...verbs.flatMap(({ options }) => options)].filter(({ value }) => value !== undefined);
  const skip = [...new Set(taking.flatMap(spellings))].join('|');
  return [
    '#compdef holdfast',
    '# Completion of holdfast for zsh. Install: write it as _holdfast into a folder of $fpath.',
    '_holdfast() {',
    '  local verb="" nth=0 i word prev="${words[CURRENT-1]}"',
    '  local -a found',
    '  for ((i = 2; i < CURRENT; i++)); do',
    '    word="${words[i]}"',
    '    case "$word" in',
    '      (--) return ;;',
    `      (${skip}) i=$((i + 1)) ;;`,
    '      (-*) ;;',
    '      (*) if [[ -n "$verb" ]]; then nth=$((nth + 1)); elif [[ "$word" != mcp ]]; then verb="$word"; fi ;;',
    '    esac',
    '  done',
    '  case "$verb:$prev" in',
    ...valueCases('*', globals),
    ...verbs.flatMap(({ names, options }) => names.flatMap((name) => valueCases(name, options))),
    '  esac',
    '  if [[ "${words[CURRENT]}" == -* ]]; then',
    '    case "$verb" in',
    ...verbs.map(
      ({ names, options }) => `    (${names.join('|')}) found=(${optionArray([...options, ...globals])}) ;;`,
    ),
    `    (*) found=(${optionArray(globals)}) ;;`,
    '    esac',
    "    _describe 'option' found",
    '    return',
    '  fi',
    '  if [[ -z "$verb" ]]; then',
    `    found=(${verbs.map(({ names, summary }) => described(names[0] ?? '', summary)).join(' ')})`,
    "    _describe 'verb' found",
    '    return',
    '  fi',
    '  case "$verb:$nth" in',
    ...verbs.flatMap(placeCases),
    '  esac',
    '}',
    'if [ "${funcstack[1]}" = "_holdfast" ]; then _holdfast "$@"; else compdef _holdfast holdfast; fi',
    '',
  ].join('\n');
}
