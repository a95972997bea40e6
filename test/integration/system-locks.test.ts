/**
 * Locks between real processes.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { promises as fs } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { createFlock, findFlock } from '../../src/system/flock.ts';
import type { TakeLock } from '../../src/system/lock-kind.ts';
import { createLocks } from '../../src/system/locks.ts';
import { createOwnerLock } from '../../src/system/owner-lock.ts';
import { createNameLock, createPolledLock } from '../../src/system/polled-lock.ts';
import { lifeOf, ownIdentity } from '../../src/system/process-identity.ts';

const clock = systemClock;
const platform = 'linux' as const;
const flock = findFlock();
let folder = '';
const children: ChildProcess[] = [];

beforeEach(async () => {
  folder = await fs.mkdtemp(join(tmpdir(), 'holdfast-locks-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await fs.rm(folder, { recursive: true, force: true });
});

const KINDS: readonly (readonly [string, TakeLock])[] = [
  ...(flock === undefined ? [] : ([['flock(1)', createFlock(flock)]] as const)),
  ['owner files', createOwnerLock(clock, ownIdentity)],
  ['a name to listen under', createPolledLock(clock, createNameLock(platform))],
];

describe.each(KINDS)('a lock made with %s', (_kind, take) => {
  test('lets one in at a time, in the order of asking within a process', async () => {
    const locks = createLocks({ clock, platform, take });
    const path = join(folder, 'a.lock');
    const seen: number[] = [];
    let inside = 0;
    await Promise.all(
      [1, 2, 3, 4, 5].map((number) =>
        locks.withLock(path, async () => {
          inside += 1;
          expect(inside).toBe(1);
          await clock.sleep(5);
          seen.push(number);
          inside -= 1;
        }),
      ),
    );
    expect(seen).toEqual([1, 2, 3, 4, 5]);
  });

  test('excludes a second holder that has a queue of its own, and fails closed when the wait is over', async () => {
    const path = join(folder, 'a.lock');
    const [one, two] = [createLocks({ clock, platform, take }), createLocks({ clock, platform, take })];
    await one.withLock(path, async () => {
      const second = two.withLock(path, async () => 'in', 150);
      await expect(second).rejects.toMatchObject({ code: 'ERR_CONFIG_LOCKED', data: { file: path } });
    });
    expect(await two.withLock(path, async () => 'in', 2_000)).toBe('in');
  });

  test('is let go when the work throws', async () => {
    const locks = createLocks({ clock, platform, take });
    const path = join(folder, 'a.lock');
    await expect(locks.withLock(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await locks.withLock(path, async () => 'in', 1_000)).toBe('in');
  });

  test('whoever gives up in the queue does not let the next one in', async () => {
    const locks = createLocks({ clock, platform, take });
    const path = join(folder, 'a.lock');
    let isHeld = true;
    const first = locks.withLock(path, async () => {
      await clock.sleep(300);
      isHeld = false;
    });
    await expect(locks.withLock(path, async () => 'in', 50)).rejects.toMatchObject({ code: 'ERR_CONFIG_LOCKED' });
    expect(await locks.withLock(path, async () => isHeld, 5_000)).toBe(false);
    await first;
  });
});

/** A process that takes the lock with flock(1) on its own descriptor and says so; it runs on a plain Node. */
async function holder(path: string): Promise<ChildProcess> {
  const script = `
    const fs = require('node:fs'); const { spawnSync } = require('node:child_process');
    const fd = fs.openSync(process.argv[1], 'a');
    const run = spawnSync(process.argv[2], ['-x', '3'], { stdio: ['ignore', 'ignore', 'ignore', fd] });
    console.log(run.status); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['-e', script, path, flock ?? ''], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const [said] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  expect(String(said).trim()).toBe('0');
  return child;
}

describe.runIf(flock !== undefined)('the kernel lock', () => {
  test('is free at once after kill -9 of its holder', async () => {
    const path = join(folder, 'a.lock');
    const child = await holder(path);
    const locks = createLocks({ clock, platform });
    const start = clock.monotonic();
    const waiting = locks.withLock(path, async () => clock.monotonic() - start, 10_000);
    await clock.sleep(100);
    child.kill('SIGKILL');
    expect(await waiting).toBeLessThan(2_000);
  });

  test('is not taken from a frozen holder', async () => {
    const path = join(folder, 'a.lock');
    const child = await holder(path);
    child.kill('SIGSTOP');
    const locks = createLocks({ clock, platform });
    await expect(locks.withLock(path, async () => 'in', 1_000)).rejects.toMatchObject({ code: 'ERR_CONFIG_LOCKED' });
  });

  test('leaves no waiting flock process behind when the wait is over', async () => {
    const path = join(folder, 'a.lock');
    await holder(path);
    const locks = createLocks({ clock, platform });
    await expect(locks.withLock(path, async () => 'in', 100)).rejects.toMatchObject({ code: 'ERR_CONFIG_LOCKED' });
    const own = await fs.readdir('/proc/self/task');
    const below = await Promise.all(own.map((task) => fs.readFile(`/proc/self/task/${task}/children`, 'utf8')));
    const names = await Promise.all(
      below
        .join(' ')
        .split(' ')
        .filter((pid) => pid !== '')
        .map((pid) => fs.readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')),
    );
    expect(names.map((name) => name.trim())).not.toContain('flock');
  });
});

describe('owner files', () => {
  const owner = (text: object): Promise<void> => fs.writeFile(join(folder, 'a.lock.owner-7'), JSON.stringify(text));
  const locks = createLocks({ clock, platform, take: createOwnerLock(clock, ownIdentity) });
  const take = (): Promise<string> => locks.withLock(join(folder, 'a.lock'), async () => 'in', 200);

  test('of a process that is dead, or from before a restart of the machine, are passed over', async () => {
    const self = await ownIdentity();
    await owner({ ...self, startTime: '1' });
    expect(await take()).toBe('in');
    await owner({ ...self, bootId: 'an-earlier-one' });
    expect(await take()).toBe('in');
    expect((await fs.readdir(folder)).filter((name) => name.includes('owner-')).length).toBe(1);
  });

  test('that cannot be judged are never taken, however old, and the remedy names the file', async () => {
    const self = await ownIdentity();
    const path = join(folder, 'a.lock.owner-7');
    for (const other of [
      { ...self, pidNamespace: 'pid:[1]' },
      { ...self, bootId: 'x', host: 'elsewhere' },
      { what: 1 },
    ]) {
      await owner(other);
      await fs.utimes(path, 0, 0);
      await expect(take()).rejects.toMatchObject({ code: 'ERR_CONFIG_LOCKED', hint: expect.stringContaining(path) });
    }
  });

  test('a process knows itself to be alive, and another number to be dead', async () => {
    const self = await ownIdentity();
    expect(self.pid).toBe(process.pid);
    expect([await lifeOf(self, self), await lifeOf({ ...self, pid: 2 ** 30 }, self)]).toEqual(['alive', 'dead']);
  });
});
