/**
 * Which of two versions of this program is newer (Semantic Versioning 2.0.0, §11), and whether they can talk.
 *
 * @module
 */

interface Parsed {
  readonly numbers: readonly number[];
  readonly pre: readonly string[];
}

function parse(version: string): Parsed {
  const [core = '', ...pre] = (version.split('+', 1)[0] ?? '').split('-');
  return {
    numbers: core.split('.').map((part) => Number.parseInt(part, 10) || 0),
    pre: pre.length === 0 ? [] : pre.join('-').split('.'),
  };
}

function comparePart(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(b === undefined) - Number(a === undefined);
  const numeric = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (numeric[0] === true && numeric[1] === true) return Number(a) - Number(b);
  if (numeric[0] !== numeric[1]) return numeric[0] === true ? -1 : 1;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Below 0 when `a` is older than `b`, above when it is newer, 0 when they are equal. Build numbers do not count. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parse(a), parse(b)];
  for (let index = 0; index < 3; index += 1) {
    const difference = (left.numbers[index] ?? 0) - (right.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  if (left.pre.length === 0 || right.pre.length === 0) return right.pre.length - left.pre.length;
  for (let index = 0; index < Math.max(left.pre.length, right.pre.length); index += 1) {
    const difference = comparePart(left.pre[index], right.pre[index]);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Whether two versions speak with each other: the same major number. */
export function sameMajor(a: string, b: string): boolean {
  return parse(a).numbers[0] === parse(b).numbers[0];
}
