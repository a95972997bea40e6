/**
 * Draws one screen over another with the bytes that the difference needs.
 *
 * @module
 */
import { BLANK, cellsOf, sameCell } from './cells.ts';
import type { Cell } from './cells.ts';
import type { Line } from './span.ts';

/** A whole screen. */
export interface Frame {
  /** As many as the screen has rows. */
  readonly lines: readonly Line[];
  /** Where the cursor stands, 0-based: on what has the focus, so that screen readers and magnifiers follow it. */
  readonly cursor: { readonly row: number; readonly column: number };
}

const ESC = '\u001B[';
// Terminals agree about the width of these; behind any other character the column is named.
const CERTAIN = /^[\u0020-\u007E\u00A1-\u02FF\u0370-\u04FF\u2010-\u2027\u2500-\u257F]$/;
// So much unchanged is drawn again rather than jumped over.
const JUMP = 8;

interface Run {
  readonly from: number;
  readonly to: number;
}

/** The stretches of a row that differ. */
function changes(before: readonly Cell[] | undefined, after: readonly Cell[]): readonly Run[] {
  const runs: Run[] = [];
  for (let at = 0; at < after.length; at += 1) {
    if (sameCell(before?.[at], after[at])) continue;
    // A wide character is drawn whole.
    const start = after[at]?.text === '' ? at - 1 : at;
    const last = runs.at(-1);
    if (last !== undefined && start - last.to <= JUMP) runs[runs.length - 1] = { from: last.from, to: at + 1 };
    else runs.push({ from: start, to: at + 1 });
  }
  return runs;
}

/** Remembers what is on the screen. */
export class Painter {
  readonly #color: boolean;
  #shown: readonly (readonly Cell[])[] = [];
  #cursor = '';
  #columns = 0;

  constructor(color: boolean) {
    this.#color = color;
  }

  /** What is on the screen is not known any more: the next frame is drawn whole. */
  forget(): void {
    this.#shown = [];
    this.#cursor = '';
  }

  /** The bytes that make the screen this one; the empty string where it is already. */
  paint(frame: Frame, columns: number): string {
    const whole = this.#shown.length !== frame.lines.length || this.#columns !== columns;
    const before = whole ? [] : this.#shown;
    const after = frame.lines.map((line) => cellsOf(line, columns, this.#color));
    const rows = after.map((cells, at) => this.#row(before[at], cells, at + 1));
    this.#shown = after;
    this.#columns = columns;
    const drawn = rows.join('');
    const cursor = `${ESC}${frame.cursor.row + 1};${frame.cursor.column + 1}H`;
    if (drawn === '' && !whole && cursor === this.#cursor) return '';
    this.#cursor = cursor;
    const clear = whole ? `${ESC}0m${ESC}2J` : '';
    // One picture at once, where the terminal knows how (mode 2026); others pass over it.
    const [begin, end] = rows.filter((text) => text !== '').length > 1 ? [`${ESC}?2026h`, `${ESC}?2026l`] : ['', ''];
    return `${begin}${clear}${drawn}${cursor}${end}`;
  }

  #row(before: readonly Cell[] | undefined, after: readonly Cell[], number: number): string {
    const blank = after.map(() => BLANK);
    const end = after.findLastIndex((cell) => !sameCell(cell, BLANK)) + 1;
    const runs = changes(before ?? blank, after);
    let text = '';
    for (const { from, to } of runs) {
      text += `${ESC}${number};${from + 1}H`;
      text += this.#cells(after.slice(from, Math.min(to, Math.max(end, from))), from);
      if (to > end) {
        // The rest of the row is blank.
        text += from > end ? `${ESC}K` : `${ESC}${number};${end + 1}H${ESC}K`;
        break;
      }
    }
    return text;
  }

  #cells(cells: readonly Cell[], from: number): string {
    let text = '';
    let sgr = '';
    let uncertain = false;
    for (const [at, cell] of cells.entries()) {
      if (cell.text === '') continue;
      const certain = CERTAIN.test(cell.text);
      // Behind characters of which terminals think differently.
      if (uncertain && certain) text += `${ESC}${from + at + 1}G`;
      uncertain = !certain;
      if (cell.sgr !== sgr) text += `${ESC}${cell.sgr === '' ? '0' : `0;${cell.sgr}`}m`;
      sgr = cell.sgr;
      text += cell.text;
    }
    return sgr === '' ? text : `${text}${ESC}0m`;
  }
}
