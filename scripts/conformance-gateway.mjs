/**
 * Runs the official conformance suite against the gateway in front of a fixture server: both frozen sets, one scenario at
 * a time, with the server behind it in each era. Fails if a scenario fails, or if fewer were run than the sets have.
 * Scenarios can be named: `npm run conformance:gateway -- sampling`. `--direct` asks the fixture itself.
 *
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startFixture } from '../test/conformance/fixture-server.mjs';
import { listScenarios, printRow, runScenario } from './conformance/suite.mjs';

/** How many server scenarios the frozen sets have. Fewer: something was not run. */
const EXPECTED = { '2025-11-25': 30, '2026-07-28': 37 };
const TIMEOUT_MS = 30_000;
const NAME = 'fixture';

/** The era of the suite's set, and that of the server behind the gateway. */
const PLAN = [
  { version: '2025-11-25', upstream: 'legacy' },
  { version: '2025-11-25', upstream: 'modern' },
  { version: '2026-07-28', upstream: 'modern' },
  { version: '2026-07-28', upstream: 'legacy' },
];

const args = process.argv.slice(2);
const isDirect = args.includes('--direct');
const wanted = args.filter((word) => !word.startsWith('--'));

/** A gateway in front of one server; nothing of this machine is read, nothing is left. */
async function startGateway(url) {
  const [{ createHoldfast, VERSION, systemClock }, { listenHttp }, { silentLogger }] = await Promise.all([
    import('holdfast'),
    import('../dist/gateway/front/http.js'),
    import('../dist/base/logger.js'),
  ]);
  const home = mkdtempSync(join(tmpdir(), 'conformance-gateway-'));
  const env = { HOME: home, PATH: process.env['PATH'], HOLDFAST_KEYRING: 'off' };
  const fleet = await createHoldfast({ servers: { [NAME]: { type: 'http', url } }, env, relays: true });
  await fleet.settled({ timeoutMs: 15_000 });
  const gateway = await listenHttp({ fleet, clock: systemClock, logger: silentLogger, version: VERSION }, { port: 0 });
  return {
    url: `${gateway.url}/${NAME}`,
    async close() {
      await gateway.close();
      await fleet.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function runSet({ version, upstream }) {
  const scenarios = (await listScenarios('server', '--requirements', version)).filter(
    (name) => wanted.length === 0 || wanted.some((text) => name.includes(text)),
  );
  const fixture = await startFixture({ era: isDirect ? 'both' : upstream });
  const gateway = isDirect ? undefined : await startGateway(fixture.url);
  const results = [];
  for (const scenario of scenarios) {
    const argsOf = (folder) => [
      'server',
      `--url=${gateway?.url ?? fixture.url}`,
      `--scenario=${scenario}`,
      `--spec-version=${version}`,
      `--timeout=${TIMEOUT_MS}`,
      `--output-dir=${folder}`,
    ];
    const result = await runScenario({ argsOf });
    results.push(result);
    printRow({ ...result, scenario, group: version });
  }
  await gateway?.close();
  await fixture.close();
  return { version, upstream, results };
}

const sets = [];
for (const set of PLAN) {
  // The fixture itself speaks both eras: once is enough for each set.
  if (isDirect && sets.some(({ version }) => version === set.version)) continue;
  console.log(
    `\n${set.version}, ${isDirect ? 'the fixture itself' : `the server behind the gateway is ${set.upstream}`}`,
  );
  sets.push(await runSet(set));
}

console.log('\nset         server  scenarios  checks');
for (const { version, upstream, results } of sets) {
  const passed = results.filter((result) => result.passed).length;
  const checks = results.reduce((sum, { counts }) => sum + counts.SUCCESS, 0);
  const enough = wanted.length > 0 ? results.length > 0 || sets.length > 1 : results.length >= EXPECTED[version];
  if (!enough || passed < results.length) process.exitCode = 1;
  const score = `${passed}/${results.length}`;
  console.log(
    [version, (isDirect ? 'direct' : upstream).padEnd(6), score.padStart(9), String(checks).padStart(6)].join('  '),
  );
  if (!enough) console.log(`  only ${results.length} of ${EXPECTED[version]} were run`);
}
if (sets.every(({ results }) => results.length === 0)) process.exitCode = 1;
