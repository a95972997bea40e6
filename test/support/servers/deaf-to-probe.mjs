/** A server of the earlier era that never answers a method it does not know. @module */
import { serve } from './mini.mjs';

serve({ 'server/discover': () => undefined });
