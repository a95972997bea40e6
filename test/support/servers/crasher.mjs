/** A server that dies right after it was initialized. @module */
import { serve } from './mini.mjs';

serve({
  'tools/list': () => {
    console.error('out of memory');
    process.kill(process.pid, 'SIGKILL');
  },
});
