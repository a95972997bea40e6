/**
 * Start-up of the command line as ratios to an empty `node -e 0`: runs are interleaved, so that a machine that gets
 * slower or faster meanwhile does so for all of them. `status` speaks to a daemon that this script starts in a home of
 * its own and stops again.
 *
 * Usage: node bench/startup.mjs [--runs 40] [--bin dist/bin.cjs] [--json]
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** Ratio that each command may have (issue: "Start-up of the CLI"). */
const LIMIT = 2;

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '40' },
    bin: { type: 'string', default: join(root, 'dist', 'bin.cjs') },
    json: { type: 'boolean', default: false },
  },
});
const runs = Number(values.runs);
const bin = resolve(values.bin);

const home = mkdtempSync(join(tmpdir(), 'hf-'));
const project = join(home, 'project');
mkdirSync(project);
mkdirSync(join(home, 'run'), { mode: 0o700 });
const env = { PATH: process.env.PATH, HOME: home, XDG_RUNTIME_DIR: join(home, 'run'), CI: '1', LANG: 'C.UTF-8' };
// Ten servers in two files, all switched off or unreachable, so that nothing but the start is measured.
const entries = (prefix) =>
  Object.fromEntries(
    Array.from({ length: 5 }, (_, at) => [
      `${prefix}${at}`,
      { type: 'http', url: `http://127.0.0.1:9/${prefix}${at}`, headers: { 'X-Api-Key': '${BENCH_KEY:-none}' } },
    ]),
  );
writeFileSync(join(home, '.claude.json'), JSON.stringify({ mcpServers: entries('user') }, undefined, 2));
writeFileSync(join(project, '.mcp.json'), JSON.stringify({ mcpServers: entries('project') }, undefined, 2));

function timed(args) {
  const began = performance.now();
  const run = spawnSync(process.execPath, args, { cwd: project, env, encoding: 'utf8' });
  const ms = performance.now() - began;
  if (run.status !== 0) throw new Error(`${args.join(' ')} ended with ${run.status}: ${run.stderr}`);
  return ms;
}

const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];

const kinds = {
  'node -e 0': ['-e', '0'],
  '--version': [bin, '--version'],
  status: [bin, 'status'],
  'status --json': [bin, 'status', '--json'],
};

try {
  timed([bin, 'daemon', 'start']);
  // Until every server has had its quick retries: `status` waits for servers that have just been started.
  timed([bin, 'status', '--wait', '30s']);
  const samples = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, []]));
  for (let run = 0; run < runs; run += 1)
    for (const [kind, args] of Object.entries(kinds)) samples[kind].push(timed(args));
  const base = median(samples['node -e 0']);
  const rows = Object.entries(samples).map(([kind, list]) => ({
    kind,
    medianMs: Number(median(list).toFixed(1)),
    ratio: Number((median(list) / base).toFixed(2)),
  }));
  const over = rows.filter(({ ratio }) => ratio > LIMIT);
  if (values.json) console.log(JSON.stringify({ bench: 'startup', runs, limit: LIMIT, rows }));
  else {
    for (const { kind, medianMs, ratio } of rows) console.log(`${kind.padEnd(14)} ${medianMs} ms   ${ratio} ×`);
    console.log(
      over.length === 0 ? `all within ${LIMIT} ×` : `over ${LIMIT} ×: ${over.map(({ kind }) => kind).join(', ')}`,
    );
  }
  process.exitCode = over.length === 0 ? 0 : 1;
} finally {
  spawnSync(process.execPath, [bin, 'daemon', 'stop'], { cwd: project, env });
  rmSync(home, { recursive: true, force: true });
}
