/**
 * A map for what comes and goes thousands of times a second.
 *
 * V8 keeps the old table of a `Map` that it writes anew, with a reference to the next one. Where entries are put in and
 * taken out without end, that is a chain of tables with all that they held: as soon as its first one is old, nothing of it
 * is cleared away before the next collection of the whole heap. Here nothing old refers to anything new.
 *
 * @module
 */

/** A power of two. */
const BUCKETS = 64;

interface Entry<V> {
  readonly key: string | number;
  readonly value: V;
  readonly order: number;
}

/** Ids count up, so their last signs tell them apart. */
function bucketOf(key: string | number): number {
  if (typeof key === 'number') return key & (BUCKETS - 1);
  const { length } = key;
  return (key.charCodeAt(length - 1) + 31 * key.charCodeAt(length - 2)) & (BUCKETS - 1);
}

function placeOf(bucket: readonly Entry<unknown>[], key: string | number): number {
  for (let at = 0; at < bucket.length; at += 1) if (bucket[at]?.key === key) return at;
  return -1;
}

/** Values by key, as a `Map` has them. For those that are few at any time, such as requests under way. */
export class Turnover<V> {
  readonly #buckets: readonly Entry<V>[][] = Array.from({ length: BUCKETS }, () => []);
  #size = 0;
  #count = 0;

  get size(): number {
    return this.#size;
  }

  get(key: string | number): V | undefined {
    const bucket = this.#in(key);
    return bucket[placeOf(bucket, key)]?.value;
  }

  set(key: string | number, value: V): void {
    this.delete(key);
    this.#count += 1;
    this.#size += 1;
    this.#in(key).push({ key, value, order: this.#count });
  }

  /** Says whether there was one. */
  delete(key: string | number): boolean {
    const bucket = this.#in(key);
    const at = placeOf(bucket, key);
    if (at === -1) return false;
    const last = bucket.pop();
    if (last !== undefined && at < bucket.length) bucket[at] = last;
    this.#size -= 1;
    return true;
  }

  /** All at this moment, the oldest first. */
  values(): readonly V[] {
    return this.#buckets
      .flat()
      .toSorted((a, b) => a.order - b.order)
      .map(({ value }) => value);
  }

  #in(key: string | number): Entry<V>[] {
    return this.#buckets[bucketOf(key)] as Entry<V>[];
  }
}
