/**
 * How many terminal cells a text takes: wide characters take two, combining marks none.
 *
 * @module
 */

const ZERO = /^[\p{Mn}\p{Me}\p{Cf}\u{1F3FB}-\u{1F3FF}]$/u;
const PLAIN = /^[\u0020-\u007E]*$/;
const EMOJI = /^\p{Emoji_Presentation}$/u;
// Unicode East Asian Width W and F, in ranges (UAX 11); emoji are asked for by their property.
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x17000, 0x18aff],
  [0x1b000, 0x1b2ff],
  [0x20000, 0x3fffd],
];

function cellsOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  // Latin letters, and the dashes, dots and ellipses of our own texts.
  if (code < 0x300 || (code >= 0x2010 && code <= 0x2027)) return 1;
  if (ZERO.test(character)) return 0;
  // Two regional indicators make one flag of two cells.
  if (code >= 0x1f1e6 && code <= 0x1f1ff) return 1;
  if (WIDE.some(([low, high]) => code >= low && code <= high)) return 2;
  return EMOJI.test(character) ? 2 : 1;
}

/** Cells of a text without escape sequences. */
export function widthOf(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let cells = 0;
  for (const character of text) cells += cellsOf(character);
  return cells;
}

/** The text cut to `cells`, its end replaced by `…` when something was cut. */
export function cutTo(text: string, cells: number): string {
  if (widthOf(text) <= cells) return text;
  if (cells <= 0) return '';
  let taken = '';
  let used = 0;
  for (const character of text) {
    const more = cellsOf(character);
    if (used + more > cells - 1) break;
    taken += character;
    used += more;
  }
  return `${taken.trimEnd()}…`;
}

/** Like `cutTo`, but the end of the text stays: for paths. */
export function cutStart(text: string, cells: number): string {
  if (widthOf(text) <= cells) return text;
  if (cells <= 0) return '';
  const characters = Array.from(text);
  let used = 0;
  let from = characters.length;
  while (from > 0) {
    const more = cellsOf(characters[from - 1] ?? '');
    if (used + more > cells - 1) break;
    used += more;
    from -= 1;
  }
  return `…${characters.slice(from).join('')}`;
}

/** The text filled with blanks to `cells`. */
export function padTo(text: string, cells: number): string {
  return text + ' '.repeat(Math.max(0, cells - widthOf(text)));
}
