/**
 * Things that are made when they are first asked for.
 *
 * @module
 */

/** The same result for every call; the work is done at the first one. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
