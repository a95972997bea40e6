/**
 * `npm run proof:race`: 8 processes × 10 callers on one rotating token with reuse detection and no grace, 100 times.
 *
 * @module
 */
import { race } from './refresh/race.mjs';
import { runProof } from './refresh/world.mjs';

await runProof('race', ({ dist, isQuick }) => race({ dist, trials: isQuick ? 5 : 100 }));
