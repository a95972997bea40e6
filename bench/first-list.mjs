/**
 * `npm run bench:first-list`: from the start of the process to the first list of tools, before 20 servers of which one
 * hangs and one refuses. As ratios to an empty `node -e 0` of the same run, because machines differ.
 *
 * Warm = the servers were met before, all 20 of them: the first answer has the tools of all, and says of which they are
 * those of an earlier contact. Cold = a new home: counted is the first answer that has the tools of all 18 healthy ones;
 * what comes later is announced.
 *
 * Usage: node bench/first-list.mjs [--runs 15] [--bin dist/bin.cjs]
 *
 * @module
 */
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Gateway, freePort, freshHome, removeHomes } from './first-list/gateway.mjs';

const BAR = { warm: 6, cold: 10 };
const SERVERS = 20;
const HEALTHY = 18;

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '15' },
    bin: { type: 'string', default: join(root, 'dist', 'bin.cjs') },
  },
});
const runs = Number(values.runs);
const bin = resolve(values.bin);

/** The servers, in a process of their own: they must not wait for the clock of this one. */
function startServers() {
  const file = fileURLToPath(new URL('first-list/servers.mjs', import.meta.url));
  const child = spawn(process.execPath, [file, dirname(bin), String(SERVERS)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const told = (message) =>
    new Promise((done) => {
      child.once('message', done);
      if (message !== undefined) child.send(message);
    });
  return { child, told };
}

const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];

function emptyNode() {
  const began = performance.now();
  const { status } = spawnSync(process.execPath, ['-e', '0']);
  if (status !== 0) throw new Error('node -e 0 failed');
  return performance.now() - began;
}

const { child, told } = startServers();
const servers = await told();
const names = Object.keys(servers);
const wanted = (server) => `${server}__echo`;
const failures = [];

async function start(home) {
  return new Gateway({ bin, home, port: await freePort(), servers });
}

/** A home that knows all 20 servers: each was well once. */
async function knownHome() {
  await told('all-well');
  const home = freshHome();
  const gateway = await start(home);
  await gateway.listWith(names.map(wanted));
  await gateway.end();
  await told('two-ill');
  return home;
}

async function warm(home) {
  const gateway = await start(home);
  const { ms, tools } = await gateway.firstList();
  const missing = names.filter((name) => !tools.some((tool) => tool.name === wanted(name)));
  if (missing.length > 0) failures.push(`warm: the first list has nothing of ${missing.join(' ')}`);
  const unmarked = names.slice(HEALTHY).filter((name) => {
    const tool = tools.find((one) => one.name === wanted(name));
    return tool !== undefined && !JSON.stringify(tool).includes('holdfast/last-known');
  });
  if (unmarked.length > 0) failures.push(`warm: ${unmarked.join(' ')} absent, but not marked`);
  await gateway.end();
  return ms;
}

async function cold() {
  const gateway = await start(freshHome());
  const { ms } = await gateway.listWith(names.slice(0, HEALTHY).map(wanted));
  await gateway.end();
  return ms;
}

/** A server that comes up later is announced to a client that listens. */
async function announced() {
  const gateway = await start(freshHome());
  await gateway.listWith(names.slice(0, HEALTHY).map(wanted));
  const { changed } = await gateway.listen();
  await told('all-well');
  await gateway.call('holdfast__reconnect', { server: names[SERVERS - 1] });
  const isHeard = await Promise.race([changed, pause(10_000, false)]);
  if (!isHeard) failures.push('what came up later was not announced');
  await gateway.listWith([wanted(names[SERVERS - 1])]);
  await gateway.end();
  await told('two-ill');
}

const times = { empty: [], warm: [], cold: [] };
const home = await knownHome();
for (let run = 0; run < runs; run += 1) {
  times.empty.push(emptyNode());
  times.warm.push(await warm(home));
  times.empty.push(emptyNode());
  times.cold.push(await cold());
}
await announced();
child.kill();
removeHomes();

const empty = median(times.empty);
console.log(`an empty node:                       ${empty.toFixed(0)} ms (median of ${times.empty.length})`);
for (const kind of ['warm', 'cold']) {
  const ms = median(times[kind]);
  const ratio = ms / empty;
  const what =
    kind === 'warm' ? `first list, all ${SERVERS}, known before` : `list of the ${HEALTHY} healthy, new home`;
  console.log(`${`${what}:`.padEnd(36)} ${ms.toFixed(0)} ms, ${ratio.toFixed(1)} × (bar ${BAR[kind]} ×)`);
  if (!(ratio <= BAR[kind])) failures.push(`${kind}: ${ratio.toFixed(1)} × is over ${BAR[kind]} ×`);
}
for (const failure of new Set(failures)) console.log(`✗ ${failure}`);
process.exit(failures.length === 0 ? 0 : 1);
