/**
 * `npm run proof:disk`: a disk that is full, read-only or broken from every step of a redemption on.
 *
 * @module
 */
import { disk } from './refresh/disk.mjs';
import { runProof } from './refresh/world.mjs';

await runProof('disk', disk);
