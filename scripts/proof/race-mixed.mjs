/**
 * `npm run proof:race-mixed`: commands, the daemon and programs with the library, 8 × 10 callers, on one rotating token with
 * reuse detection and no grace, 100 expiries.
 *
 * @module
 */
import { raceMixed } from './refresh/race-mixed.mjs';
import { runProof } from './refresh/world.mjs';

await runProof('race-mixed', ({ dist, isQuick }) => raceMixed({ dist, trials: isQuick ? 5 : 100 }));
