/**
 * A row as cells of the terminal: what is compared to find out what has changed.
 *
 * @module
 */
import { widthOf } from '../../base/cells.ts';
import { sgrOf } from './sgr.ts';
import type { Line } from './span.ts';

/** One cell. The second cell of a wide character has an empty text. */
export interface Cell {
  readonly text: string;
  readonly sgr: string;
}

export const BLANK: Cell = { text: ' ', sgr: '' };

/** Whether two cells look the same. */
export function sameCell(a: Cell | undefined, b: Cell | undefined): boolean {
  return a !== undefined && b !== undefined && a.text === b.text && a.sgr === b.sgr;
}

function addTo(cells: Cell[], character: string, sgr: string): void {
  const width = widthOf(character);
  if (width > 0) {
    cells.push({ text: character, sgr });
    if (width > 1) cells.push({ text: '', sgr });
    return;
  }
  // A mark belongs to the character before it; without one it belongs to nothing.
  const at = cells.findLastIndex(({ text }) => text !== '');
  const base = cells[at];
  if (base !== undefined && base.text !== ' ') cells[at] = { ...base, text: base.text + character };
}

/** The row as exactly `columns` cells. */
export function cellsOf(line: Line, columns: number, color: boolean): readonly Cell[] {
  const cells: Cell[] = [];
  for (const one of line) {
    const sgr = sgrOf(one, color);
    for (const character of one.text) addTo(cells, character, sgr);
  }
  const end = columns - 1;
  // Half of a wide character cannot be drawn.
  if (cells.length > columns && cells[columns]?.text === '') cells[end] = BLANK;
  cells.length = Math.min(cells.length, columns);
  while (cells.length < columns) cells.push(BLANK);
  return cells;
}
