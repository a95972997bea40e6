/**
 * Finds a value in a text that is known to be strict JSON. Claude Code's file has megabytes of history around a few
 * entries; walking over it like this takes a tenth of the time that a syntax tree of all of it takes.
 *
 * @module
 */

/** Where a value stands: `text.slice(start, end)` is the value. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A value found, and how often its last key stood in its object (the last one counts). */
export interface Found extends Span {
  readonly times: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const SPACE = 0x20;
const OPEN = new Set([0x7b, 0x5b]);
const CLOSE = new Set([0x7d, 0x5d]);

function afterSpace(text: string, at: number): number {
  let next = at;
  while (text.charCodeAt(next) <= SPACE) next += 1;
  return next;
}

/** The offset behind the string that begins at `at`. */
function afterString(text: string, at: number): number {
  let end = text.indexOf('"', at + 1);
  for (;;) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return end + 1;
    end = text.indexOf('"', end + 1);
  }
}

/** The offset behind the value that begins at `at`. */
function afterValue(text: string, at: number): number {
  let depth = 0;
  let next = at;
  while (next < text.length) {
    const code = text.charCodeAt(next);
    if (code === QUOTE) {
      next = afterString(text, next);
      if (depth === 0) return next;
      continue;
    }
    if (OPEN.has(code)) depth += 1;
    else if (CLOSE.has(code)) {
      if (depth === 0) return next;
      depth -= 1;
      if (depth === 0) return next + 1;
    } else if (depth === 0 && (code === COMMA || code <= SPACE)) return next;
    next += 1;
  }
  return next;
}

/** The last value of `key` in the object that begins at `start`. */
function memberOf(text: string, start: number, key: string): Found | undefined {
  let found: Found | undefined;
  let at = afterSpace(text, start + 1);
  while (text.charCodeAt(at) === QUOTE) {
    const keyEnd = afterString(text, at);
    const isKey = JSON.parse(text.slice(at, keyEnd)) === key;
    const valueStart = afterSpace(text, afterSpace(text, keyEnd) + 1);
    const end = afterValue(text, valueStart);
    if (isKey) found = { start: valueStart, end, times: (found?.times ?? 0) + 1 };
    at = afterSpace(text, end);
    if (text.charCodeAt(at) === COMMA) at = afterSpace(text, at + 1);
  }
  return found;
}

/** The value at `keys`, or `undefined`. `text` must be what `JSON.parse` accepts. */
export function locate(text: string, keys: readonly string[]): Found | undefined {
  let current: Found = { start: afterSpace(text, 0), end: text.length, times: 1 };
  for (const key of keys) {
    if (text[current.start] !== '{') return undefined;
    const next = memberOf(text, current.start, key);
    if (next === undefined) return undefined;
    current = next;
  }
  return current;
}
