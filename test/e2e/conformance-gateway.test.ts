/**
 * A part of the official server suite through the gateway, by the command that a person runs for all of it
 * (`npm run conformance:gateway`): one scenario of each kind of traffic, in all cells of the era matrix.
 *
 * @module
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const SOME = ['tools-call-elicitation', 'tools-call-with-logging', 'resources-subscribe', 'multi-round', 'caching'];

test('[conformance.gateway] the official server suite passes through the gateway as it does without it, and prefixes are the only difference', async () => {
  await run(process.execPath, ['scripts/build.mjs'], { cwd: root });
  const { stdout } = await run(process.execPath, ['scripts/conformance-gateway.mjs', ...SOME], {
    cwd: root,
    maxBuffer: 64 * 1024 * 1024,
  });
  expect(stdout).not.toMatch(/FAIL/);
  for (const behind of ['direct', 'legacy', 'modern']) {
    expect(stdout).toMatch(new RegExp(`^2025-11-25  ${behind} +3/3 `, 'm'));
    expect(stdout).toMatch(new RegExp(`^2026-07-28  ${behind} +2/2 `, 'm'));
  }
  expect(stdout.match(/^names only {2}/gm)).toHaveLength(4);
}, 400_000);
