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
  /** May be narrowed down to this before columns are left out. */
  readonly least?: number;
  /** May be narrowed down to this when no more columns can be left out. */
  readonly hard?: number;
  readonly keep?: 'start' | 'end';
}

/** A text of the table. */
export interface TableCell {
  readonly text: string;
  readonly role?: Role;
}

const GAP = 2;

/** Columns in the making: which are shown, and how wide. */
class Widths {
  readonly #columns: readonly Column[];
  readonly #wide: readonly number[];
  readonly #room: number;
  readonly #kept: Set<number>;
  readonly now: number[];

  constructor(columns: readonly Column[], wide: readonly number[], room: number) {
    this.#columns = columns;
    this.#wide = wide;
    this.#room = room;
    this.#kept = new Set(columns.keys());
    this.now = [...wide];
  }

  /** Cells that are too many. */
  get over(): number {
    const shown = [...this.#kept];
    return shown.reduce((sum, at) => sum + (this.now[at] ?? 0), 0) + GAP * (shown.length - 1) - this.#room;
  }

  /** The least important first; of equals the last. */
  get byImportance(): readonly number[] {
    const drop = (at: number): number => this.#columns[at]?.drop ?? 0;
    return [...this.#kept].toSorted((a, b) => drop(b) - drop(a) || b - a);
  }

  narrow(leastOf: (column: Column | undefined) => number | undefined): void {
    for (const at of this.byImportance) {
      const least = leastOf(this.#columns[at]);
      const width = this.now[at] ?? 0;
      if (this.over > 0 && least !== undefined) this.now[at] = Math.max(Math.min(width, least), width - this.over);
    }
  }

  /** Leaves out a column; the others have their whole widths again. */
  drop(): boolean {
    const out = this.byImportance.find((at) => (this.#columns[at]?.drop ?? 0) > 0);
    if (out === undefined) return false;
    this.#kept.delete(out);
    for (const [at, width] of this.#wide.entries()) this.now[at] = this.#kept.has(at) ? width : 0;
    return true;
  }
}

function widths(columns: readonly Column[], rows: readonly (readonly TableCell[])[], room: number): readonly number[] {
  const wide = columns.map(({ title }, at) =>
    Math.max(widthOf(title), ...rows.map((cells) => widthOf(cells[at]?.text ?? ''))),
  );
  const all = new Widths(columns, wide, room);
  all.narrow((column) => column?.least);
  while (all.over > 0 && all.drop()) all.narrow((column) => column?.least);
  all.narrow((column) => column?.hard);
  return all.now;
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
