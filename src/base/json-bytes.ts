/**
 * The JSON of values as it came: whoever sends such a value on need not write it anew, which costs more than everything
 * else that a large message needs.
 *
 * @module
 */

const known = new WeakMap<object, Buffer>();

/** Remembers from what a value was read: UTF-8 without line ends. Neither may be changed after that. */
export function rememberJson<T extends object>(value: T, json: Buffer): T {
  known.set(value, json);
  return value;
}

/** From what this very value was read; `undefined` where nobody remembers. */
export function rememberedJson(value: unknown): Buffer | undefined {
  return typeof value === 'object' && value !== null ? known.get(value) : undefined;
}
