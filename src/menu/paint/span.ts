/**
 * What the menu draws: lines of spans, each a text with a role. Nothing here knows a terminal.
 *
 * @module
 */
import { cutStart, cutTo, padTo, widthOf } from '../../base/cells.ts';
import type { Status } from '../../core/words.ts';

/** What a text is for; colours and weights are chosen from it. A role never says something that no word says. */
export type Role = 'plain' | 'strong' | 'dim' | 'key' | 'title' | 'good' | 'warning' | 'bad' | Status;

/** A text with its role. */
export interface Span {
  readonly text: string;
  readonly role?: Role;
  /** Part of what has the focus: drawn inverse. */
  readonly focus?: boolean;
}

/** One row of the screen. */
export type Line = readonly Span[];

/** A span. */
export const span = (text: string, role?: Role): Span => (role === undefined ? { text } : { text, role });

/** A row of one span. */
export const row = (text = '', role?: Role): Line => [span(text, role)];

/** Cells of a row. */
export function lineWidth(line: Line): number {
  return line.reduce((sum, { text }) => sum + widthOf(text), 0);
}

/** The row cut to `cells`; `…` says that something is missing. */
export function cutLine(line: Line, cells: number): Line {
  if (lineWidth(line) <= cells) return line;
  const cut: Span[] = [];
  let left = cells;
  for (const [at, one] of line.entries()) {
    const width = widthOf(one.text);
    const more = line.slice(at + 1).some(({ text }) => text.trim() !== '');
    if (width < left || (width === left && !more)) cut.push(one);
    // One more letter than there is makes room for the mark.
    else if (left > 0) cut.push({ ...one, text: cutTo(width > left ? one.text : `${one.text}.`, left) });
    left -= width;
    if (left <= 0) break;
  }
  return cut;
}

/** The row filled with blanks to `cells`, or cut. */
export function fitLine(line: Line, cells: number): Line {
  const cut = cutLine(line, cells);
  const missing = cells - lineWidth(cut);
  return missing > 0 ? [...cut, span(' '.repeat(missing))] : cut;
}

/** The row over its whole width as the one that has the focus. */
export function focused(line: Line): Line {
  return line.map((one) => ({ ...one, focus: true }));
}

/** Two rows in one: `right` stands at the end where both have room, else it is left out. */
export function between(left: Line, right: Line, cells: number): Line {
  const gap = cells - lineWidth(left) - lineWidth(right);
  return gap < 1 ? cutLine(left, cells) : [...left, span(' '.repeat(gap)), ...right];
}

/** A cell of a table: cut or filled to its width; `keep` says which end stays. */
export function cellText(text: string, cells: number, keep: 'start' | 'end' = 'start'): string {
  return padTo(keep === 'end' ? cutStart(text, cells) : cutTo(text, cells), cells);
}
