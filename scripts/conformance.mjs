/**
 * Runs the official conformance suite against Holdfast as a client: both frozen requirement sets and every other client
 * scenario, one at a time, through `test/conformance/client.mjs`. Fails if a scenario fails, or if fewer were run than
 * the suite has. Scenarios can be named: `npm run conformance -- auth/scope-step-up`.
 *
 * @module
 */
import { join } from 'node:path';
import { listScenarios, printRow, runScenario } from './conformance/suite.mjs';

/** How many client scenarios the suite has in all, and in the frozen sets. Fewer: something was not run. */
const EXPECTED = { '2025-11-25': 18, '2026-07-28': 32, all: 48 };
const TIMEOUT_MS = 40_000;

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

async function runOne({ scenario, version }) {
  // The suite splits the command on blanks.
  const node = process.execPath.includes(' ') ? 'node' : process.execPath;
  const argsOf = (folder) => [
    'client',
    `--command=${node} test/conformance/client.mjs`,
    `--scenario=${scenario}`,
    `--timeout=${TIMEOUT_MS}`,
    `--output-dir=${folder}`,
    ...(version === undefined ? [] : ['--spec-version', version]),
  ];
  const result = await runScenario({ argsOf, envOf: ownWorld });
  return { ...result, scenario, version, group: version ?? 'not scored' };
}

const all = await listScenarios('client', '--client');
const sets = Object.fromEntries(
  await Promise.all(
    ['2025-11-25', '2026-07-28'].map(async (version) => [
      version,
      await listScenarios('client', '--requirements', version),
    ]),
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
  const result = await runOne(one);
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
