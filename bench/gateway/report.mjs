/**
 * What was measured as a table, and the bars as passed or missed.
 *
 * @module
 */

const pad = (text, width) => (width < 0 ? text.padEnd(-width) : text.padStart(width));

/** Rows of texts as aligned columns; a negative width aligns left. */
export function table(head, rows) {
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => (row[at] ?? '').length)));
  const line = (row) => row.map((cell, at) => pad(cell ?? '', at === 0 ? -widths[at] : widths[at])).join('  ');
  console.log([line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join('\n'));
}

/** The bars of one run. */
export class Bars {
  #rows = [];

  /** `value` must be at most `limit` (`at least`, with `least`). A value that was not seen is missed. */
  add(name, value, { most, least, unit = '' }) {
    const seen = Number.isFinite(value);
    const passed = seen && (most === undefined || value <= most) && (least === undefined || value >= least);
    const shown = seen ? `${value < 10 ? value.toFixed(2) : value.toFixed(0)}${unit}` : 'not seen';
    this.#rows.push({ passed, row: [name, shown, most === undefined ? `≥ ${least}${unit}` : `≤ ${most}${unit}`] });
  }

  /** Something that has no figure. */
  check(name, passed, shown) {
    this.#rows.push({ passed, row: [name, shown, ''] });
  }

  print() {
    table(
      ['bar', 'measured', 'bar at', ''],
      this.#rows.map(({ passed, row }) => [...row, passed ? 'pass' : 'MISS']),
    );
  }

  get passed() {
    return this.#rows.every(({ passed }) => passed);
  }
}
