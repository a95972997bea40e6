/**
 * How deep JSON is nested, seen before it is parsed: what is very deep can be read, but neither written nor walked through
 * without running out of stack.
 *
 * @module
 */

/** Whether a text has more than `most` of these characters, wherever they stand. */
function hasMore(text: string, char: string, most: number): boolean {
  let at = -1;
  for (let count = 0; count <= most; count += 1) {
    at = text.indexOf(char, at + 1);
    if (at === -1) return false;
  }
  return true;
}

/** Whether brackets outside of strings nest deeper than `most`. Linear, and never recursive. */
export function isTooDeep(text: string, most: number): boolean {
  // Depth costs brackets: most messages have too few of them, and looking for those is quick.
  const half = most >> 1;
  if (text.length <= most || (!hasMore(text, '{', half) && !hasMore(text, '[', most - half - 1))) return false;
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charCodeAt(at);
    if (quoted) {
      if (char === 92) at += 1;
      else if (char === 34) quoted = false;
    } else if (char === 34) quoted = true;
    else if (char === 91 || char === 123) {
      depth += 1;
      if (depth > most) return true;
    } else if (char === 93 || char === 125) depth -= 1;
  }
  return false;
}
