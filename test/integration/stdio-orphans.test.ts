/**
 * Owners that end in every way: no server process outlives them.
 *
 * @module
 */
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { silentLogger } from '../../src/base/logger.ts';
import { processGroups } from '../../src/transport/process/group.ts';
import { Guardian } from '../../src/transport/process/guardian.ts';
import { builtDist } from '../support/build.ts';
import { guardiansOf, inGroups, launched, nodeEndpoint, serverFile, shellEndpoint, until } from '../support/stdio.ts';
import type { EffectiveStdio } from '../../src/core/entry.ts';

const LIMIT_MS = 6_000;
const commandOf = ({ command, args }: EffectiveStdio): readonly string[] => [command, ...args];

/** What owners of real life run at the same time. */
const SERVERS = [
  nodeEndpoint(serverFile('plain')),
  nodeEndpoint(serverFile('stubborn')),
  launched('plain'),
  launched('stubborn'),
  nodeEndpoint(serverFile('holder')),
].map(commandOf);

let dist: string;
beforeAll(async () => {
  dist = await builtDist();
}, 120_000);

const owners: ChildProcess[] = [];
afterEach(() => {
  for (const owner of owners.splice(0)) owner.kill('SIGKILL');
});

interface Owner {
  readonly child: ChildProcess & { readonly pid: number };
  readonly groups: readonly number[];
}

async function startOwner(servers: readonly (readonly string[])[], mode = 'wait'): Promise<Owner> {
  const child = spawn(process.execPath, [serverFile('owner'), dist, JSON.stringify(servers), mode], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  owners.push(child);
  const line = await new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).once('line', resolve);
  });
  const { groups } = JSON.parse(line) as { groups: readonly number[] };
  return { child: child as Owner['child'], groups };
}

describe('the owner of five servers ends', () => {
  async function expectNoneLeft({ groups }: Owner): Promise<void> {
    expect(await until(() => inGroups(...groups).length === 0, LIMIT_MS)).toBeLessThan(LIMIT_MS);
  }

  const ways: readonly (readonly [string, (owner: Owner) => void])[] = [
    ['kill -9', ({ child }) => process.kill(child.pid, 'SIGKILL')],
    ['Ctrl-C, to its whole group', ({ child }) => process.kill(-child.pid, 'SIGINT')],
    ['kill -9 to its whole group', ({ child }) => process.kill(-child.pid, 'SIGKILL')],
  ];
  test.each(ways)('[transport.stdio-orphans] by %s: no process is left within 6 s', async (_, end) => {
    const owner = await startOwner(SERVERS);
    expect(await until(() => inGroups(...owner.groups).length >= 8, 5_000)).toBeLessThan(5_000);
    // Time to take up their bad habits.
    await pause(700);
    end(owner);
    await expectNoneLeft(owner);
  });

  test('[transport.stdio-orphans] by SIGTERM, SIGHUP, abort and process.exit: the same', async () => {
    const few = [commandOf(nodeEndpoint(serverFile('stubborn'))), commandOf(launched('stubborn'))];
    const modes = ['wait', 'wait', 'abort', 'exit'];
    const all = await Promise.all(modes.map((mode) => startOwner(few, mode)));
    all[0]?.child.kill('SIGTERM');
    all[1]?.child.kill('SIGHUP');
    await Promise.all(all.map(expectNoneLeft));
  });

  test('[transport.stdio-orphans] a group whose leader ended before the owner is ended too', async () => {
    // The leader ends at once; its child ignores TERM, so the owner is still busy with the group when it dies.
    const line = `(trap '' TERM; exec sleep 60) & sleep 0.3; exit 0`;
    const owner = await startOwner([commandOf(shellEndpoint(line))]);
    const [group] = owner.groups as readonly [number];
    expect(await until(() => !inGroups(group).includes(group), 3_000)).toBeLessThan(3_000);
    expect(inGroups(group)).toHaveLength(1);
    process.kill(owner.child.pid, 'SIGKILL');
    expect(await until(() => inGroups(group).length === 0, LIMIT_MS)).toBeLessThan(LIMIT_MS);
  });

  test('the guardian ends with its owner and holds nothing of it: the pipes of the owner close at once', async () => {
    const owner = await startOwner([commandOf(nodeEndpoint(serverFile('stubborn')))]);
    const [guardian] = guardiansOf(owner.child.pid) as readonly [number];
    expect(guardian).toBeGreaterThan(0);
    const closed = new Promise((resolve) => {
      owner.child.stdout?.once('close', resolve);
    });
    process.kill(owner.child.pid, 'SIGKILL');
    await closed;
    expect(inGroups(guardian)).toContain(guardian);
    expect(await until(() => inGroups(guardian).length === 0, LIMIT_MS)).toBeLessThan(LIMIT_MS);
  });

  test('a guardian that was killed is replaced and knows every group', async () => {
    const owner = await startOwner([commandOf(nodeEndpoint(serverFile('stubborn'))), commandOf(launched('stubborn'))]);
    const [first] = guardiansOf(owner.child.pid) as readonly [number];
    process.kill(first, 'SIGKILL');
    await until(() => guardiansOf(owner.child.pid).some((pid) => pid !== first), 3_000);
    process.kill(owner.child.pid, 'SIGKILL');
    expect(await until(() => inGroups(...owner.groups).length === 0, LIMIT_MS)).toBeLessThan(LIMIT_MS);
  });
});

