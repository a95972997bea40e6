/**
 * One store on a real disk, many processes: who wins, and what a kill leaves behind.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { promises as fs } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock as clock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { systemRandom } from '../../src/base/random.ts';
import type { Store, StoreChange } from '../../src/core/store.ts';
import { createFileStore } from '../../src/store/file-store.ts';
import { createLease } from '../../src/store/lease.ts';
import { createFiles } from '../../src/system/files.ts';
import { createLocks } from '../../src/system/locks.ts';
import { builtDist } from '../support/build.ts';
import { bodyOf, keyOf, keysOf } from '../support/store-rig.ts';

const WORKER = fileURLToPath(new URL('../support/store-worker.mjs', import.meta.url));
const isFull = process.env['HOLDFAST_PROOF'] === 'full';
const KILLS = isFull ? 300 : 50;
let folder = '';
const children: ChildProcess[] = [];

beforeEach(async () => {
  folder = await fs.mkdtemp(join(tmpdir(), 'holdfast-store-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await fs.rm(folder, { recursive: true, force: true });
});

const locks = createLocks({ clock, platform: process.platform });
const open = (): Store =>
  createFileStore({
    folder,
    files: createFiles({ clock }),
    locks,
    clock,
    logger: silentLogger,
    uid: process.getuid?.(),
    keys: keysOf(keyOf(1)),
  });

interface Fact {
  readonly generation?: number;
  readonly text?: string;
  readonly begun?: number;
  readonly safe?: number;
}

/** A worker, and what it has said until now. */
async function worker(
  work: 'count' | 'write',
  times: number,
): Promise<{ child: ChildProcess; said: () => readonly Fact[] }> {
  const child = spawn(process.execPath, [WORKER, await builtDist(), folder, work, String(times)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return {
    child,
    said: () =>
      text
        .slice(0, text.lastIndexOf('\n') + 1)
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Fact),
  };
}

describe('[store.swap] 16 processes that count one record up', () => {
  test('write every generation once, and none is lost', async () => {
    const times = isFull ? 20 : 5;
    const workers = await Promise.all(Array.from({ length: 16 }, () => worker('count', times)));
    await fs.writeFile(join(folder, 'go'), '');
    const codes = await Promise.all(workers.map(async ({ child }) => ((await once(child, 'close')) as [number])[0]));
    expect(codes).toEqual(codes.map(() => 0));
    const facts = workers.flatMap(({ said }) => said());
    const generations = facts.map(({ generation = 0 }) => generation).toSorted((a, b) => a - b);
    expect(generations).toEqual(Array.from({ length: 16 * times }, (_, index) => index + 1));
    const last = await open().read('credential', 'a1');
    expect(last).toMatchObject({ generation: 16 * times });
    expect(last?.facts['text']).toBe(facts.find(({ generation }) => generation === 16 * times)?.text);
    expect(await fs.readdir(join(folder, 'credentials'))).toEqual(['a1.json']);
  }, 120_000);
});

describe(`[store.whole] kill -9 during a write, ${KILLS} times`, () => {
  test('leaves the old record or the new one, and nothing that was safe is lost', async () => {
    const store = open();
    let torn = 0;
    let lost = 0;
    let during = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const { child, said } = await worker('write', 0);
      while (said().length === 0) await clock.sleep(2);
      await clock.sleep(systemRandom.next() * 25);
      child.kill('SIGKILL');
      await once(child, 'close');
      const facts = said();
      const safe = Math.max(0, ...facts.map((fact) => fact.safe ?? 0));
      const begun = Math.max(0, ...facts.map((fact) => fact.begun ?? 0));
      if (begun > safe) during += 1;
      const kept = await store.read('credential', 'a1');
      const number = kept?.generation ?? 0;
      if (number < safe || number > begun) lost += 1;
      if (kept !== undefined && kept.facts['text'] !== `number ${number}`) torn += 1;
    }
    expect([torn, lost, store.notices()]).toEqual([0, 0, []]);
    // Otherwise nothing was tested.
    expect(during).toBeGreaterThan(KILLS / 5);
    const strays = (await fs.readdir(join(folder, 'credentials'))).filter((name) => name !== 'a1.json');
    expect(strays.every((name) => /^\.a1\.[0-9a-f]{12}\.tmp$/.test(name))).toBe(true);
  }, 600_000);
});

describe('[store.watch] another process', () => {
  test('that writes is heard of', async () => {
    const heard: StoreChange[] = [];
    const end = open().watch((change) => heard.push(change));
    const { child } = await worker('count', 2);
    await fs.writeFile(join(folder, 'go'), '');
    await once(child, 'close');
    for (let tries = 0; tries < 400 && heard.length === 0; tries += 1) await clock.sleep(10);
    end();
    expect(heard.length).toBeGreaterThan(0);
    for (const change of heard) expect(change).toEqual({ kind: 'credential', id: 'a1' });
  });
});

describe('[store.lease] a lease', () => {
  test('is one of the whole machine: a store beside it waits, gives up in time and is told so', async () => {
    const one = createLease({ locks: createLocks({ clock, platform: process.platform }), folder });
    const two = createLease({ locks: createLocks({ clock, platform: process.platform }), folder });
    await one.hold('a1', async () => {
      await expect(two.hold('a1', async () => 'in', 100)).rejects.toMatchObject({ code: 'ERR_STORE_BUSY' });
      expect(await two.hold('b2', async () => 'in', 5_000)).toBe('in');
      // What happens inside a lease needs no lock that the lease holds.
      expect(await open().write('credential', bodyOf('a1'), 0)).toBeDefined();
    });
    expect(await two.hold('a1', async () => 'in', 5_000)).toBe('in');
    expect(await fs.readdir(join(folder, 'locks'))).toContain('lease-a1.lock');
  });
});
