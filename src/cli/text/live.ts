/**
 * A block of lines on a terminal that is written over when it changes.
 *
 * @module
 */
import { cutTo, widthOf } from './width.ts';
import type { Io } from '../io.ts';

const ESC = '\u001B[';
// Lines may hold colours, which take no cells.
const COLOR = new RegExp(`(${ESC.replace('[', '\\[')}\\d+m)`);
const COLORS = new RegExp(COLOR.source, 'g');

function fitted(line: string, columns: number): string {
  if (!line.includes(ESC)) return cutTo(line, columns);
  let left = columns;
  return line
    .split(COLOR)
    .map((part) => {
      if (COLOR.test(part)) return part;
      const cut = left <= 0 ? '' : cutTo(part, left);
      left -= cut.length;
      return cut;
    })
    .join('');
}

/** A line on the terminal, and how many of its rows it takes. */
interface Placed {
  readonly text: string;
  readonly rows: number;
}

/**
 * The lines that there is room for. One that is too wide goes on in the next row, as the terminal breaks it: a command
 * is copied as one. Only what the last rows cannot hold is cut.
 */
function placed(lines: readonly string[], columns: number, room: number): readonly Placed[] {
  const shown: Placed[] = [];
  let left = room;
  for (const line of lines) {
    if (left <= 0) break;
    const width = widthOf(line.replaceAll(COLORS, ''));
    const rows = Math.min(left, Math.max(1, Math.ceil(width / columns)));
    // What fills its last row to the end has nothing behind it to clear.
    const clear = width < rows * columns ? `${ESC}K` : '';
    shown.push({ text: `${ESC}K${fitted(line, rows * columns)}${clear}\n`, rows });
    left -= rows;
  }
  return shown;
}

/** Draws over what it drew before. `end()` leaves the last lines standing and shows the cursor again. */
export interface LiveBlock {
  draw(lines: readonly string[]): void;
  end(): void;
}

/** A block on this terminal. Only for terminals that animate. */
export function liveBlock(io: Io): LiveBlock {
  let height = 0;
  let hidden = false;
  return {
    draw(lines) {
      // What has scrolled away cannot be written over.
      const shown = placed(lines, Math.max(1, io.columns), Math.max(1, io.rows - 1));
      const up = height > 0 ? `${ESC}${height}A\r` : '';
      const hide = hidden ? '' : `${ESC}?25l`;
      hidden = true;
      height = shown.reduce((sum, { rows }) => sum + rows, 0);
      io.raw(`${hide}${up}${shown.map(({ text }) => text).join('')}${ESC}J`);
    },
    end() {
      if (hidden) io.raw(`${ESC}?25h`);
      hidden = false;
      height = 0;
    },
  };
}
