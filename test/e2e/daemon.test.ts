/**
 * The daemon of the built program: it is told, it stops, it may be killed, and it serves several projects at once.
 */
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Snapshot } from '../../src/core/snapshot.ts';
import type { DaemonStatus } from '../../src/daemon/status.ts';
import { makePlace } from '../support/cli.ts';
import type { Place } from '../support/cli.ts';
import { childrenOf, inGroups, launched, nodeEndpoint, serverFile, until } from '../support/stdio.ts';

const LIMIT_MS = 6_000;

let place: Place;
beforeEach(async () => {
  place = await makePlace();
});
afterEach(async () => {
  await place.run(['daemon', 'stop']);
  await place.remove();
});

const asEntry = ({ command, args }: { readonly command: string; readonly args: readonly string[] }): object => ({
  command,
  args,
});

/** What people have at the same time: two that behave, one behind a launcher, one that ignores TERM, one whose grandchild holds its pipes. */
const FIVE = {
  first: asEntry(nodeEndpoint(serverFile('plain'))),
  second: asEntry(nodeEndpoint(serverFile('plain'), ['second'])),
  launched: asEntry(launched('plain')),
  stubborn: asEntry(nodeEndpoint(serverFile('stubborn'))),
  holder: asEntry(nodeEndpoint(serverFile('holder'))),
};

const writeUser = (mcpServers: object, more: object = {}): Promise<void> =>
  writeFile(join(place.home, '.claude.json'), JSON.stringify({ numStartups: 1, mcpServers, ...more }));

/** Runs it and expects it to end well. */
async function well(...[args, options]: Parameters<Place['run']>): Promise<string> {
  const { code, stdout, stderr } = await place.run(args, options);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

const daemonStatus = (): Promise<DaemonStatus> => place.json<DaemonStatus>(['daemon', 'status', '--json']);

/** Process groups of everything that descends from a process, its guardian left out. */
function groupsUnder(pid: number): readonly number[] {
  const pids = childrenOf(pid);
  if (pids.length === 0) return [];
  const table = execFileSync('ps', ['-o', 'pgid=', '-p', pids.join(',')], { encoding: 'utf8' });
  return [
    ...new Set(
      table
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map(Number),
    ),
  ];
}

async function startFive(): Promise<{ readonly pid: number; readonly groups: readonly number[] }> {
  await writeUser(FIVE);
  await well(['daemon', 'start']);
  const { servers } = await place.json<{ servers: readonly Snapshot[] }>(['status', '--json', '--wait', '30s']);
  expect(servers.map(({ name, status }) => `${name} ${status}`).toSorted()).toEqual(
    Object.keys(FIVE)
      .map((name) => `${name} connected`)
      .toSorted(),
  );
  const { owner } = await daemonStatus();
  const groups = groupsUnder(owner.pid);
  // Five servers, the launcher's child, the holder's grandchild.
  expect(inGroups(...groups).length).toBeGreaterThanOrEqual(7);
  return { pid: owner.pid, groups };
}

describe('[daemon.owner-told] daemon start, status and stop', () => {
  test('say what they did, in words and as a record', async () => {
    await writeUser({ one: FIVE.first });
    expect(await place.run(['daemon', 'status'])).toMatchObject({ code: 4 });
    await well(['daemon', 'start']);
    await place.json(['status', '--json', '--wait', '20s']);
    const record = await daemonStatus();
    expect(record).toMatchObject({
      schema: 'daemon/v1',
      owner: { kind: 'daemon' },
      views: 1,
      servers: { connected: 1, failed: 0 },
      stopping: false,
    });
    const told = await well(['daemon', 'status']);
    for (const part of [`pid ${record.owner.pid}`, record.socket, '1 connected']) expect(told).toContain(part);
    const whose = await place.json<{ owner: object }>(['status', '--json']);
    expect(whose.owner).toMatchObject({ kind: 'daemon', pid: record.owner.pid });

    expect(await well(['daemon', 'stop'])).toContain(String(record.owner.pid));
    expect(await place.run(['daemon', 'status'])).toMatchObject({ code: 4 });
    await well(['daemon', 'stop']);
  }, 60_000);

  test('[daemon.one-owner] six starts at once make one daemon', async () => {
    const runs = await Promise.all(Array.from({ length: 6 }, () => well(['daemon', 'start', '--json'])));
    const pids = runs.map((stdout) => (JSON.parse(stdout) as DaemonStatus).owner.pid);
    expect(new Set(pids).size).toBe(1);
  }, 60_000);
});

describe('five process servers', () => {
  test('[daemon.kill] kill -9 of the daemon leaves none within 6 s, and the next start brings a fresh daemon', async () => {
    const { pid, groups } = await startFive();
    process.kill(pid, 'SIGKILL');
    expect(await until(() => inGroups(...groups).length === 0, LIMIT_MS)).toBeLessThan(LIMIT_MS);
    expect(await place.run(['daemon', 'status'])).toMatchObject({ code: 4 });
    const again = await startFive();
    expect(again.pid).not.toBe(pid);
  }, 120_000);

  test('[daemon.stop] daemon stop comes back when none is left', async () => {
    const { pid, groups } = await startFive();
    await well(['daemon', 'stop']);
    expect(inGroups(pid, ...groups)).toEqual([]);
  }, 120_000);

  test('[daemon.stop] SIGTERM ends the daemon in order', async () => {
    const { pid, groups } = await startFive();
    process.kill(pid, 'SIGTERM');
    expect(await until(() => inGroups(pid, ...groups).length === 0, 12_000)).toBeLessThan(12_000);
    expect(await place.run(['daemon', 'status'])).toMatchObject({ code: 4 });
  }, 120_000);
});

describe('[daemon.views] two projects with a server of one name', () => {
  interface Called {
    readonly content: readonly { readonly text: string }[];
  }

  /** What the server `db` of a folder has as WHO. */
  async function who(cwd: string, value: string): Promise<unknown> {
    const env = { WHO: value };
    const { content } = await place.json<Called>(['call', 'db', 'environment', '--json'], { cwd, env });
    return (JSON.parse(content[0]?.text ?? '{}') as { WHO?: unknown }).WHO;
  }

  test('[reconnect.caller-values] see each its own through one daemon, and `reconnect` takes a new value of one of them', async () => {
    const [red, blue] = [join(place.home, 'red'), join(place.home, 'blue')];
    await Promise.all([mkdir(red), mkdir(blue)]);
    const entry = (name: string): object => ({
      mcpServers: { db: { ...asEntry(nodeEndpoint(serverFile('plain'), [name])), env: { WHO: '${WHO}' } } },
    });
    await writeUser({}, { projects: { [red]: entry('red'), [blue]: entry('blue') } });
    await well(['daemon', 'start'], { cwd: red, env: { WHO: 'of the starter' } });

    expect(await who(red, 'one')).toBe('one');
    expect(await who(blue, 'two')).toBe('two');
    expect(await who(red, 'one')).toBe('one');
    const { views, owner } = await daemonStatus();
    expect(views).toBeGreaterThanOrEqual(2);

    await well(['reconnect', 'db'], { cwd: red, env: { WHO: 'new' } });
    expect(await who(red, 'new')).toBe('new');
    expect(await who(blue, 'two')).toBe('two');
    expect((await daemonStatus()).owner).toEqual(owner);
  }, 90_000);
});
