/**
 * JSON paths as people read them.
 *
 * @module
 */

/** `mcpServers.notion.headers`, with `["…"]` for keys that hold more than letters, digits, `_`, `-` and `:`. */
export function pointerOf(keys: readonly string[]): string {
  return keys
    .map((key, index) => {
      if (!/^[\w:-]+$/.test(key)) return `[${JSON.stringify(key)}]`;
      return index === 0 ? key : `.${key}`;
    })
    .join('');
}
