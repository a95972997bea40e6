/**
 * The names that a person may have meant.
 *
 * @module
 */

const MOST = 3;

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, swap));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** Up to three names within a third of the length of edits, or that begin alike; the nearest first. */
export function nearest(name: string, names: readonly string[]): readonly string[] {
  const asked = name.toLowerCase();
  return names
    .map((candidate) => {
      const known = candidate.toLowerCase();
      const isPart = asked.length >= 2 && (known.startsWith(asked) || asked.startsWith(known));
      return { candidate, score: isPart ? 1 : distance(asked, known) };
    })
    .filter(({ score }) => score <= Math.max(2, Math.floor(asked.length / 3)))
    .toSorted((a, b) => a.score - b.score)
    .slice(0, MOST)
    .map(({ candidate }) => candidate);
}
