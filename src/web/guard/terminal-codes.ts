/**
 * Short codes that are shown in the terminal and typed into the page: what runs a command, or sends headers elsewhere, is
 * never done by a click alone (BEHAVIOUR §11).
 *
 * @module
 */
import { randomInt } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { sameText } from './sessions.ts';

/** How long a code is good for. */
export const CODE_MS = 180_000;
const MOST_TRIES = 3;
const DIGITS = 6;

/** What a code agrees to; a code for one thing is no code for another. */
export interface CodeAbout {
  /** In words, e.g. `approve "db"`. */
  readonly what: string;
  readonly server: string;
  /** Changes with everything that is agreed to. */
  readonly hash: string;
  /** What would be run or changed, in whole lines. */
  readonly lines: readonly string[];
}

/** What the terminal shows. */
export interface TerminalNotice extends CodeAbout {
  /** `123 456`. */
  readonly code: string;
  readonly validMs: number;
}

interface Asked {
  readonly code: string;
  readonly until: number;
  tries: number;
}

/** Why a code was not taken. */
export type CodeRefusal = 'none-asked' | 'too-late' | 'wrong' | 'too-many';

const keyOf = (session: string, { what, server, hash }: Omit<CodeAbout, 'lines'>): string =>
  JSON.stringify([session, what, server, hash]);

/** The codes of one page. */
export class TerminalCodes {
  readonly #clock: Clock;
  readonly #show: (notice: TerminalNotice) => void;
  readonly #asked = new Map<string, Asked>();

  constructor(clock: Clock, show: (notice: TerminalNotice) => void) {
    this.#clock = clock;
    this.#show = show;
  }

  /** Makes a code for a session and shows it in the terminal; an earlier one for the same thing is void. */
  ask(session: string, about: CodeAbout): void {
    const code = String(randomInt(10 ** DIGITS)).padStart(DIGITS, '0');
    const now = this.#clock.now();
    for (const [key, { until }] of this.#asked) if (until < now) this.#asked.delete(key);
    this.#asked.set(keyOf(session, about), { code, until: now + CODE_MS, tries: 0 });
    this.#show({ ...about, code: `${code.slice(0, 3)} ${code.slice(3)}`, validMs: CODE_MS });
  }

  /** Whether a code was shown for this and can still be typed. */
  isAsked(session: string, about: Omit<CodeAbout, 'lines'>): boolean {
    const asked = this.#asked.get(keyOf(session, about));
    return asked !== undefined && asked.until >= this.#clock.now();
  }

  /** Takes a typed code; `undefined` = it is right, and is void from now on. */
  take(session: string, about: Omit<CodeAbout, 'lines'>, typed: string): CodeRefusal | undefined {
    const key = keyOf(session, about);
    const asked = this.#asked.get(key);
    if (asked === undefined) return 'none-asked';
    if (asked.until < this.#clock.now()) {
      this.#asked.delete(key);
      return 'too-late';
    }
    asked.tries += 1;
    if (sameText(typed.replaceAll(/\D/g, ''), asked.code)) {
      this.#asked.delete(key);
      return undefined;
    }
    if (asked.tries < MOST_TRIES) return 'wrong';
    this.#asked.delete(key);
    return 'too-many';
  }
}
