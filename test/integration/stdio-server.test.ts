import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { builtDist } from '../support/build.ts';

let program: string;
const started: ChildProcessWithoutNullStreams[] = [];

beforeAll(async () => {
  program = join(await builtDist(), 'testing', 'stdio-server.js');
}, 120_000);
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

interface Run {
  readonly child: ChildProcessWithoutNullStreams;
  readonly out: () => string;
  readonly err: () => string;
  /** Exit code and signal. */
  readonly exit: Promise<readonly [number | null, string | null]>;
}

function run(...args: string[]): Run {
  const child = spawn(process.execPath, [program, ...args]);
  started.push(child);
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += String(chunk)));
  child.stderr.on('data', (chunk: Buffer) => (err += String(chunk)));
  const exit = once(child, 'exit') as Promise<[number | null, string | null]>;
  return { child, out: () => out, err: () => err, exit };
}

const PING = '{"jsonrpc":"2.0","id":1,"method":"ping"}\n';
const PONG = '{"jsonrpc":"2.0","id":1,"result":{}}\n';

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('the stdio server as a program', () => {
  test('answers, and ends with code 0 when its input ends', async () => {
    const { child, out, exit } = run();
    child.stdin.write(PING);
    await expect.poll(out).toBe(PONG);
    child.stdin.end();
    expect(await exit).toEqual([0, null]);
  });

  test('crashes at its start with the code it was given, after a word on stderr', async () => {
    const { exit, err } = run('--crash-at-start', '--exit-code', '3', '--stderr-lines', '2');
    expect(await exit).toEqual([3, null]);
    await expect.poll(err).toBe('stderr line 1\nstderr line 2\ncrashing: told to at the start\n');
  });

  test('crashes after a while, alive until then', async () => {
    const { child, out, exit } = run('--crash-after', '400', '--exit-code', '4');
    child.stdin.write(PING);
    await expect.poll(out).toBe(PONG);
    expect(await exit).toEqual([4, null]);
  });

  test('crashes at its first starts only', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'stdio-server-'));
    const args = ['--crash-starts', '2', '--state', join(folder, 'starts')];
    for (const code of [1, 1, 0]) {
      const { child, exit } = run(...args);
      child.stdin.end();
      expect(await exit).toEqual([code, null]);
    }
    await rm(folder, { recursive: true });
  });

  test('can ignore SIGTERM and the end of its input', async () => {
    const { child, out, err, exit } = run('--ignore-term', '--ignore-end');
    child.stdin.end(PING);
    await expect.poll(out).toBe(PONG);
    child.kill('SIGTERM');
    await expect.poll(err).toContain('SIGTERM ignored');
    child.kill('SIGKILL');
    expect(await exit).toEqual([null, 'SIGKILL']);
  });

  test('can leave a grandchild that holds stdout open', async () => {
    const { child, err, exit } = run('--grandchild');
    await expect.poll(err).toMatch(/grandchild \d+/);
    const pid = Number(/grandchild (\d+)/.exec(err())?.[1]);
    try {
      child.stdin.end();
      expect(await exit).toEqual([0, null]);
      expect(isAlive(pid)).toBe(true);
      expect(child.stdout.readableEnded).toBe(false);
    } finally {
      process.kill(pid, 'SIGKILL');
    }
  });

  test('refuses what it does not know with code 2', async () => {
    const { exit, err } = run('--explode');
    expect(await exit).toEqual([2, null]);
    await expect.poll(err).toContain('unknown option --explode');
  });
});
