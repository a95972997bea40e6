/**
 * `npm run docs`: writes the generated documents. The generators are TypeScript, so the test runner runs them; the same
 * test, without this switch, checks that the documents on disk are those of the code.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const run = spawnSync(process.execPath, [vitest, 'run', 'test/spec/docs.test.ts', '--reporter=dot'], {
  cwd: root,
  env: { ...process.env, HOLDFAST_WRITE_DOCS: '1' },
  stdio: 'inherit',
});
process.exitCode = run.status ?? 1;
