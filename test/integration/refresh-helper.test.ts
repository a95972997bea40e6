/**
 * The helper process that renews a login, as it is started and as it starts.
 *
 * @module
 */
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeBase } from '../../src/assemble.ts';
import type { RedeemAsk } from '../../src/auth/vault/renewal.ts';
import { Secret } from '../../src/base/secret.ts';
import { DEFAULT_NUMBERS } from '../../src/core/numbers.ts';
import { currentHost } from '../../src/host.ts';
import { helperRunner } from '../../src/redeem.ts';
import { builtDist } from '../support/build.ts';

const ID = 'ab'.repeat(32);
const ASK = {
  numbers: { ...DEFAULT_NUMBERS, leaseWaitMs: 700, tokenTimeoutMs: 300 },
  generation: 4,
  why: 'due',
} as const;
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-helper-'));
  await mkdir(join(folder, 'state'));
  await writeFile(join(folder, 'bin.js'), '');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Runs a shell script in the place of the helper. */
async function runWith(script: string, dist = folder, more: Partial<RedeemAsk> = {}) {
  const node = join(folder, 'node');
  await writeFile(node, `#!/bin/sh\n${script}\n`);
  await chmod(node, 0o755);
  const env = { PATH: process.env['PATH'], HOLDFAST_STATE_DIR: join(folder, 'state') };
  return helperRunner(makeBase({ ...currentHost(), node, dist, env }))(ID, { ...ASK, ...more });
}

test('[refresh.detached] it is told folders, numbers and the login, in a session of its own, and nothing else', async () => {
  const seen = join(folder, 'seen');
  const script = `{ printf '%s\\n' "$@"; pwd; env; ps -o sid= -p $$; echo $$; } >${seen}; echo '{"kind":"adopted"}'`;
  expect(await runWith(script)).toEqual({ kind: 'report', line: '{"kind":"adopted"}\n' });
  const lines = (await readFile(seen, 'utf8')).trim().split('\n');
  expect(lines.slice(0, 6)).toEqual([join(folder, 'bin.js'), '__redeem', ID, '4', 'due', join(folder, 'state')]);
  expect(lines).toContain(`HOLDFAST_STATE_DIR=${join(folder, 'state')}`);
  expect(lines).toContain('HOLDFAST_LEASE_WAIT_MS=700');
  expect(lines).toContain('HOLDFAST_TOKEN_TIMEOUT_MS=300');
  expect(lines.at(-2)?.trim()).toBe(lines.at(-1));
});

test('[refresh.detached] a proof of the client that the store does not have is told on its standard input alone', async () => {
  const seen = join(folder, 'seen');
  const script = `{ printf '%s\\n' "$@"; env; } >${seen}; cat >${seen}.in; echo '{"kind":"fresh"}'`;
  const client = {
    clientId: 'mine',
    kind: 'configured',
    method: 'client_secret_post',
    clientSecret: new Secret('canary-proof'),
  } as const;
  expect((await runWith(script, folder, { client })).kind).toBe('report');
  const lines = await readFile(seen, 'utf8');
  expect(lines.split('\n').slice(0, 6)).toEqual([join(folder, 'bin.js'), '__redeem', ID, '4', 'due', '-']);
  expect(lines).not.toContain('canary');
  const told: unknown = JSON.parse(await readFile(`${seen}.in`, 'utf8'));
  expect(told).toEqual({ method: 'client_secret_post', clientSecret: 'canary-proof' });
});

test('[refresh.detached] it is gone when it cannot be started, ends without a word, or is not built', async () => {
  expect(await runWith('exit 3')).toEqual({ kind: 'gone' });
  expect(await runWith('', join(folder, 'nowhere'))).toEqual({ kind: 'gone' });
  const base = makeBase({ ...currentHost(), node: join(folder, 'no-node'), dist: folder, env: {} });
  expect(await helperRunner(base)(ID, ASK)).toEqual({ kind: 'gone' });
});

test('[refresh.detached] what it says is heard at once, although it goes on', async () => {
  const began = performance.now();
  expect((await runWith(`echo '{"kind":"fresh"}'; sleep 5`)).kind).toBe('report');
  expect(performance.now() - began).toBeLessThan(3_000);
});

test('the program is the helper only for arguments that make sense, and then says how it ended', async () => {
  const program = join(await builtDist(), 'bin.js');
  const env = { ...process.env, HOLDFAST_STATE_DIR: join(folder, 'state') };
  const run = (...args: string[]) =>
    new Promise<string>((resolve) => {
      execFile(process.execPath, [program, '__redeem', ...args], { env }, (error, stdout) =>
        resolve(`${error?.code ?? 0} ${stdout}`),
      );
    });
  expect(await run(ID, '1', 'due')).toBe('0 {"kind":"ended","detail":"the sign-in is no longer kept"}\n');
  for (const bad of [[], ['../../etc', '1', 'due'], [ID, 'x', 'due'], [ID, '1', 'whenever']])
    expect(await run(...bad)).toBe('2 ');
});
