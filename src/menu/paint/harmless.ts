/**
 * The last door before the screen: whatever a row holds, nothing of it moves a cursor or takes an uncertain width.
 *
 * @module
 */
import { widthOf } from '../../base/cells.ts';
import { cutLine } from './span.ts';
import type { Line } from './span.ts';

// Controls and formats (escapes, bidirectional marks, joiners, tags), separators, and what chooses the form of the character before it.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029\p{Variation_Selector}\p{Emoji_Modifier}]/gu;
// A letter has room for two marks; more would climb into other rows.
const PILED = /(\p{M}{2})\p{M}+/gu;
const FLAG_LETTER = /\p{Regional_Indicator}/gu;
const FIRST_FLAG_LETTER = 0x1f1e6;
const PLAIN = /^[\u0020-\u007E]*$/;

/** The characters that the menu draws with, where only ASCII may be drawn. */
const IN_ASCII: Readonly<Record<string, string>> = {
  '─': '-',
  '│': '|',
  '·': '|',
  '…': '.',
  '–': '-',
  '—': '-',
  '›': '>',
  '‹': '<',
  '→': '>',
  '←': '<',
  '↑': '^',
  '↓': 'v',
  '✓': '+',
  '“': '"',
  '”': '"',
  '’': "'",
  '•': '*',
};

/** Two of them make a flag, of which terminals think differently; as letters everybody reads them. */
const letterOfFlag = (letter: string): string =>
  String.fromCodePoint((letter.codePointAt(0) ?? FIRST_FLAG_LETTER) - FIRST_FLAG_LETTER + 65);

/** As many cells as it had, so that the columns stay. */
function inAscii(text: string): string {
  return Array.from(text, (character) =>
    character < '\u007F' ? character : (IN_ASCII[character] ?? '?'.repeat(widthOf(character))),
  ).join('');
}

/** The text without anything that is not a glyph; as wide as it was counted. */
export function harmless(text: string, ascii: boolean): string {
  if (PLAIN.test(text)) return text;
  const seen = text
    .replaceAll(UNSEEN, (unseen) => ' '.repeat(widthOf(unseen)))
    .replaceAll(PILED, '$1')
    .replaceAll(FLAG_LETTER, letterOfFlag);
  return ascii ? inAscii(seen) : seen;
}

/** The row as it may be painted, no wider than `cells`. */
export function harmlessLine(line: Line, cells: number, ascii: boolean): Line {
  const safe = line.map((one) => ({ ...one, text: harmless(one.text, ascii) }));
  const cut = cutLine(safe, cells);
  // The mark of the cut is not ASCII.
  return ascii && cut !== safe ? cut.map((one) => ({ ...one, text: harmless(one.text, ascii) })) : cut;
}
