/**
 * Randomness as an argument, so that one seed replays one run.
 *
 * @module
 */

/** A source of numbers in [0, 1). */
export interface Random {
  next(): number;
}

/** The machine's own randomness. Not for secrets: those come from `node:crypto`. */
export const systemRandom: Random = { next: () => Math.random() };

/** A deterministic source (mulberry32): equal seeds give equal sequences on every machine. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return {
    next() {
      state = (state + 0x6d2b79f5) >>> 0;
      let t = state;
      t = Math.imul(t ^ (t >>> 15), t | 1);
      t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
      return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
    },
  };
}
