/**
 * The difference of two texts, line by line, as a person reads it before agreeing to it.
 *
 * @module
 */

/** One line of a difference. */
export interface DiffLine {
  readonly kind: 'same' | 'added' | 'removed';
  readonly text: string;
  /** 1-based; in the new text, of a removed line in the old one. */
  readonly line: number;
}

/** Above so many lines on a side the middle is told as wholly replaced. */
const MOST = 2_000;

const linesOf = (text: string): readonly string[] => {
  const lines = text.split(/\r?\n/);
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
};

/** Lengths of the longest common sequences of the ends of two lists. */
function table(a: readonly string[], b: readonly string[]): readonly Uint16Array[] {
  const rows = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const [here, below] = [rows[i] as Uint16Array, rows[i + 1] as Uint16Array];
      here[j] = a[i] === b[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, here[j + 1] ?? 0);
    }
  }
  return rows;
}

/** Walks the two lists along their longest common sequence: what goes stands before what comes. */
function middle(a: readonly string[], b: readonly string[], from: number): readonly DiffLine[] {
  const removed = (i: number): DiffLine => ({ kind: 'removed', text: a[i] ?? '', line: from + i + 1 });
  const added = (j: number): DiffLine => ({ kind: 'added', text: b[j] ?? '', line: from + j + 1 });
  if (a.length > MOST || b.length > MOST) return [...a.map((_, i) => removed(i)), ...b.map((_, j) => added(j))];
  const rows = table(a, b);
  const common = (i: number, j: number): number => rows[i]?.[j] ?? -1;
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ kind: 'same', text: b[j] ?? '', line: from + j + 1 });
      i += 1;
      j += 1;
    } else if (common(i + 1, j) >= common(i, j + 1)) {
      lines.push(removed(i));
      i += 1;
    } else {
      lines.push(added(j));
      j += 1;
    }
  }
  return lines;
}

/** The changed lines with `context` lines around them; an empty list for texts that say the same. */
export function diffLines(before: string, after: string, context = 2): readonly DiffLine[] {
  const [a, b] = [linesOf(before), linesOf(after)];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const head = b.slice(0, start).map((text, index): DiffLine => ({ kind: 'same', text, line: index + 1 }));
  const tail = b
    .slice(b.length - end)
    .map((text, index): DiffLine => ({ kind: 'same', text, line: b.length - end + index + 1 }));
  const all = [...head, ...middle(a.slice(start, a.length - end), b.slice(start, b.length - end), start), ...tail];
  const near = new Set<number>();
  for (const [index, { kind }] of all.entries())
    if (kind !== 'same') for (let at = index - context; at <= index + context; at += 1) near.add(at);
  return all.filter((_, index) => near.has(index));
}
