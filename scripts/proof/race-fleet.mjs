/**
 * `npm run proof:race-fleet`: 32 processes and 5 servers with tokens of 300 s at 100 × speed, for five minutes.
 *
 * @module
 */
import { raceFleet } from './refresh/race-fleet.mjs';
import { runProof } from './refresh/world.mjs';

await runProof('race-fleet', ({ dist, isQuick }) =>
  raceFleet(isQuick ? { dist, seconds: 8, processes: 8, servers: 2 } : { dist }),
);
