/**
 * `npm run proof:gateway-chaos`: 50 clients × 1,000 calls through the gateway while its servers are cut and killed.
 *
 * @module
 */
import { chaos } from './chaos/chaos.mjs';
import { runProof } from './refresh/world.mjs';

const QUICK = { seconds: 6, clients: 10, calls: 100, cutMs: 500, killMs: 2_500, rotateMs: 1_500 };

await runProof('gateway-chaos', ({ dist, isQuick }) => chaos(isQuick ? { dist, ...QUICK } : { dist }));
