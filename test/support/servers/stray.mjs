/** A server that talks on its stdout beside the protocol. @module */
import { serve } from './mini.mjs';

process.stdout.write('Starting up…\n\u001B[32mready\u001B[0m token=canary-5d1f\n{"not": "json-rpc"}\n\n');
for (let line = 0; line < 20; line += 1) process.stdout.write(`noise ${line}\n`);
serve();
