/**
 * The official conformance suite, whole: the same command that a person runs.
 *
 * @module
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

test('[conformance.client] every client scenario of the official suite passes, one at a time', async () => {
  await run(process.execPath, ['scripts/build.mjs'], { cwd: root });
  const { stdout } = await run(process.execPath, ['scripts/conformance.mjs'], {
    cwd: root,
    maxBuffer: 64 * 1024 * 1024,
  });
  expect(stdout).not.toMatch(/^FAIL/m);
  expect(stdout).toMatch(/^2025-11-25\s+18\/18 scenarios/m);
  expect(stdout).toMatch(/^2026-07-28\s+32\/32 scenarios/m);
  expect(stdout).toMatch(/^all\s+48\/48 scenarios/m);
}, 400_000);
