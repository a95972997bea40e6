/**
 * The form of a verb: one row of the command table, from which parsing, help, completion and the reference are made.
 *
 * @module
 */
import type { Context, Ports } from './context.ts';
import type { ExitCode } from './exit.ts';
import type { Io } from './io.ts';

/** An option of a verb. Without `value` it is a switch. */
export interface OptionRow {
  /** Without the dashes. */
  readonly name: string;
  /** One letter. */
  readonly short?: string;
  /** Placeholder of its value, e.g. `FILE`. */
  readonly value?: string;
  /** May be given more than once. */
  readonly many?: boolean;
  /** How the value is checked; default: any text. */
  readonly type?: 'duration' | 'count';
  readonly choices?: readonly string[];
  readonly summary: string;
}

/** What can stand in the place of an argument, for completion. */
export type Completes = 'server' | 'verb' | 'reason' | 'file' | readonly string[];

/** A positional argument. */
export interface ArgumentRow {
  /** In capitals, e.g. `NAME`. */
  readonly name: string;
  readonly optional?: boolean;
  /** Takes all that follow. */
  readonly many?: boolean;
  readonly completes?: Completes;
  readonly summary: string;
}

/** A command is a function of these three to an exit code. Expected bad ends are codes, misuse is a `HoldfastError`. */
export type Command = (args: Args, context: Context, io: Io) => Promise<ExitCode>;

/** Headings of the help, in order. */
export const GROUPS = ['Look', 'Mend', 'Sign in', 'Configure', 'Use', 'Watch', 'Run', 'Help'] as const;

/**
 * What a verb needs: `offline` starts and contacts nothing, `live` speaks with an owner of connections, `daemon` manages
 * that owner.
 */
export type CommandKind = 'offline' | 'live' | 'daemon';

/** One verb. */
export interface CommandRow {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly group: (typeof GROUPS)[number];
  readonly kind: CommandKind;
  /** One line for the list of verbs; no full stop. */
  readonly summary: string;
  /** Paragraphs for `help VERB`. */
  readonly details?: readonly string[];
  readonly args?: readonly ArgumentRow[];
  readonly options?: readonly OptionRow[];
  /** Words typed after the program's name, and what they do. */
  readonly examples: readonly (readonly [string, string])[];
  /** Takes everything after `--` as it is. */
  readonly rest?: string;
  /** The servers that the words are about, where the rows of arguments do not say it; none = all. */
  readonly servers?: (args: Args, ports: Pick<Ports, 'logins'>) => Promise<readonly string[]>;
  /** Imports the verb's own code. */
  readonly load: () => Promise<Command>;
}

/** Options of every verb. */
export const GLOBAL_OPTIONS: readonly OptionRow[] = [
  { name: 'json', summary: 'print the record itself, for scripts' },
  {
    name: 'config',
    value: 'FILE',
    many: true,
    summary: 'use this file and nothing else (it is trusted: you named it)',
  },
  { name: 'no-daemon', summary: 'own the connections in this process, for this one command' },
  { name: 'profile', value: 'PROFILE', summary: 'as this account, where you are signed in with several' },
  { name: 'no-input', summary: 'ask nothing and open no browser' },
  { name: 'no-color', summary: 'no colour' },
  { name: 'help', short: 'h', summary: 'help for the verb' },
];

/** Parsed arguments. Asking for an option that the verb's row does not have is a programming error and throws. */
export class Args {
  /** Positional arguments, without the verb. */
  readonly words: readonly string[];
  /** Everything after `--`; `undefined` when there was none. */
  readonly rest: readonly string[] | undefined;
  readonly #values: ReadonlyMap<string, readonly string[]>;
  readonly #known: ReadonlySet<string>;

  constructor(parsed: {
    readonly words: readonly string[];
    readonly rest?: readonly string[] | undefined;
    readonly values: ReadonlyMap<string, readonly string[]>;
    readonly known: readonly string[];
  }) {
    this.words = parsed.words;
    this.rest = parsed.rest;
    this.#values = parsed.values;
    this.#known = new Set(parsed.known);
  }

  /** The argument at `index`, which the row of the verb guarantees; the empty string otherwise. */
  word(index: number): string {
    return this.words[index] ?? '';
  }

  /** Whether a switch was given. */
  flag(name: string): boolean {
    return this.#of(name).length > 0;
  }

  /** The value of an option; the last one wins. */
  text(name: string): string | undefined {
    return this.#of(name).at(-1);
  }

  /** Every value of an option. */
  texts(name: string): readonly string[] {
    return this.#of(name);
  }

  /** The value of an option of type `duration` (milliseconds) or `count`, checked when it was parsed. */
  number(name: string): number | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : Number(text);
  }

  #of(name: string): readonly string[] {
    if (!this.#known.has(name)) throw new TypeError(`the verb has no option --${name}`);
    return this.#values.get(name) ?? [];
  }
}
