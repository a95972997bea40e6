/**
 * The official conformance suite as a program: its listing, one run of one scenario, and what it wrote down.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const suite = join(
  dirname(createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/package.json')),
  'dist/index.js',
);
const shim = new URL('node20.mjs', import.meta.url).href;

/** Runs the suite's own command; its exit code and what it printed. */
export function runSuite(args, env = {}) {
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

/** The names of the scenarios for one side (`client` or `server`) in the suite's listing. */
export async function listScenarios(side, ...args) {
  const { code, output } = await runSuite(['list', ...args]);
  if (code !== 0) throw new Error(`the suite could not list its scenarios:\n${output}`);
  const title = side === 'client' ? /^Client scenarios.*$/m : /^Server scenarios.*$/m;
  const part = output.split(title)[1]?.split(/^\S/m)[0] ?? '';
  return [...part.matchAll(/^ {2}- (\S+)/gm)].map(([, name]) => name);
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

/** Runs one scenario. `argsOf` and `envOf` get the folder of the run, which is gone afterwards. */
export async function runScenario({ argsOf, envOf = () => ({}) }) {
  const folder = mkdtempSync(join(tmpdir(), 'conformance-'));
  try {
    const started = performance.now();
    const { code, output } = await runSuite(argsOf(folder), envOf(folder));
    const { counts, bad } = countChecks(folder);
    // A scenario in which nothing was found good has not been run.
    const passed = code === 0 && bad.length === 0 && counts.SUCCESS > 0;
    return { passed, counts, bad, output, seconds: (performance.now() - started) / 1_000 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Prints one run: a line, and what was found wrong. */
export function printRow({ group, scenario, passed, counts, seconds, bad, output }) {
  const checks = `${counts.SUCCESS}/${counts.SUCCESS + counts.FAILURE + counts.WARNING}`;
  console.log(
    [
      passed ? 'pass' : 'FAIL',
      group.padEnd(10),
      scenario.padEnd(42),
      checks.padStart(6),
      `${seconds.toFixed(1)} s`.padStart(7),
    ].join('  '),
  );
  if (passed) return;
  for (const line of bad) console.log(`        ${line}`);
  if (process.env['CONFORMANCE_VERBOSE'] || bad.length === 0) console.log(output.replaceAll(/^/gm, '        | '));
}
