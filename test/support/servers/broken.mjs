/** A program that cannot start: two lines on stderr, exit code 3. @module */
console.error('reading the configuration');
console.error('cannot open the database, password=canary-77aa');
process.exitCode = 3;
