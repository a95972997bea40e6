/**
 * `npm run bench:flapping [-- --servers 1000 --minutes 5 --mean 10000]`
 *
 * One process keeps many flapping HTTP servers. Measured: memory (whole and its slope), event-loop lag, how long after
 * a server went down its loss is shown, how long after the due try a recovered server is shown connected.
 * Prints a table and exits 1 when a bar is missed or when it saw too little to say anything.
 */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { createHoldfast } from '../dist/index.js';

const { values } = parseArgs({
  options: {
    servers: { type: 'string', default: '1000' },
    minutes: { type: 'string', default: '5' },
    mean: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '42' },
  },
});
const count = Number(values.servers);
const runMs = Number(values.minutes) * 60_000;
const percentile = (sorted, p) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? Number.NaN;

const child = fork(new URL('flapping/servers.mjs', import.meta.url), [
  JSON.stringify({ count, meanMs: Number(values.mean), seed: Number(values.seed) }),
]);
const { port } = await new Promise((resolve) => child.once('message', resolve));

const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
const config = join(folder, 'servers.json');
const names = Array.from({ length: count }, (_, i) => `s${i}`);
writeFileSync(
  config,
  JSON.stringify({
    mcpServers: Object.fromEntries(
      names.map((name, i) => [name, { type: 'http', url: `http://127.0.0.1:${port}/${i}` }]),
    ),
  }),
);

const truth = names.map(() => ({ up: true, at: 0, lossShown: true }));
const shown = names.map(() => 'pending');
const losses = [];
const recoveries = [];
const tries = { n: 0 };
const due = new Map();
const fleet = await createHoldfast({ config });
const stop = new AbortController();
const reading = (async () => {
  for await (const event of fleet.events(stop.signal)) {
    const i = event.server === undefined ? -1 : Number(event.server.slice(1));
    const now = Date.now();
    if (event.event === 'server.attempt') tries.n += 1;
    if (event.event === 'server.retry_scheduled') due.set(i, now + event.delayMs);
    if (event.event !== 'server.status') continue;
    const fact = truth[i];
    shown[i] = event.to;
    if (event.snapshot.nextRetryAt !== undefined) due.set(i, Date.parse(event.snapshot.nextRetryAt));
    if (event.to !== 'connected' && !fact.up && !fact.lossShown) {
      fact.lossShown = true;
      losses.push(now - fact.at);
    }
    if (event.to === 'connected' && fact.up) {
      const promised = Math.max(due.get(i) ?? 0, fact.at);
      if (due.has(i)) recoveries.push(Math.max(0, now - promised));
      due.delete(i);
    }
  }
})();
await fleet.settled({ timeoutMs: 60_000 });
const up = (await fleet.snapshots()).filter((snapshot) => snapshot.status === 'connected').length;
console.log(`${up} of ${count} connected at the start, ${Math.round(process.memoryUsage().rss / 1e6)} MB`);

const missed = [];
child.on('message', (change) => {
  const { i } = change;
  const isUp = change.up;
  const since = change.when;
  const fact = truth[i];
  if (isUp && !fact.lossShown) missed.push(since - fact.at);
  // A server that is not shown as connected has no loss to show.
  truth[i] = { up: isUp, at: since, lossShown: isUp || shown[i] !== 'connected' };
});
child.send('flap');
const lag = monitorEventLoopDelay({ resolution: 10 });
lag.enable();
const memory = [];
const started = Date.now();
while (Date.now() - started < runMs) {
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  memory.push({ minute: (Date.now() - started) / 60_000, mb: process.memoryUsage().rss / 1e6 });
}
lag.disable();
stop.abort();
await reading;
await fleet.close();
child.disconnect();
rmSync(folder, { recursive: true });

const late = memory.filter(({ minute }) => minute >= Math.min(2, runMs / 120_000));
const meanX = late.reduce((sum, { minute }) => sum + minute, 0) / late.length;
const meanY = late.reduce((sum, { mb }) => sum + mb, 0) / late.length;
const slope =
  late.reduce((sum, { minute, mb }) => sum + (minute - meanX) * (mb - meanY), 0) /
  Math.max(
    1e-9,
    late.reduce((sum, { minute }) => sum + (minute - meanX) ** 2, 0),
  );
losses.sort((a, b) => a - b);
recoveries.sort((a, b) => a - b);
// A server that was down for less than two seconds need not be shown as lost.
const unseen = missed.filter((ms) => ms > 2_000).length;
const rows = [
  ['servers', count, '', count > 0],
  ['tries seen', tries.n, '> 0', tries.n > 0],
  ['losses shown', losses.length, '> servers', losses.length > count],
  [
    'memory, most (MB)',
    Math.round(Math.max(...memory.map(({ mb }) => mb))),
    '<= 250',
    Math.max(...memory.map(({ mb }) => mb)) <= 250,
  ],
  ['memory, slope (MB/min)', slope.toFixed(2), '< 1', slope < 1 || runMs < 180_000],
  ['event-loop lag p99 (ms)', (lag.percentile(99) / 1e6 - 10).toFixed(1), '<= 50', lag.percentile(99) / 1e6 - 10 <= 50],
  [
    'loss shown after, p50 / p99 (ms)',
    `${percentile(losses, 0.5)} / ${percentile(losses, 0.99)}`,
    'p99 <= 2000',
    percentile(losses, 0.99) <= 2_000,
  ],
  ['losses longer than 2 s not shown', unseen, '0', unseen <= losses.length / 1_000],
  [
    'recovery after due try, p50 / p99 (ms)',
    `${percentile(recoveries, 0.5)} / ${percentile(recoveries, 0.99)}`,
    'p99 <= 2000',
    percentile(recoveries, 0.99) <= 2_000,
  ],
  ['recoveries seen', recoveries.length, '> servers', recoveries.length > count],
];
for (const [what, value, bar, ok] of rows)
  console.log(`${ok ? 'ok ' : 'MISS'} ${String(what).padEnd(40)} ${String(value).padStart(16)}   ${bar}`);
process.exitCode = rows.every(([, , , ok]) => ok) ? 0 : 1;
