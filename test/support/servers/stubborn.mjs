/** A server that ignores SIGTERM and the end of its input. @module */
import { serve } from './mini.mjs';

process.on('SIGTERM', () => {});
setInterval(() => {}, 1_000);
serve();
