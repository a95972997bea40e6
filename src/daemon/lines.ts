/**
 * NDJSON: one JSON value a line, empty lines mean nothing.
 *
 * @module
 */

/** The lines of a stream of text, without their ends; empty ones are signs of life and are left out. */
export async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  // Kept as parts: joining at every chunk would copy a long line again and again.
  let parts: string[] = [];
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf('\n'); end !== -1; end = chunk.indexOf('\n', from)) {
      parts.push(chunk.slice(from, end));
      const line = parts.join('');
      parts = [];
      from = end + 1;
      if (line !== '') yield line;
    }
    if (from < chunk.length) parts.push(chunk.slice(from));
  }
  const rest = parts.join('');
  if (rest !== '') yield rest;
}

/** One value as a line. */
export function lineOf(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
