/**
 * The owner of several servers, to be killed: starts one process for each JSON line of its first argument, prints their
 * ids, then waits for ever. Arguments: folder of the built package, JSON list of [command, ...args].
 * A third argument `exit` or `abort` ends it at once in that way.
 *
 * @module
 */
const [dist, list, mode] = process.argv.slice(2);
const load = (path) => import(`${dist}/${path}`);
const [{ ProcessHost }, { systemClock }, { Redactor }, { silentLogger }, { DEFAULT_NUMBERS }] = await Promise.all([
  load('transport/process/host.js'),
  load('base/clock.js'),
  load('base/secret.js'),
  load('base/logger.js'),
  load('core/numbers.js'),
]);
const host = new ProcessHost({
  clock: systemClock,
  redactor: new Redactor(),
  logger: silentLogger,
  env: process.env,
  platform: process.platform,
});
const groups = [];
for (const [command, ...args] of JSON.parse(list)) {
  const endpoint = { kind: 'stdio', command, args, env: {}, cwd: process.cwd(), path: process.env.PATH };
  const server = await host.start({ endpoint, numbers: DEFAULT_NUMBERS });
  groups.push(server.pid);
}
console.log(JSON.stringify({ groups }));
if (mode === 'exit') process.exit(0);
if (mode === 'abort') process.kill(process.pid, 'SIGABRT');
setInterval(() => {}, 1_000);
