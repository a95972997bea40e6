/**
 * Writes lines to a process: what comes while the program is at work on one turn of its event loop goes together, because
 * a write costs more than everything else that a short line needs.
 *
 * @module
 */
import type { Writable } from 'node:stream';
import { afterThisTurn } from '../../base/clock.ts';

/** Longer lines, and more than this together, are not kept back. In UTF-16 units, or in bytes. */
const LARGE = 16_384;

/** How a line fared that was not written as it should: `no` where surely not all of it was, so that nobody can have acted on it. */
export interface Unwritten {
  readonly sent: 'no' | 'maybe';
  readonly cause: Error | undefined;
}

/** Hears that the operating system took the line, or that it did not. */
export type Written = (failure?: Unwritten) => void;

/** The lines to one process, in the order in which they came. */
export class LineWriter {
  readonly #stdin: Writable;
  #text = '';
  #waiting: Written[] = [];

  constructor(stdin: Writable) {
    this.#stdin = stdin;
  }

  /** What was not taken by the operating system yet. */
  get length(): number {
    return this.#stdin.writableLength + this.#text.length;
  }

  /** Takes a line, with its line feed. Short ones go at the end of the turn. */
  write(line: string | Buffer, written: Written): void {
    if (typeof line !== 'string' || line.length > LARGE) {
      this.flush();
      this.#write(line, [written]);
      return;
    }
    if (this.#text === '') afterThisTurn(this.#turned);
    this.#text += line;
    this.#waiting.push(written);
    if (this.#text.length > LARGE) this.flush();
  }

  /** Writes what was kept back. */
  flush(): void {
    const text = this.#text;
    if (text === '') return;
    const waiting = this.#waiting;
    this.#text = '';
    this.#waiting = [];
    this.#write(text, waiting);
  }

  readonly #turned = (): void => this.flush();

  #write(lines: string | Buffer, waiting: readonly Written[]): void {
    const stdin = this.#stdin;
    // Node writes what waits in one go and reports one error for all of it: only of a write that went alone is it sure.
    const closed = !stdin.writable;
    const alone = closed || stdin.writableLength === 0;
    let refused = closed;
    stdin.write(lines, (error) => {
      // A write that was under way when its stream was destroyed is reported without an error.
      if (!error && !stdin.destroyed) {
        for (const written of waiting) written();
        return;
      }
      const cause = error ?? undefined;
      const last = waiting.length - 1;
      // Of several lines the first may have gone before the error; the last one lacks its end.
      for (const [at, written] of waiting.entries())
        written({ sent: cause !== undefined && alone && (refused || at === last) ? 'no' : 'maybe', cause });
    });
    // Told at once: the operating system took nothing of it.
    refused ||= stdin.errored !== null;
  }
}
