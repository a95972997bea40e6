/**
 * A table in the width that there is: columns are narrowed, then left out, the least important first.
 *
 * @module
 */
import { widthOf } from '../../base/cells.ts';
import { cellText, span } from '../paint/span.ts';
import type { Line, Role } from '../paint/span.ts';

/** One column. */
export interface Column {
  readonly title: string;
  /** Left out first: the highest; 0 (default) stays. */
  readonly drop?: number;
  /** May be narrowed down to this. */
  readonly least?: number;
  readonly keep?: 'start' | 'end';
}

/** A text of the table. */
export interface TableCell {
  readonly text: string;
  readonly role?: Role;
}

const GAP = 2;

function widths(columns: readonly Column[], rows: readonly (readonly TableCell[])[], room: number): readonly number[] {
  const wide = columns.map(({ title }, at) =>
    Math.max(widthOf(title), ...rows.map((cells) => widthOf(cells[at]?.text ?? ''))),
  );
  const kept = new Set(columns.keys());
  const now = [...wide];
  const over = (): number => {
    const shown = [...kept];
    return shown.reduce((sum, at) => sum + (now[at] ?? 0), 0) + GAP * (shown.length - 1) - room;
  };
  const byImportance = [...columns.keys()].toSorted(
    (a, b) => (columns[b]?.drop ?? 0) - (columns[a]?.drop ?? 0) || b - a,
  );
  for (const out of [undefined, ...byImportance.filter((at) => (columns[at]?.drop ?? 0) > 0)]) {
    if (out !== undefined) {
      kept.delete(out);
      for (const at of kept) now[at] = wide[at] ?? 0;
    }
    for (const at of byImportance) {
      if (over() <= 0) break;
      const least = columns[at]?.least;
      if (kept.has(at) && least !== undefined)
        now[at] = Math.max(Math.min(now[at] ?? 0, least), (now[at] ?? 0) - over());
    }
    if (over() <= 0) break;
  }
  return now.map((width, at) => (kept.has(at) ? width : 0));
}

/** The title row and the rows, none wider than `room` where the least widths allow it. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly TableCell[])[],
  room: number,
): { readonly title: Line; readonly rows: readonly Line[] } {
  const width = widths(columns, rows, room);
  const gap = span(' '.repeat(GAP));
  const line = (cells: readonly TableCell[]): Line =>
    cells
      .flatMap(({ text, role }, at) => {
        const cellsWide = width[at] ?? 0;
        return cellsWide === 0 ? [] : [gap, span(cellText(text, cellsWide, columns[at]?.keep), role)];
      })
      .slice(1);
  return {
    title: line(columns.map(({ title }) => ({ text: title, role: 'dim' }))),
    rows: rows.map(line),
  };
}
