/**
 * What completion needs of the command table, without any shell's syntax.
 *
 * @module
 */
import { REASONS } from '../../core/reasons.ts';
import { STATUSES } from '../../core/snapshot.ts';
import { GLOBAL_OPTIONS } from '../command.ts';
import type { ArgumentRow, CommandRow, OptionRow } from '../command.ts';

/** The words that can stand in one place: given ones, names of servers, or files. */
export type Words =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'server' }
  | { readonly kind: 'file' };

/** An option of a verb. */
export interface OptionModel {
  readonly name: string;
  readonly short?: string;
  readonly summary: string;
  /** Present when it takes a value. */
  readonly value?: Words;
}

/** A verb. */
export interface VerbModel {
  /** Its name, then its aliases. */
  readonly names: readonly string[];
  readonly summary: string;
  readonly options: readonly OptionModel[];
  /** What stands in each place; the last one repeats when `many`. */
  readonly places: readonly Words[];
  readonly many: boolean;
}

/** Everything. */
export interface CompletionModel {
  readonly verbs: readonly VerbModel[];
  readonly globals: readonly OptionModel[];
}

const FREE: Words = { kind: 'words', words: [] };

function optionModel({ name, short, value, choices, summary }: OptionRow): OptionModel {
  const words: Words = value === 'FILE' ? { kind: 'file' } : { kind: 'words', words: choices ?? [] };
  return {
    name,
    summary,
    ...(short === undefined ? {} : { short }),
    ...(value === undefined ? {} : { value: words }),
  };
}

function place({ completes }: ArgumentRow, verbs: readonly string[]): Words {
  if (completes === undefined) return FREE;
  if (completes === 'server' || completes === 'file') return { kind: completes };
  if (completes === 'verb') return { kind: 'words', words: verbs };
  if (completes === 'reason') return { kind: 'words', words: [...STATUSES, ...Object.keys(REASONS)] };
  return { kind: 'words', words: completes };
}

/** The model of the verbs that exist. */
export function completionModel(commands: readonly CommandRow[]): CompletionModel {
  const verbs = commands.map(({ name }) => name);
  return {
    globals: GLOBAL_OPTIONS.map(optionModel),
    verbs: commands.map((row) => ({
      names: [row.name, ...(row.aliases ?? [])],
      summary: row.summary,
      options: (row.options ?? []).map(optionModel),
      places: (row.args ?? []).map((one) => place(one, verbs)),
      many: row.args?.at(-1)?.many === true,
    })),
  };
}

/** All spellings of an option. */
export function spellings({ name, short }: OptionModel): readonly string[] {
  return short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`];
}
