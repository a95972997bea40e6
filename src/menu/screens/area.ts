/**
 * A part of the screen and what stands in it; windows over longer texts.
 *
 * @module
 */
import { wrap } from '../../base/wrap.ts';
import { cutTo, padTo, widthOf } from '../../base/cells.ts';
import { row, span } from '../paint/span.ts';
import type { Line, Role } from '../paint/span.ts';
import type { Size } from '../terminal/tty.ts';

/** What a screen draws into its part. */
export interface Body {
  /** At most as many as the part has rows. */
  readonly lines: readonly Line[];
  /** Where the focus is, within the part. */
  readonly cursor: { readonly row: number; readonly column: number };
  /** Lines of the text that scrolls, and how many of them are seen. */
  readonly scroll?: Scroll;
}

export interface Scroll {
  readonly total: number;
  readonly height: number;
}

/** The scroll that is possible. */
export function scrolled(wanted: number, { total, height }: Scroll): number {
  return Math.max(0, Math.min(wanted, total - height));
}

/** The lines that are seen; the last one says how many follow. */
export function windowOf(lines: readonly Line[], wanted: number, height: number): readonly Line[] {
  const from = scrolled(wanted, { total: lines.length, height });
  const seen = lines.slice(from, from + Math.max(0, height));
  const below = lines.length - from - seen.length;
  if (below <= 0 || seen.length === 0) return seen;
  return [...seen.slice(0, -1), row(`  … ${below + 1} more lines`, 'dim')];
}

/** Where a list of rows begins so that the focus is seen, and stays in the middle while it can. */
export function listStart(focus: number, total: number, height: number): number {
  return Math.max(0, Math.min(focus - Math.floor(height / 2), total - height));
}

/** A paragraph; words that are wider than the part are broken, not cut: nothing of them is hidden. */
export function paragraph(text: string, columns: number, role?: Role): readonly Line[] {
  return wrap(text, columns)
    .flatMap((line) => broken(line, columns))
    .map((line) => row(line, role));
}

/** The first lines of a paragraph; a mark says that more follow. */
export function firstOf(lines: readonly Line[], most: number): readonly Line[] {
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most - 1), [...(lines[most - 1] ?? []), span(' …', 'dim')]];
}

/** A text in pieces of at most `columns` cells, broken behind a blank where one is near; no character is left out. */
export function broken(text: string, columns: number): readonly string[] {
  if (widthOf(text) <= columns) return [text];
  const pieces: string[] = [];
  let piece = '';
  for (const character of text) {
    if (piece !== '' && widthOf(piece + character) > columns) {
      const blank = piece.lastIndexOf(' ') + 1;
      const end = blank > piece.length / 2 ? blank : piece.length;
      pieces.push(piece.slice(0, end));
      piece = piece.slice(end);
    }
    piece += character;
  }
  return [...pieces, piece];
}

/** Terms and their texts, the texts in a column of their own. Rows without a text are left out. */
export function terms(
  rows: readonly (readonly [string, string | undefined])[],
  { columns }: Pick<Size, 'columns'>,
): readonly Line[] {
  const told = rows.filter((one): one is readonly [string, string] => one[1] !== undefined && one[1] !== '');
  const widest = Math.max(0, ...told.map(([term]) => widthOf(term)));
  const longest = Math.min(widest, Math.floor(columns / 2)) + 2;
  const room = Math.max(8, columns - longest);
  return told.flatMap(([term, text]) => {
    const [first = '', ...more] = wrap(text, room).flatMap((line) => broken(line, room));
    return [
      [span(padTo(cutTo(term, longest - 2), longest), 'dim'), span(first)],
      ...more.map((line) => row(' '.repeat(longest) + line)),
    ];
  });
}
