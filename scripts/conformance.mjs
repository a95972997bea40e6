/**
 * Runs the official conformance suite against Holdfast as a client: both frozen requirement sets and every other client
 * scenario, one at a time, through `test/conformance/client.mjs`. Fails if a scenario fails, or if fewer were run than
 * the suite has. Scenarios can be named: `npm run conformance -- auth/scope-step-up`.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** How many client scenarios the suite has in all, and in the frozen sets. Fewer: something was not run. */
const EXPECTED = { '2025-11-25': 18, '2026-07-28': 32, all: 48 };
const TIMEOUT_MS = 40_000;

const root = fileURLToPath(new URL('..', import.meta.url));
const suite = join(
  dirname(createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/package.json')),
  'dist/index.js',
);
const shim = new URL('conformance/node20.mjs', import.meta.url).href;

/** Runs the suite's own command; its exit code and what it printed. */
function runSuite(args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', shim, suite, ...args], {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

/** Names under "Client scenarios" of a listing, up to the next heading. */
function clientScenarios(listing) {
  const part = listing.split(/^Client scenarios.*$/m)[1]?.split(/^\S/m)[0] ?? '';
  return [...part.matchAll(/^ {2}- (\S+)/gm)].map(([, name]) => name);
}

async function list(...args) {
  const { code, output } = await runSuite(['list', ...args]);
  if (code !== 0) throw new Error(`the suite could not list its scenarios:\n${output}`);
  return clientScenarios(output);
}

/** The checks that the suite wrote down, by their status. */
function countChecks(folder) {
  const file = readdirSync(folder, { recursive: true }).find((name) => String(name).endsWith('checks.json'));
  const counts = { SUCCESS: 0, FAILURE: 0, WARNING: 0, SKIPPED: 0, INFO: 0 };
  if (file === undefined) return { counts, bad: ['no checks were written'] };
  const checks = JSON.parse(readFileSync(join(folder, String(file)), 'utf8'));
  for (const { status } of checks) counts[status] += 1;
  const bad = checks
    .filter(({ status }) => status === 'FAILURE' || status === 'WARNING')
    .map(({ id, status, errorMessage, description }) => `${status} ${id}: ${errorMessage ?? description}`);
  return { counts, bad };
}

/** A world of its own: nothing of this machine is read, nothing is left. */
function ownWorld(folder) {
  return {
    HOME: folder,
    HOLDFAST_CONFIG_DIR: join(folder, 'config'),
    HOLDFAST_KEYRING: 'off',
    XDG_CONFIG_HOME: '',
    XDG_STATE_HOME: '',
    XDG_RUNTIME_DIR: '',
  };
}

async function runScenario({ scenario, version }) {
  const folder = mkdtempSync(join(tmpdir(), 'conformance-'));
  try {
    const started = performance.now();
    // The suite splits the command on blanks.
    const node = process.execPath.includes(' ') ? 'node' : process.execPath;
    const { code, output } = await runSuite(
      [
        'client',
        `--command=${node} test/conformance/client.mjs`,
        `--scenario=${scenario}`,
        `--timeout=${TIMEOUT_MS}`,
        `--output-dir=${folder}`,
        ...(version === undefined ? [] : ['--spec-version', version]),
      ],
      ownWorld(folder),
    );
    const { counts, bad } = countChecks(folder);
    // A scenario in which nothing was found good has not been run.
    const passed = code === 0 && bad.length === 0 && counts.SUCCESS > 0;
    return { scenario, version, passed, counts, bad, output, seconds: (performance.now() - started) / 1_000 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function printRow({ scenario, version, passed, counts, seconds, bad, output }) {
  const checks = `${counts.SUCCESS}/${counts.SUCCESS + counts.FAILURE + counts.WARNING}`;
  console.log(
    [
      passed ? 'pass' : 'FAIL',
      (version ?? 'not scored').padEnd(10),
      scenario.padEnd(42),
      checks.padStart(6),
      `${seconds.toFixed(1)} s`.padStart(7),
    ].join('  '),
  );
  if (passed) return;
  for (const line of bad) console.log(`        ${line}`);
  if (process.env['CONFORMANCE_VERBOSE'] || bad.length === 0) console.log(output.replaceAll(/^/gm, '        | '));
}

const all = await list('--client');
const sets = Object.fromEntries(
  await Promise.all(
    ['2025-11-25', '2026-07-28'].map(async (version) => [version, await list('--requirements', version)]),
  ),
);
const scored = new Set(Object.values(sets).flat());
const plan = [
  ...Object.entries(sets).flatMap(([version, names]) => names.map((scenario) => ({ scenario, version }))),
  ...all.filter((scenario) => !scored.has(scenario)).map((scenario) => ({ scenario, version: undefined })),
];

const wanted = process.argv.slice(2);
const chosen =
  wanted.length === 0 ? plan : plan.filter(({ scenario }) => wanted.some((text) => scenario.includes(text)));
const results = [];
for (const one of chosen) {
  const result = await runScenario(one);
  results.push(result);
  printRow(result);
}

/** Whether every run of these scenarios passed, and how many there are. */
function total(title, runs, expected) {
  const names = [...new Set(runs.map(({ scenario }) => scenario))];
  const passed = names.filter((name) => runs.every((run) => run.scenario !== name || run.passed));
  const checks = runs.reduce((sum, { counts }) => sum + counts.SUCCESS, 0);
  console.log(`${title.padEnd(12)} ${passed.length}/${names.length} scenarios, ${checks} checks`);
  if (wanted.length > 0) return names.length > 0 && passed.length === names.length;
  if (names.length < expected) console.log(`  only ${names.length} of ${expected} were run`);
  return names.length >= expected && passed.length === names.length;
}

console.log('');
const good = [
  ...(wanted.length > 0
    ? []
    : Object.keys(sets).map((version) =>
        total(
          version,
          results.filter((result) => result.version === version),
          EXPECTED[version],
        ),
      )),
  total('all', results, EXPECTED.all),
];
if (!good.every(Boolean)) process.exitCode = 1;
