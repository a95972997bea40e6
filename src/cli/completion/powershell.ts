/**
 * The completion script for PowerShell.
 *
 * @module
 */
import { spellings } from './model.ts';
import type { CompletionModel, OptionModel, VerbModel, Words } from './model.ts';

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const list = (words: readonly string[]): string => `@(${words.map(quoted).join(', ')})`;

function given(words: Words): string {
  if (words.kind === 'server') return '@(holdfast list --names 2>$null)';
  return words.kind === 'file' ? '@(Get-ChildItem -Name -Filter "$word*")' : list(words.words);
}

function optionWords(options: readonly OptionModel[]): string {
  return list(options.map(({ name }) => `--${name}`));
}

function valueCases(options: readonly OptionModel[]): readonly string[] {
  return options.flatMap((option) =>
    option.value === undefined
      ? []
      : spellings(option).map((word) => `      ${quoted(word)} { return ${given(option.value ?? { kind: 'file' })} }`),
  );
}

function verbCase({ names, options, places, many }: VerbModel, globals: readonly OptionModel[]): readonly string[] {
  const last = places.length - 1;
  const cases = places.map((words, at) => {
    const test = many && at === last ? `$nth -ge ${at}` : `$nth -eq ${at}`;
    return `      if (${test}) { return ${given(words)} }`;
  });
  return [
    `    { $_ -cin ${list(names)} } {`,
    '      switch -CaseSensitive ($prev) {',
    ...valueCases(options).map((line) => `  ${line}`),
    '      }',
    `      if ($word.StartsWith('-')) { return ${optionWords([...options, ...globals])} }`,
    ...cases,
    '    }',
  ];
}

/** The script. */
export function powershellScript({ verbs, globals }: CompletionModel): string {
  const taking = [...globals, ...verbs.flatMap(({ options }) => options)].filter(({ value }) => value !== undefined);
  const skip = [...new Set(taking.flatMap(spellings))];
  return [
    '# Completion of holdfast for PowerShell. Add to $PROFILE:',
    '#   holdfast completion powershell | Out-String | Invoke-Expression',
    'function __holdfast_words([string]$word, [string]$prev, [string]$verb, [int]$nth) {',
    '  switch -CaseSensitive ($prev) {',
    ...valueCases(globals),
    '  }',
    '  switch ($verb) {',
    ...verbs.flatMap((verb) => verbCase(verb, globals)),
    "    '' {",
    `      if ($word.StartsWith('-')) { return ${optionWords(globals)} }`,
    `      return ${list(verbs.flatMap(({ names }) => names))}`,
    '    }',
    '  }',
    '}',
    'Register-ArgumentCompleter -Native -CommandName holdfast -ScriptBlock {',
    '  param($wordToComplete, $commandAst, $cursorPosition)',
    '  $words = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { "$_" })',
    `  $skip = ${list(skip)}`,
    "  $verb = ''; $nth = 0; $prev = ''",
    '  for ($i = 1; $i -lt $words.Count; $i++) {',
    '    $prev = $words[$i]',
    '    if ($skip -ccontains $prev) { $i++; continue }',
    "    if ($prev.StartsWith('-')) { continue }",
    "    if ($verb -ne '') { $nth++ } elseif ($prev -ne 'mcp') { $verb = $prev }",
    '  }',
    '  __holdfast_words $wordToComplete $prev $verb $nth |',
    '    Where-Object { $_ -like "$wordToComplete*" } |',
    "    ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }",
    '}',
    '',
  ].join('\n');
}
