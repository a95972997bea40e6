/**
 * The nearest known words to a mistyped one.
 *
 * @module
 */

/** Edits (insert, remove, replace, swap of neighbours) that make one word of the other. */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      const edits = [
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + (same ? 0 : 1),
      ];
      if (a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) edits.push((before[column - 2] ?? 0) + 1);
      current.push(Math.min(...edits));
    }
    before = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}

/**
 * At most `limit` known words near to `word`, the nearest first: those that begin with it or are within one edit for
 * every three letters.
 */
export function nearest(word: string, known: readonly string[], limit = 3): readonly string[] {
  const wanted = word.toLowerCase();
  const bound = Math.max(1, Math.floor(wanted.length / 3) + 1);
  const scored = known.map((candidate) => {
    const lower = candidate.toLowerCase();
    const begins = wanted.length >= 2 && (lower.startsWith(wanted) || wanted.startsWith(lower));
    return { candidate, distance: begins ? 0.5 : editDistance(wanted, lower) };
  });
  // A near word makes the far ones noise.
  const best = Math.min(bound - 1, ...scored.map(({ distance }) => distance));
  return scored
    .filter(({ distance }) => distance <= best + 1)
    .toSorted((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

/** `Did you mean "status" or "stop"?`, or nothing when no word is near. */
export function didYouMean(word: string, known: readonly string[]): string | undefined {
  const near = nearest(word, known);
  return near.length === 0 ? undefined : `Did you mean ${near.map((name) => `"${name}"`).join(' or ')}?`;
}
