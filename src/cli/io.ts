/**
 * The terminal as an argument: stdout is data, stderr is talk.
 *
 * @module
 */

import type { HiddenEnd } from './text/hidden-line.ts';

/** How a line is asked for that is not shown. */
export interface HiddenAsk {
  /** Takes the question back. */
  readonly signal: AbortSignal;
  /** Hears how long the line is, after every key. */
  readonly typed?: (length: number) => void;
}

/** What a command may read and write. */
export interface Io {
  /** One line of data; the line break is added. */
  out(line: string): void;
  /** Data as it is. */
  raw(data: string | Uint8Array): void;
  /** One line of talk; the line break is added. */
  err(line: string): void;
  /** Talk as it is: a progress line that is written over. */
  errRaw(text: string): void;
  /** stdout is a terminal. */
  readonly isTTY: boolean;
  readonly errIsTTY: boolean;
  readonly stdinIsTTY: boolean;
  /** Width of the terminal now; data that no terminal shows is not cut to a width. */
  readonly columns: number;
  readonly rows: number;
  readonly color: boolean;
  /** Lines may be written over: a terminal that is not dumb. */
  readonly animate: boolean;
  /** Whole standard input as UTF-8. */
  stdin(): Promise<string>;
  /** Asks a person one line; the empty string when the input has ended. */
  ask(question: string): Promise<string>;
  /** Takes one line that is not shown; prints nothing itself. Ctrl-C is an answer, because no signal is raised for it. */
  hidden(ask: HiddenAsk): Promise<HiddenEnd>;
}

/** The facts by which colour is decided. */
export interface ColorFacts {
  readonly isTTY: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `--no-color`. */
  readonly refused: boolean;
}

/** Colour only for a terminal that is not dumb; `NO_COLOR` (no-color.org) wins over `FORCE_COLOR`. */
export function wantsColor(facts: ColorFacts): boolean {
  const { env } = facts;
  if (facts.refused || (env['NO_COLOR'] ?? '') !== '') return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined && forced !== '' && forced !== '0') return true;
  return facts.isTTY && env['TERM'] !== 'dumb' && forced !== '0';
}
