import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { startDemoFleet } from '../../src/demo/demo-fleet.ts';
import type { DemoFleet } from '../../src/demo/demo-fleet.ts';
import { createHoldfast } from '../../src/index.ts';
import type { FleetEvent } from '../../src/index.ts';
import { cleanEnv } from '../../scripts/matrix/run.mjs';
import { builtDist } from '../support/build.ts';

let program: string;
beforeAll(async () => {
  program = join(await builtDist(), 'testing', 'stdio-server.js');
}, 120_000);

const demo = (): Promise<DemoFleet> => startDemoFleet({ node: process.execPath, program });

describe('the demonstration fleet', () => {
  test('is a configuration file that only its owner can read, gone with the demonstration', async () => {
    const running = await demo();
    const { mcpServers } = JSON.parse(await readFile(running.configFile, 'utf8')) as { mcpServers: object };
    expect(Object.keys(mcpServers)).toEqual(running.describe.map(({ name }) => name));
    expect((await stat(running.configFile)).mode & 0o777).toBe(0o600);
    await running.close();
    await running.close();
    expect(existsSync(dirname(running.configFile))).toBe(false);
  });

  test('names nothing outside this machine', async () => {
    const running = await demo();
    const text = await readFile(running.configFile, 'utf8');
    const hosts = [...text.matchAll(/https?:\/\/([^/:"]+)/g)].map((match) => match[1]);
    expect(hosts.length).toBeGreaterThan(4);
    expect(new Set(hosts)).toEqual(new Set(['127.0.0.1']));
    await running.close();
  });

  test('shows every status but pending, and tells which to expect', async () => {
    const running = await demo();
    expect(new Set(running.describe.map(({ settles }) => settles))).toEqual(
      new Set(['connected', 'needs-auth', 'failed', 'disabled']),
    );
    const rest = running.describe.map(({ name, settles }) => ({ name, status: settles }));
    expect(running.isSettled(rest)).toBe(true);
    expect(running.isSettled(rest.slice(1))).toBe(false);
    expect(running.isSettled(rest.map((one) => ({ ...one, status: 'pending' as const })))).toBe(false);
    await running.close();
  });

  test('[demo.settles] every server comes to rest as it says, with its faults on the way, in half a minute', async () => {
    const running = await demo();
    const folder = dirname(running.configFile);
    const fleet = await createHoldfast({ config: running.configFile, cwd: folder, env: cleanEnv(process.env) });
    const stop = new AbortController();
    const seen: FleetEvent[] = [];
    const reading = (async () => {
      for await (const event of fleet.events(stop.signal, { since: 0 })) seen.push(event);
    })();
    const reasonsOf = (name: string): Set<string | undefined> =>
      new Set(seen.flatMap((one) => (one.server === name && one.event === 'server.status' ? [one.reason] : [])));
    await expect
      .poll(async () => running.isSettled(await fleet.snapshots()) && reasonsOf('crashes').has('exited'), {
        timeout: 30_000,
        interval: 200,
      })
      .toBe(true);
    stop.abort();
    await reading;
    expect(reasonsOf('flaky')).toContain('http-5xx');
    expect(reasonsOf('heals')).toContain('credentials-rejected');
    const snapshots = new Map((await fleet.snapshots()).map((snapshot) => [snapshot.name, snapshot]));
    expect(snapshots.get('old')?.transport).toBe('sse');
    expect(snapshots.get('modern')?.era).toBe('modern');
    expect(snapshots.get('sign-in')).toMatchObject({ reason: 'sign-in-required', offersOAuth: true });
    expect(snapshots.get('gone')?.reason).toBe('http-404');
    await fleet.close();
    await running.close();
  }, 60_000);
});
