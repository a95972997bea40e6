/** A server with a grandchild that holds its stdout and stderr, and ignores SIGTERM. @module */
import { spawn } from 'node:child_process';
import { serve } from './mini.mjs';

const hold = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);";
spawn(process.execPath, ['-e', hold], { stdio: ['ignore', 'inherit', 'inherit'] });
serve();
