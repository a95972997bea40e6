/** A server that reads and never answers. @module */
console.error('waiting for the database');
process.stdin.resume();
