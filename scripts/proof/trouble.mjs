/**
 * `npm run proof:trouble`: a token endpoint in every kind of trouble.
 *
 * @module
 */
import { trouble } from './refresh/trouble.mjs';
import { runProof } from './refresh/world.mjs';

await runProof('trouble', ({ dist, isQuick }) =>
  trouble(isQuick ? { dist, retryAfterMs: 2_000, numbers: { tokenTimeoutMs: 1_500 } } : { dist }),
);
