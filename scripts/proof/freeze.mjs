/**
 * `npm run proof:freeze`: the process that redeems stands still for 30 s.
 *
 * @module
 */
import { freeze } from './refresh/freeze.mjs';
import { runProof } from './refresh/world.mjs';

await runProof('freeze', ({ dist, isQuick }) =>
  freeze(isQuick ? { dist, freezeMs: 3_000, numbers: { leaseWaitMs: 1_500, tokenTimeoutMs: 2_000 } } : { dist }),
);
