/**
 * The command line of the scriptable stdio server.
 *
 * @module
 */
import { HoldfastError } from '../base/errors.ts';

/** One option: the kind of its value, and what it makes the server do. */
export interface StdioOption {
  readonly kind: 'flag' | 'number' | 'text';
  readonly what: string;
}

/** Every option, by name. `--name` is written `--name VALUE`, flags without a value. */
export const STDIO_OPTIONS = {
  name: { kind: 'text', what: 'name in serverInfo (default stdio-server)' },
  tools: { kind: 'number', what: 'tools beside the built-in ones' },
  'page-size': { kind: 'number', what: 'entries per page of a list' },
  'exit-code': { kind: 'number', what: 'code of every crash below (default 1)' },
  'crash-at-start': { kind: 'flag', what: 'crash before anything is read' },
  'crash-after': { kind: 'number', what: 'crash that many milliseconds after the start' },
  'crash-starts': {
    kind: 'number',
    what: 'crash in the first N starts only: at once, or as --crash-after says; needs --state',
  },
  state: { kind: 'text', what: 'file in which starts are counted' },
  'crash-on-call': { kind: 'text', what: 'crash when this tool is called' },
  'stderr-lines': { kind: 'number', what: 'lines written to stderr at the start' },
  'stray-lines': { kind: 'number', what: 'lines on stdout that are no messages, before the first answer' },
  'initialize-delay': { kind: 'number', what: 'wait in milliseconds before initialize is answered' },
  'change-after': { kind: 'number', what: 'add a tool and announce it that many milliseconds after initialize' },
  silent: { kind: 'flag', what: 'read everything and answer nothing' },
  'ignore-term': { kind: 'flag', what: 'ignore SIGTERM' },
  'ignore-end': { kind: 'flag', what: 'stay when stdin ends' },
  grandchild: { kind: 'flag', what: 'start a process that stays, and holds stdout open; its pid goes to stderr' },
} as const satisfies Record<string, StdioOption>;

type Table = typeof STDIO_OPTIONS;
type ValueOf<K extends StdioOption['kind']> = K extends 'flag' ? boolean : K extends 'number' ? number : string;

/** The options that were given. */
export type StdioSettings = { readonly [K in keyof Table]?: ValueOf<Table[K]['kind']> };

/** Reads the command line. Errors: `ERR_USAGE` for an unknown option or a missing or wrong value. */
export function parseStdioOptions(args: readonly string[]): StdioSettings {
  const settings: Record<string, boolean | number | string> = {};
  const rest = [...args];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const name = word.replace(/^--/, '');
    const option: StdioOption | undefined = Object.hasOwn(STDIO_OPTIONS, name)
      ? STDIO_OPTIONS[name as keyof Table]
      : undefined;
    if (option === undefined || name === word)
      throw new HoldfastError('ERR_USAGE', `unknown option ${word}`, {
        hint: `Known options: ${Object.keys(STDIO_OPTIONS)
          .map((known) => `--${known}`)
          .join(' ')}.`,
      });
    settings[name] = option.kind === 'flag' ? true : valueOf(word, option.kind, rest.shift());
  }
  return settings;
}

function valueOf(word: string, kind: 'number' | 'text', text: string | undefined): number | string {
  if (text === undefined) throw new HoldfastError('ERR_USAGE', `${word} needs a value`);
  if (kind === 'text') return text;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0)
    throw new HoldfastError('ERR_USAGE', `${word} needs a whole number, not ${text}`);
  return value;
}