describe('the guardian', () => {
  const stubborn = (): ChildProcess & { readonly pid: number } => {
    const child = spawn(process.execPath, [serverFile('stubborn')], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    owners.push(child);
    return child as ChildProcess & { readonly pid: number };
  };

  test('leaves a group alone that was taken from it', async () => {
    const [kept, taken] = [stubborn(), stubborn()];
    const guardian = new Guardian(silentLogger);
    guardian.add(kept.pid);
    guardian.add(taken.pid);
    guardian.remove(kept.pid);
    await guardian.close();
    await expect.poll(() => inGroups(taken.pid)).toEqual([]);
    expect(inGroups(kept.pid)).toEqual([kept.pid]);
  });

  test('does not start before there is a group, and ends at once when none is left', async () => {
    const guardian = new Guardian(silentLogger);
    expect(guardian.pid).toBeUndefined();
    const child = stubborn();
    guardian.add(child.pid);
    const { pid } = guardian;
    expect(inGroups(pid ?? 0)).toEqual([pid]);
    guardian.remove(child.pid);
    const began = performance.now();
    await guardian.close();
    expect(performance.now() - began).toBeLessThan(1_000);
    expect(inGroups(pid ?? 0)).toEqual([]);
  });

  /** Starts processes until one gets the id; only root may say which id is next. */
  function takeId(wanted: number): ReturnType<typeof stubborn> | undefined {
    for (let tries = 0; tries < 50; tries += 1) {
      writeFileSync('/proc/sys/kernel/ns_last_pid', String(wanted - 1));
      const child = stubborn();
      if (child.pid === wanted) return child;
      child.kill('SIGKILL');
    }
    return undefined;
  }
  const canTakeIds = process.platform === 'linux' && process.getuid?.() === 0;

  /** A guardian of two groups, the leader of one of which has ended and whose id is another's now. */
  async function reused(): Promise<{ guardian: Guardian; taken: number; other: number } | undefined> {
    const first = stubborn();
    const guardian = new Guardian(silentLogger);
    guardian.add(first.pid);
    const second = stubborn();
    guardian.add(second.pid);
    // Time to read the lines.
    await pause(200);
    const over = new Promise((resolve) => {
      first.once('exit', resolve);
    });
    first.kill('SIGKILL');
    await over;
    if (takeId(first.pid) !== undefined) return { guardian, taken: first.pid, other: second.pid };
    await guardian.close();
    return undefined;
  }

  test.runIf(canTakeIds)('does not touch a process that got the id of one that is gone', async () => {
    // Whatever else starts on the machine may have been given the id before us, for good.
    let found = await reused();
    for (let tries = 1; found === undefined && tries < 5; tries += 1) found = await reused();
    const { guardian, taken, other } = found ?? expect.fail('no id could be taken');
    await guardian.close();
    // KILL was sent; a busy machine may need a moment to carry it out.
    await expect.poll(() => inGroups(other)).toEqual([]);
    expect(inGroups(taken)).toEqual([taken]);
  });

  test('shows no script and no variable of the owner in the process list', async () => {
    const guardian = new Guardian(silentLogger);
    const { pid } = stubborn();
    guardian.add(pid);
    const line = execFileSync('ps', ['-o', 'args=', '-p', String(guardian.pid)], { encoding: 'utf8' });
    expect(line.trim()).toBe(`/bin/sh -c eval "$HOLDFAST_GUARDIAN" holdfast-guardian ${pid}`);
    await guardian.close();
  });
});

describe('process groups', () => {
  test.runIf(process.platform === 'linux')('a group of zombies only does not count as alive', async () => {
    // The parent never waits for its child, so the child stays a zombie in a group of its own.
    const parent = spawn('sh', ['-c', 'setsid sleep 0.1 & echo $!; exec sleep 5'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    owners.push(parent);
    const zombie = await new Promise<number>((resolve) => {
      parent.stdout.once('data', (text: Buffer) => resolve(Number(text)));
    });
    await pause(200);
    expect(() => process.kill(-zombie, 0)).not.toThrow();
    expect(await processGroups.alive(zombie)).toBe(false);
    expect(await processGroups.alive(process.pid)).toBe(false);
  });
});
