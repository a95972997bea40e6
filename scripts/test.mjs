/**
 * `npm test`: build, types, lint, format and every test. The last line is `N passed, N failed`, counted from the report
 * of the test runner; a step that fails counts as one failure, and a run that saw no test is a failure.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(root, '.tmp-test-'));
const report = join(folder, 'report.json');

/** The caller's settings must not change what the tests see. */
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(?:HOLDFAST_|MCP_|CLAUDE_|NODE_OPTIONS$|VITEST)/.test(name)),
);

const bin = (name) => join(root, 'node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name);

/** Runs one step, shows its output, and tells whether it went well. */
function step(title, command, args) {
  process.stdout.write(`\n── ${title}\n`);
  const began = performance.now();
  const run = spawnSync(command, args, { cwd: root, env, stdio: 'inherit', shell: process.platform === 'win32' });
  process.stdout.write(
    `   ${run.status === 0 ? 'ok' : 'FAILED'} after ${((performance.now() - began) / 1000).toFixed(1)} s\n`,
  );
  return run.status === 0;
}

/** What the test runner counted. A file that could not be loaded has no tests, but is a failure. */
function countOf() {
  if (!existsSync(report)) return { passed: 0, failed: 1 };
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
  const unloaded = testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  return { passed: numPassedTests, failed: numFailedTests + unloaded.length };
}

const steps = [
  ['build', process.execPath, [join(root, 'scripts', 'build.mjs')]],
  ['types', bin('tsc'), ['-p', 'tsconfig.test.json']],
  ['lint', bin('oxlint'), ['--type-aware', '--deny-warnings', 'src', 'test', 'bench', 'scripts']],
  ['format', bin('oxfmt'), ['--check', '.']],
];
const failedSteps = steps.filter(([title, command, args]) => !step(title, command, args)).map(([title]) => title);

const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
const went = step('tests', bin('vitest'), ['run', ...reporters]);
const { passed, failed: failedTests } = countOf();
rmSync(folder, { recursive: true, force: true });

if (failedSteps.length > 0) process.stdout.write(`\nfailed before the tests: ${failedSteps.join(', ')}\n`);
if (passed === 0) process.stdout.write('\nno test was seen\n');
// The runner can fail without a failed test, e.g. on an error that no test caught.
const unaccounted = !went && failedTests === 0 ? 1 : 0;
const failed = failedTests + failedSteps.length + unaccounted + (passed === 0 && went ? 1 : 0);
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
