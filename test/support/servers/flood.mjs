/** A server that writes 300 KB to stderr before it does anything else. @module */
import { writeSync } from 'node:fs';
import { serve } from './mini.mjs';

for (let line = 0; line < 3_000; line += 1) writeSync(2, `${String(line).padStart(6, '0')} ${'.'.repeat(92)}\n`);
serve();
