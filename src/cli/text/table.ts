/**
 * Tables for terminals: as wide as needed, no wider than the terminal.
 *
 * @module
 */
import { cutStart, cutTo, padTo, widthOf } from './width.ts';

/** One column. */
export interface Column {
  readonly title: string;
  /** Left out first when the terminal is too narrow: the highest number goes first; 0 (default) stays. */
  readonly drop?: number;
  /** May be cut down to `least` cells before columns are left out. */
  readonly least?: number;
  /** Which end stays when cut: default the start. */
  readonly keep?: 'start' | 'end';
  /** Colour, put on after all measuring. */
  readonly paint?: (text: string, row: number) => string;
}

/** How a table is laid out. */
export interface TableOptions {
  /** Cells of a line; absent = as wide as needed. */
  readonly columns?: number;
  readonly paintTitle?: (text: string) => string;
}

const GAP = 2;

interface Measured {
  readonly column: Column;
  readonly index: number;
  width: number;
}

const total = (columns: readonly Measured[]): number =>
  columns.reduce((sum, { width }) => sum + width, 0) + GAP * Math.max(0, columns.length - 1);

// What would be left out first is narrowed first.
const byImportance = (a: Measured, b: Measured): number => (b.column.drop ?? 0) - (a.column.drop ?? 0);

// Narrow what may be narrowed, then leave out columns, until the line fits.
function fit(columns: Measured[], limit: number): Measured[] {
  const kept = [...columns];
  for (;;) {
    for (const one of kept.toSorted(byImportance)) {
      const over = total(kept) - limit;
      if (over <= 0) return kept;
      if (one.column.least !== undefined) one.width = Math.max(Math.min(one.width, one.column.least), one.width - over);
    }
    const droppable = kept.filter(({ column }) => (column.drop ?? 0) > 0);
    const first = droppable.toSorted((a, b) => (b.column.drop ?? 0) - (a.column.drop ?? 0))[0];
    if (total(kept) <= limit || first === undefined) return kept;
    kept.splice(kept.indexOf(first), 1);
    for (const one of kept) one.width = columns.find(({ index }) => index === one.index)?.width ?? one.width;
  }
}

const cell = (text: string, { column, width }: Measured, last: boolean): string => {
  const cut = column.keep === 'end' ? cutStart(text, width) : cutTo(text, width);
  return last ? cut : padTo(cut, width);
};

/** The lines of a table, the titles first. Cells must be single lines without escape sequences. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  options: TableOptions = {},
): readonly string[] {
  const measured = columns.map((column, index) => ({
    column,
    index,
    width: Math.max(widthOf(column.title), ...rows.map((row) => widthOf(row[index] ?? ''))),
  }));
  const shown = options.columns === undefined ? measured : fit(measured, options.columns);
  const line = (cells: (one: Measured, last: boolean) => string): string =>
    shown.map((one, at) => cells(one, at === shown.length - 1)).join(' '.repeat(GAP));
  const title = line((one, last) => cell(one.column.title, one, last));
  return [
    (options.paintTitle ?? ((text): string => text))(title.trimEnd()),
    ...rows.map((row, at) =>
      line((one, last) => {
        const text = cell(row[one.index] ?? '', one, last);
        return one.column.paint === undefined ? text : one.column.paint(text, at);
      }).trimEnd(),
    ),
  ];
}
