/**
 * Ids of our own for requests that are passed on: no server can guess one, and none is used twice.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';

/** What every minted id begins with. */
export const MINTED = 'hf-';

/** A new mint: 96 bits of chance, then a number. Each call of it gives the next id. */
export function createMint(): () => string {
  const prefix = `${MINTED}${randomBytes(12).toString('base64url')}-`;
  let count = 0;
  return () => {
    count += 1;
    return prefix + count.toString(36);
  };
}
