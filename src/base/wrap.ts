/**
 * Paragraphs broken into lines.
 *
 * @module
 */
import { widthOf } from './cells.ts';

/** The words of a text in lines of at most `cells`, each begun with `indent`. A word that is too long stands alone. */
export function wrap(text: string, cells: number, indent = ''): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && widthOf(longer) > cells - widthOf(indent)) {
      lines.push(indent + line);
      line = word;
    } else line = longer;
  }
  return line === '' ? lines : [...lines, indent + line];
}

/** Two columns: a term, and its text wrapped beside it. */
export function definitions(rows: readonly (readonly [string, string])[], cells: number): readonly string[] {
  const longest = Math.max(0, ...rows.map(([term]) => widthOf(term)));
  const at = Math.min(longest, 30) + 4;
  return rows.flatMap(([term, text]) => {
    const [first = '', ...more] = wrap(text, Math.max(24, cells - at));
    const rest = more.map((line) => ' '.repeat(at) + line);
    const gap = at - 2 - widthOf(term);
    if (gap < 2) return [`  ${term}`, ' '.repeat(at) + first, ...rest];
    return [`  ${term}${' '.repeat(gap)}${first}`.trimEnd(), ...rest];
  });
}
