/**
 * Words typed after the program's name → a verb of the table with checked arguments, by `node:util` parseArgs.
 *
 * @module
 */
import { parseArgs } from 'node:util';
import { HoldfastError } from '../base/errors.ts';
import { Args, GLOBAL_OPTIONS } from './command.ts';
import type { ArgumentRow, CommandRow, OptionRow } from './command.ts';
import { didYouMean } from './text/suggest.ts';
import { parseDuration } from './text/duration.ts';

/** A command line, understood. */
export interface Parsed {
  readonly row: CommandRow;
  readonly args: Args;
}

const usage = (message: string, hint?: string): HoldfastError =>
  new HoldfastError('ERR_USAGE', message, hint === undefined ? {} : { hint });

/** Options that stand for a verb when no verb is typed. */
const INSTEAD: Readonly<Record<string, string>> = {
  '--help': 'help',
  '-h': 'help',
  '--version': 'version',
  '-v': 'version',
  '-V': 'version',
};

interface Found {
  readonly verb: string | undefined;
  /** The words without the verb, without a first `mcp`, and without `--version` or `--help` that stand for a verb. */
  readonly words: readonly string[];
}

function takesNext(word: string): boolean {
  return GLOBAL_OPTIONS.some(({ name, value }) => value !== undefined && word === `--${name}`);
}

/** Finds the verb: the first word that is neither an option nor the value of one; `mcp` as a first word means nothing. */
export function findVerb(argv: readonly string[]): Found {
  const words = [...argv];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--') break;
    if (takesNext(word)) at += 1;
    else if (word === 'mcp' && !argv.slice(0, at).includes('mcp')) {
      words.splice(at, 1);
      return findAfter(words, at);
    } else if (!word.startsWith('-') || word === '-') return { verb: word, words: words.toSpliced(at, 1) };
  }
  return instead(words);
}

function findAfter(words: readonly string[], from: number): Found {
  const found = findVerb(words.slice(from));
  return { verb: found.verb, words: [...words.slice(0, from), ...found.words] };
}

function instead(words: readonly string[]): Found {
  const at = words.findIndex((word) => INSTEAD[word] !== undefined);
  return at < 0 ? { verb: undefined, words } : { verb: INSTEAD[words[at] ?? ''], words: words.toSpliced(at, 1) };
}

/** The row of a verb or of its alias. */
export function rowOf(table: readonly CommandRow[], verb: string): CommandRow | undefined {
  return table.find((row) => row.name === verb || row.aliases?.includes(verb));
}

/** Understands a command line. `alone` is the verb where none is typed. Errors: `ERR_USAGE`. */
export function parse(argv: readonly string[], table: readonly CommandRow[], alone = 'status'): Parsed {
  const { verb, words } = findVerb(argv);
  const row = rowOf(table, verb ?? alone);
  if (row === undefined) {
    const near = didYouMean(
      verb ?? '',
      table.flatMap(({ name, aliases }) => [name, ...(aliases ?? [])]),
    );
    throw usage(`there is no verb "${verb}"`, near ?? 'Run "holdfast help" to see all verbs.');
  }
  return { row, args: parseFor(row, words) };
}

function parseFor(row: CommandRow, words: readonly string[]): Args {
  const options = [...(row.options ?? []), ...GLOBAL_OPTIONS];
  const { tokens } = parseArgs({
    args: [...words],
    options: Object.fromEntries(
      options.map(({ name, short, value }) => [
        name,
        { type: value === undefined ? 'boolean' : 'string', ...(short === undefined ? {} : { short }) } as const,
      ]),
    ),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const values = new Map<string, string[]>();
  const before: string[] = [];
  const after: string[] = [];
  let ended = false;
  for (const token of tokens) {
    if (token.kind === 'option-terminator') ended = true;
    else if (token.kind === 'positional') (ended ? after : before).push(token.value);
    else {
      const option = options.find(({ name }) => name === token.name);
      if (option === undefined) throw unknownOption(row, token.rawName, options);
      const given = values.get(option.name) ?? [];
      values.set(option.name, [...given, checkedValue(row, option, token)]);
    }
  }
  const takesRest = row.rest !== undefined;
  const positional = takesRest ? before : [...before, ...after];
  if (!values.has('help')) checkCount(row, positional, takesRest && ended);
  return new Args({
    words: positional,
    rest: takesRest && ended ? after : undefined,
    values,
    known: options.map(({ name }) => name),
  });
}

function unknownOption(row: CommandRow, rawName: string, options: readonly OptionRow[]): HoldfastError {
  const near = rawName.startsWith('--')
    ? didYouMean(
        rawName,
        options.map(({ name }) => `--${name}`),
      )
    : undefined;
  const rest = row.rest === undefined ? undefined : `Put "--" before the command.`;
  return usage(`${row.name} has no option ${rawName}`, near ?? rest ?? `Run "holdfast help ${row.name}" to see them.`);
}

interface OptionToken {
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function checkedValue(row: CommandRow, option: OptionRow, { rawName, value, inlineValue }: OptionToken): string {
  if (option.value === undefined) {
    if (value !== undefined) throw usage(`${rawName} takes no value`);
    return '';
  }
  const looksLikeOption = inlineValue !== true && value !== undefined && /^--?[a-z]/i.test(value);
  if (value === undefined || value === '' || looksLikeOption)
    throw usage(`${rawName} needs a value: ${rawName} ${option.value}`, helpHint(row));
  if (option.choices !== undefined && !option.choices.includes(value))
    throw usage(
      `${rawName} cannot be "${value}"`,
      didYouMean(value, option.choices) ?? `Give one of ${option.choices.join(', ')}.`,
    );
  if (option.type === 'count' && !/^\d{1,15}$/.test(value)) throw usage(`${rawName} needs a whole number`);
  if (option.type !== 'duration') return value;
  const ms = parseDuration(value);
  if (ms === undefined) throw usage(`${rawName} needs a duration, not "${value}"`, 'Write 20s, 1m, 500ms or 1m30s.');
  return String(ms);
}

const helpHint = (row: CommandRow): string => `Run "holdfast help ${row.name}" for examples.`;

function checkCount(row: CommandRow, words: readonly string[], hasRest: boolean): void {
  const rows: readonly ArgumentRow[] = row.args ?? [];
  const least = rows.filter(({ optional }) => optional !== true).length;
  const most = rows.some(({ many }) => many === true) ? Infinity : rows.length;
  const missing = rows[words.length];
  if (words.length < least && missing !== undefined && !(hasRest && words.length > 0))
    throw usage(`${row.name} needs ${missing.name}`, helpHint(row));
  if (words.length > most)
    throw usage(
      most === 0 ? `${row.name} takes no argument` : `${row.name} takes no argument after ${rows.at(-1)?.name}`,
      row.rest === undefined
        ? `"${words[most]}" is one too many.`
        : `"${words[most]}" is one too many; put "--" before the command.`,
    );
}
