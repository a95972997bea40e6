/**
 * `npm run bench:gateway [-- --rounds 6 --seconds 1.5 --no-peers]`
 *
 * What the gateway costs, as ratios: the same calls direct, through a reverse proxy as plain as Node allows (the floor),
 * through Holdfast over HTTP and stdio upstreams, and through other gateways that npm can install. Prints tables, and
 * exits 1 when a bar is missed or when it saw too little to say anything. Linux only: CPU and memory come from `/proc`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startHoldfast } from './gateway/holdfast.mjs';
import { ABSENT, stdioEntry, whyAbsent } from './gateway/peers.mjs';
import { Bars, table } from './gateway/report.mjs';
import { HEAD_OF_CALLS, cpuRatio, measureCalls, ratio, rowsOfCalls } from './gateway/section-calls.mjs';
import { measureMemory } from './gateway/section-memory.mjs';
import {
  HEAD_OF_PEERS,
  comparePeers,
  comparePeersLists,
  faster,
  lighter,
  rowsOfPeers,
} from './gateway/section-peers.mjs';
import { startScript } from './gateway/targets.mjs';

const { values } = parseArgs({
  allowNegative: true,
  options: {
    rounds: { type: 'string', default: '6' },
    seconds: { type: 'string', default: '1.5' },
    peers: { type: 'boolean', default: true },
    bin: { type: 'string', default: fileURLToPath(new URL('../dist/bin.cjs', import.meta.url)) },
  },
});
const MANY = 20;
const MB = 1_048_576;
const ms = Number(values.seconds) * 1_000;
const rounds = Number(values.rounds);
const bin = resolve(values.bin);
const load = () => loadavg()[0].toFixed(1);
const say = (text) => console.error(`· ${text}`);

const folders = [];
const folder = () => {
  folders.push(mkdtempSync(join(tmpdir(), 'holdfast-bench-')));
  return folders.at(-1);
};
const running = [];
const started = async (starting) => {
  const target = await starting;
  running.push(target);
  return target;
};

const bars = new Bars();

async function bench() {
  const loadBefore = load();
  const echo = await started(startScript('echo-http.mjs'));
  const http = Array.from({ length: MANY }, (_, at) => ({ type: 'http', url: `http://127.0.0.1:${echo.port}/${at}` }));
  const many = Object.fromEntries(http.map((entry, at) => [`s${at}`, entry]));
  const entries = { http: http[0], stdio: stdioEntry() };
  const holdfast = (servers) => started(startHoldfast(servers, { bin, home: folder() }));

  say(`Holdfast with ${MANY} servers at rest`);
  const twenty = await holdfast(many);
  const memory = await measureMemory(twenty, 's0__echo', { say });
  await twenty.stop();

  const one = await holdfast({ s0: entries.http });
  const fresh = await holdfast(many);
  const local = await holdfast({ s0: entries.stdio });
  const targets = {
    direct: { ...echo, path: '/0' },
    floor: { ...(await started(startScript('floor.mjs', [entries.http.url]))), path: '/' },
    holdfast: one,
    'holdfast, client of 2026-07-28': { ...one, kind: 'modern' },
    [`holdfast, ${MANY} servers`]: fresh,
    'holdfast, stdio server': local,
  };
  const found = await measureCalls(targets, { rounds, ms, say });
  const peers = values.peers
    ? await comparePeers({ http: one, stdio: local }, entries, { ms, say, folder })
    : { seen: [], missing: [] };
  const lists = values.peers ? await comparePeersLists(fresh, many, { ms, say, folder }) : [];

  console.log(
    `\n${cpus().length} cores, Node ${process.versions.node}, load ${loadBefore} before and ${load()} after\n`,
  );
  table(HEAD_OF_CALLS, rowsOfCalls(found));
  if (values.peers) {
    console.log('');
    table(HEAD_OF_PEERS, [...rowsOfPeers(peers.seen), ...rowsOfPeers(lists)]);
    for (const { name, upstream, why } of peers.missing) console.log(`not measured: ${name} (${upstream}): ${why}`);
    for (const absent of ABSENT) console.log(`not measured: ${absent.name}: ${whyAbsent(absent)}`);
  }
  console.log('');
  judge(found, { memory, peers, lists });
}

/** What is held against what was measured. */
function judge(found, { memory, peers, lists }) {
  const added = (result, round) => result.p50 - found.direct.c1[round].p50;
  const wrong = Object.values(found).flatMap((cells) => Object.values(cells).flat());
  const bad = wrong.find((result) => result.wrong > 0);
  bars.check('every answer is the right one', bad === undefined, bad?.first ?? `${wrong.length} cells`);
  bars.add('CPU per call, concurrency 16, × floor', cpuRatio(found, ['holdfast', 'floor'], 'c16'), { most: 1.3 });
  bars.add('added latency p50, × that of the floor', ratio(found, ['holdfast', 'floor'], 'c1', added), { most: 2 });
  bars.add('CPU per call of 50 KB, × floor', cpuRatio(found, ['holdfast', 'floor'], 'large'), { most: 2.2 });
  bars.add(
    `CPU per call with ${MANY} servers, × one`,
    cpuRatio(found, [`holdfast, ${MANY} servers`, 'holdfast'], 'c16'),
    {
      most: 1.2,
    },
  );
  bars.add(`memory at rest, ${MANY} HTTP servers`, memory.idle / MB, { most: 90, unit: ' MB' });
  bars.add('memory of an open session', memory.perSession / 1_024, { most: 60, unit: ' KB' });
  bars.add(`growth by ${memory.sessions} sessions, opened and dropped`, memory.growth / MB, { most: 2, unit: ' MB' });
  if (!values.peers) return;
  for (const kind of ['http', 'stdio']) {
    const rivals = peers.seen.filter(({ upstream }) => upstream === kind);
    const best = rivals.toSorted((a, b) => faster(a) - faster(b))[0];
    bars.add(`throughput, ${kind} server, × best peer (${best?.name ?? 'none'})`, best && faster(best), { least: 4 });
  }
  const best = lists.toSorted((a, b) => lighter(b) - lighter(a))[0];
  bars.add(`CPU per list of 200 tools, × best peer (${best?.name ?? 'none'})`, best && lighter(best), { most: 0.33 });
  bars.check('peers seen', new Set(peers.seen.map(({ name }) => name)).size >= 2, String(peers.seen.length));
}

try {
  await bench();
  bars.print();
  process.exitCode = bars.passed ? 0 : 1;
} finally {
  for (const target of running) await target.stop();
  for (const path of folders) rmSync(path, { recursive: true, force: true });
}
process.exit();
