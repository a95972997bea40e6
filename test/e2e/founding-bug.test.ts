/**
 * The report that founded this project: a server answers 401 or 403 once, while it is being deployed, and stays "needs
 * authentication" for days; only a new name heals it.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Snapshot } from '../../src/core/snapshot.ts';
import { mcpServer, mountSignIn, startFaultServer, status } from '../../src/testing/index.ts';
import type { FaultServer, Mount } from '../../src/testing/index.ts';
import { makePlace } from '../support/cli.ts';
import type { Place } from '../support/cli.ts';

interface StatusFile {
  readonly servers: readonly Snapshot[];
}

let server: FaultServer;
let place: Place;
beforeAll(async () => {
  server = await startFaultServer();
  place = await makePlace();
});
afterAll(async () => {
  await place.remove();
  await server.close();
});

const ENTRIES = {
  header: { headers: { Authorization: 'Bearer static-canary-1' } },
  helper: { headersHelper: `echo '{"Authorization":"Bearer helper-canary-2"}'` },
  key: { headers: { 'X-Api-Key': 'key-canary-3' } },
  plain: {},
} as const;
const REASONS = {
  header: 'credentials-rejected',
  helper: 'credentials-rejected',
  key: 'credentials-rejected',
} as const;

interface Case {
  readonly name: string;
  readonly mount: Mount;
  readonly entry: object;
  readonly reason: string;
}

/** Every kind of entry × 401 or 403 × with and without OAuth metadata on the server. */
function mountAll(prefix: string): Case[] {
  const cases: Case[] = [];
  for (const [kind, fields] of Object.entries(ENTRIES)) {
    for (const refusal of [401, 403] as const) {
      for (const oauth of [true, false]) {
        const name = `${prefix}-${kind}-${refusal}-${oauth ? 'oauth' : 'none'}`;
        const path = `/${name}`;
        const mount = oauth ? mountSignIn(server, path, { refusal }) : server.mount(path, status(refusal));
        const plain = oauth ? 'sign-in-required' : refusal === 401 ? 'credentials-required' : 'forbidden';
        const reason = kind === 'plain' ? plain : REASONS[kind as keyof typeof REASONS];
        cases.push({ name, mount, entry: { type: 'http', url: mount.url, ...fields }, reason });
      }
    }
  }
  return cases;
}

const write = (cases: readonly Case[], rename = (name: string): string => name): Promise<void> =>
  writeFile(
    join(place.home, '.claude.json'),
    JSON.stringify(
      { numStartups: 3, mcpServers: Object.fromEntries(cases.map(({ name, entry }) => [rename(name), entry])) },
      null,
      2,
    ),
  );
const heal = (cases: readonly Case[]): void => {
  for (const { mount } of cases) mount.set(mcpServer().behaviour);
};
const STATUS = ['status', '--json', '--no-daemon', '--wait', '25s'] as const;
const byName = ({ servers }: StatusFile): Map<string, Snapshot> =>
  new Map(servers.map((snapshot) => [snapshot.name, snapshot]));

test('[heal.founding-bug] whatever refused it once, the next run contacts the server and is connected, under its own name', async () => {
  const cases = mountAll('next');
  expect(cases).toHaveLength(16);
  await write(cases);
  const first = byName(await place.json<StatusFile>(STATUS));
  for (const { name, reason, mount } of cases) {
    expect.soft({ name, ...first.get(name) }).toMatchObject({ name, status: 'needs-auth', reason });
    expect.soft(first.get(name)?.next, name).toContain('reconnect');
    expect(mount.count, name).toBeGreaterThan(0);
  }
  const counts = cases.map(({ mount }) => mount.count);
  heal(cases);
  const second = byName(await place.json<StatusFile>(STATUS));
  cases.forEach(({ name, mount }, index) => {
    expect.soft(mount.count, `${name} is contacted`).toBeGreaterThan(counts[index] as number);
    expect.soft(second.get(name)?.status, name).toBe('connected');
  });
}, 90_000);

test('[heal.founding-bug] a new name changes nothing, neither for the worse nor for the better', async () => {
  const cases = mountAll('name');
  await write(cases);
  await place.json<StatusFile>(STATUS);
  await write(cases, (name) => `renamed-${name}`);
  const refused = byName(await place.json<StatusFile>(STATUS));
  for (const { name, reason } of cases)
    expect.soft(refused.get(`renamed-${name}`)).toMatchObject({ status: 'needs-auth', reason });
  heal(cases);
  const healed = byName(await place.json<StatusFile>(STATUS));
  for (const { name } of cases) expect.soft(healed.get(`renamed-${name}`)?.status, name).toBe('connected');
}, 120_000);

test('[heal.founding-bug] a running daemon heals each of them within its probe time, without a hand', async () => {
  const cases = mountAll('probe');
  await write(cases);
  const fast = { HOLDFAST_AUTH_PROBE_MS: '400', HOLDFAST_SLOW_PROBE_MS: '400', HOLDFAST_HELPER_GAP_MS: '400' };
  expect((await place.run(['daemon', 'start'], { env: fast })).code).toBe(0);
  try {
    const first = byName(await place.json<StatusFile>(['status', '--json', '--wait', '25s'], { env: fast }));
    for (const { name, reason } of cases) expect.soft(first.get(name)).toMatchObject({ status: 'needs-auth', reason });
    heal(cases);
    const waited = await place.run(
      ['wait', ...cases.map(({ name }) => name), '--for', 'connected', '--timeout', '30s'],
      { env: fast },
    );
    expect(waited.code, waited.stderr).toBe(0);
  } finally {
    await place.run(['daemon', 'stop']);
  }
}, 90_000);

test('[heal.founding-bug] a running daemon heals at the next call, and reconnect always contacts', async () => {
  const cases = mountAll('call');
  await write(cases);
  expect((await place.run(['daemon', 'start'])).code).toBe(0);
  try {
    await place.json<StatusFile>(['status', '--json', '--wait', '25s']);
    const again = cases[0] as Case;
    const before = again.mount.count;
    const refused = await place.run(['mcp', 'reconnect', again.name]);
    expect(refused.code, refused.stdout).toBe(3);
    expect(again.mount.count).toBeGreaterThan(before);
    await new Promise((resolve) => setTimeout(resolve, 5_100));
    heal(cases);
    for (const { name } of cases.slice(0, 8)) {
      const called = await place.run(['call', name, 'echo', '{"text":"hello"}']);
      expect.soft(called.code, `${name}: ${called.stderr}`).toBe(0);
      expect.soft(called.stdout).toContain('hello');
    }
    for (const { name } of cases.slice(8)) {
      const reconnected = await place.run(['reconnect', name]);
      expect.soft(reconnected.code, `${name}: ${reconnected.stdout}${reconnected.stderr}`).toBe(0);
    }
  } finally {
    await place.run(['daemon', 'stop']);
  }
}, 120_000);
