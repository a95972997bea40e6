/**
 * A block of lines on a terminal that is written over when it changes.
 *
 * @module
 */
import { cutTo } from './width.ts';
import type { Io } from '../io.ts';

const ESC = '\u001B[';
// Lines may hold colours, which take no cells.
const COLOR = new RegExp(`(${ESC.replace('[', '\\[')}\\d+m)`);

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
      const shown = lines.slice(0, Math.max(1, io.rows - 1)).map((line) => fitted(line, io.columns));
      const up = height > 0 ? `${ESC}${height}A\r` : '';
      const hide = hidden ? '' : `${ESC}?25l`;
      hidden = true;
      height = shown.length;
      io.raw(`${hide}${up}${shown.map((line) => `${line}${ESC}K\n`).join('')}${ESC}J`);
    },
    end() {
      if (hidden) io.raw(`${ESC}?25h`);
      hidden = false;
      height = 0;
    },
  };
}
