/** A server of the earlier era that dies of a first request it does not know. @module */
import { serve } from './mini.mjs';

serve({ 'server/discover': () => process.exit(1) });
