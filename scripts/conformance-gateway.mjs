/**
 * Runs the official conformance suite against a fixture server itself, and against the gateway in front of it: both
 * frozen sets, one scenario at a time, with the server behind the gateway in each era. Then the endpoint of all servers is
 * compared with that of one. Fails if a scenario fails, or if fewer were run than the sets have.
 * Scenarios can be named: `npm run conformance:gateway -- sampling`. `--direct` asks the fixture alone.
 *
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startFixture } from '../test/conformance/fixture-server.mjs';
import { compareEndpoints } from './conformance/same-but-names.mjs';
import { listScenarios, printRow, runScenario } from './conformance/suite.mjs';

/** How many server scenarios the frozen sets have. Fewer: something was not run. */
const EXPECTED = { '2025-11-25': 30, '2026-07-28': 37 };
const TIMEOUT_MS = 30_000;
const NAME = 'fixture';

/** The era of the suite's set, and that of the server behind the gateway; `none` = the fixture itself, in both eras. */
const PLAN = [
  { version: '2025-11-25', behind: 'none' },
  { version: '2026-07-28', behind: 'none' },
  { version: '2025-11-25', behind: 'legacy' },
  { version: '2026-07-28', behind: 'modern' },
  { version: '2025-11-25', behind: 'modern' },
  { version: '2026-07-28', behind: 'legacy' },
];

/**
 * What cannot be translated where a stateless client meets a server with sessions, by scenario: the checks that say so, and
 * why. Everything else of these scenarios has to pass.
 */
const SAID = {
  'server-stateless': {
    checks: ['sep-2575-server-rejects-undeclared-capability', 'sep-2575-missing-capability-http-400'],
    why: 'a server with sessions has no word for -32021: its tool ends with an error result of its own',
  },
  'input-required-result-basic-elicitation': {
    checks: ['sep-2322-elicitation-incomplete'],
    why: 'a request of a server with sessions has no key; the gateway makes one',
  },
};

const args = process.argv.slice(2);
const wanted = args.filter((word) => !word.startsWith('--'));
const plan = args.includes('--direct') ? PLAN.filter(({ behind }) => behind === 'none') : PLAN;

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
    all: gateway.url,
    url: `${gateway.url}/${NAME}`,
    async close() {
      await gateway.close();
      await fleet.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Whether all that failed is what cannot be translated. */
function isSaid({ scenario, version, behind }, { bad }) {
  if (version !== '2026-07-28' || behind !== 'legacy' || bad.length === 0) return false;
  const ids = bad.map((line) => /^\w+ ([^:]+):/.exec(line)?.[1]);
  return ids.every((id) => SAID[scenario]?.checks.includes(id));
}

async function runSet({ version, behind }) {
  const scenarios = (await listScenarios('server', '--requirements', version)).filter(
    (name) => wanted.length === 0 || wanted.some((text) => name.includes(text)),
  );
  const fixture = await startFixture({ era: behind === 'none' ? 'both' : behind });
  const gateway = behind === 'none' ? undefined : await startGateway(fixture.url);
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
    const said = isSaid({ scenario, version, behind }, result);
    results.push({ ...result, said });
    printRow({ ...result, passed: result.passed || said, scenario, group: version });
    if (said) console.log(`        said: ${SAID[scenario].why}`);
  }
  await gateway?.close();
  await fixture.close();
  return { version, behind, results };
}

/** Both endpoints, for clients of both eras, in front of a server of each era. */
async function compare() {
  for (const behind of ['legacy', 'modern']) {
    const fixture = await startFixture({ era: behind });
    const gateway = await startGateway(fixture.url);
    for (const era of ['legacy', 'modern']) {
      const about = { all: gateway.all, one: gateway.url, server: NAME, era };
      try {
        const count = await compareEndpoints(about);
        console.log(
          `names only  ${era} client, ${behind} server: ${count} things are the same at /mcp and /mcp/${NAME}`,
        );
      } catch (error) {
        process.exitCode = 1;
        console.log(`FAIL  ${era} client, ${behind} server: /mcp differs from /mcp/${NAME} in more than names`);
        console.log(String(error));
      }
    }
    await gateway.close();
    await fixture.close();
  }
}

const sets = [];
for (const set of plan) {
  const what = set.behind === 'none' ? 'the fixture itself' : `the server behind the gateway is ${set.behind}`;
  console.log(`\n${set.version}, ${what}`);
  sets.push(await runSet(set));
}

console.log('\nset         server  scenarios  checks');
for (const { version, behind, results } of sets) {
  const good = results.filter(({ passed }) => passed).length;
  const said = results.filter((result) => result.said).length;
  const checks = results.reduce((sum, { counts }) => sum + counts.SUCCESS, 0);
  const enough = wanted.length > 0 ? results.length > 0 || sets.length > 1 : results.length >= EXPECTED[version];
  if (!enough || good + said < results.length) process.exitCode = 1;
  const score = `${good}/${results.length}`;
  const name = behind === 'none' ? 'direct' : behind;
  const more = said === 0 ? '' : `  and ${said} said: what this pair of eras cannot translate`;
  console.log([version, name.padEnd(6), score.padStart(9), String(checks).padStart(6)].join('  ') + more);
  if (!enough) console.log(`  only ${results.length} of ${EXPECTED[version]} were run`);
}
if (sets.every(({ results }) => results.length === 0)) process.exitCode = 1;
if (!args.includes('--direct')) await compare();
