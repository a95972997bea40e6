/**
 * Values as texts that are equal when the values are, whatever the order of their keys, and hashes of them.
 *
 * @module
 */
import { createHash } from 'node:crypto';

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => ({ key, value: sorted(inner) }));
}

/** JSON with sorted keys. Objects are written as lists of pairs, so that no key (`__proto__`) is lost on the way. */
export function canonical(value: unknown): string {
  return JSON.stringify([sorted(value)]);
}

/** SHA-256 of the canonical form, hex. */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('hex');
}
