/**
 * `npm run proof:hostile`: every hostile document at every place where a sign-in asks for one, under the real limits.
 *
 * @module
 */
import { hostile } from './oauth/hostile.mjs';
import { runProof } from './refresh/world.mjs';

await runProof('hostile metadata', hostile);
