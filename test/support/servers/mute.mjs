/** A server that closes its stdout and lives on. @module */
import { closeSync } from 'node:fs';

setInterval(() => {}, 1_000);
process.stdin.on('data', () => closeSync(1));
