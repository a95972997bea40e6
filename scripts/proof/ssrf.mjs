/**
 * `npm run proof:ssrf`: forty spellings of private addresses at every place where a server can name one, for a hosted
 * gateway and for a user whose server is on the internet.
 *
 * @module
 */
import { ssrf } from './oauth/ssrf.mjs';
import { runProof } from './refresh/world.mjs';

await runProof('private addresses', ssrf);
