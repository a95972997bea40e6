/**
 * Metadata that means harm and addresses that lead inside, against the built package. The whole tables with the real
 * limits are `npm run proof:hostile` and `npm run proof:ssrf`.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { hostile } from '../../scripts/proof/oauth/hostile.mjs';
import { SPELLINGS, ssrf } from '../../scripts/proof/oauth/ssrf.mjs';
import { builtDist } from '../support/build.ts';

/** Every document once where a server first says what it is; the slow ones and the bombs also where they come later. */
const REDUCED = /, as resource$|^(?:silence|a brotli bomb|a redirect to itself).*, as (?:server|registration)$/;

describe('[security.hostile-metadata] hostile metadata', () => {
  test('ends in time, within 30 MB and six requests, as a fault with a reason', { timeout: 180_000 }, async () => {
    const dist = await builtDist();
    const { figures, violations } = await hostile({ dist, isQuick: true, only: (name) => REDUCED.test(name) });
    expect(violations).toEqual([]);
    expect(figures['documents × places']).toBeGreaterThan(25);
  });
});

describe('[security.hosted] private addresses', () => {
  test('are reached by no spelling, from no place where a server can name one', { timeout: 120_000 }, async () => {
    const { figures, violations } = await ssrf({ dist: await builtDist() });
    expect(violations).toEqual([]);
    expect(SPELLINGS.length).toBeGreaterThanOrEqual(40);
    expect(figures['requests that arrived inside']).toBe(0);
  });
});
