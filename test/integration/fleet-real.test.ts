/**
 * The local fleet over the real transport and credentials, against real servers; configuration in memory.
 */
import { createRequire } from 'node:module';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { systemRandom } from '../../src/base/random.ts';
import { Redactor } from '../../src/base/secret.ts';
import { resolveNumbers } from '../../src/core/numbers.ts';
import type { NumberOverrides } from '../../src/core/numbers.ts';
import type { Fleet } from '../../src/core/fleet.ts';
import { createCredentials } from '../../src/auth/credentials.ts';
import { shellSpawner } from '../../src/auth/helper/shell.ts';
import { LocalFleet } from '../../src/fleet/local-fleet.ts';
import { createHttp } from '../../src/net/dispatcher.ts';
import { createMemoryWorld } from '../../src/testing/memory-world.ts';
import { firstThen, mcpServer, startFaultServer, status } from '../../src/testing/index.ts';
import type { FaultServer } from '../../src/testing/index.ts';
import { createConnector } from '../../src/transport/connector.ts';

const require = createRequire(import.meta.url);
const bin = (name: string): string =>
  join(dirname(require.resolve(`@modelcontextprotocol/${name}/package.json`)), 'dist/index.js');

let faults: FaultServer;
let fleet: Fleet | undefined;
beforeAll(async () => {
  faults = await startFaultServer();
});
afterEach(async () => {
  await fleet?.close();
  fleet = undefined;
});
afterAll(() => faults.close());

function open(entries: Record<string, object>, numbers: NumberOverrides = {}): Fleet {
  const world = createMemoryWorld({ clock: systemClock });
  for (const [name, entry] of Object.entries(entries)) world.add(name, { holdfast: numbers, ...entry });
  const env = process.env;
  const redactor = new Redactor();
  const http = createHttp({ env });
  const common = { clock: systemClock, random: systemRandom, logger: silentLogger, redactor };
  fleet = new LocalFleet({
    ...common,
    connector: createConnector({ ...common, env, platform: process.platform, http }),
    credentials: createCredentials({
      ...common,
      spawn: shellSpawner({ windows: false }),
      baseEnv: env,
      fetch: http.fetch,
    }),
    signIns: world.signIns,
    config: world.config,
    numbers: resolveNumbers(numbers),
    owner: { kind: 'in-process', pid: process.pid, version: '0' },
    view: { ...world.view, path: process.env['PATH'] ?? '' },
  });
  return fleet;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function everything(mode: 'streamableHttp' | 'sse', port: number): Promise<ChildProcess> {
  const child = spawn(process.execPath, [bin('server-everything'), mode], {
    env: { ...process.env, PORT: String(port) },
    stdio: 'ignore',
  });
  for (let i = 0; i < 200; i += 1) {
    const up = await fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    );
    if (up) return child;
    await systemClock.sleep(50);
  }
  throw new Error('server-everything did not start');
}

test('[transport.real-servers] the npm servers over stdio are connected, listed, called, killed and back', async () => {
  const root = await mkdtemp(join(tmpdir(), 'hf-files-'));
  const f = open({
    everything: { command: process.execPath, args: [bin('server-everything'), 'stdio'] },
    files: { command: process.execPath, args: [bin('server-filesystem'), root] },
    memory: { command: process.execPath, args: [bin('server-memory')] },
  });
  const settled = await f.settled({ timeoutMs: 20_000 });
  expect(settled.map(({ name, status: word, message }) => [name, word, message])).toEqual([
    ['everything', 'connected', undefined],
    ['files', 'connected', undefined],
    ['memory', 'connected', undefined],
  ]);
  expect((await f.lists('files')).tools.length).toBeGreaterThan(5);
  const echoed = await f.request('everything', 'tools/call', { name: 'echo', arguments: { message: 'hello' } });
  expect(JSON.stringify(echoed)).toContain('hello');
  const before = await f.snapshot('everything');
  const stop = new AbortController();
  const words: string[] = [];
  const reading = (async () => {
    for await (const event of f.events(stop.signal))
      if (event.event === 'server.status' && event.server === 'everything') words.push(event.to);
  })();
  const report = await f.reconnect('everything');
  expect(report.snapshot.status).toBe('connected');
  expect(Date.parse(report.snapshot.since)).toBeGreaterThan(Date.parse(before.since));
  stop.abort();
  await reading;
  expect(words).toEqual(['pending', 'connected']);
}, 60_000);

test.each(['streamableHttp', 'sse'] as const)(
  '[transport.real-servers] server-everything over %s is called, killed and back',
  async (mode) => {
    const port = await freePort();
    let child = await everything(mode, port);
    try {
      const url = `http://127.0.0.1:${port}/${mode === 'sse' ? 'sse' : 'mcp'}`;
      const f = open(
        { it: { type: mode === 'sse' ? 'sse' : 'http', url } },
        { reconnectDelayMs: 200, slowProbeMs: 400, slowProbeCapMs: 400 },
      );
      const [first] = await f.settled({ timeoutMs: 20_000 });
      expect(first).toMatchObject({ status: 'connected', transport: mode === 'sse' ? 'sse' : 'http' });
      expect(
        JSON.stringify(await f.request('it', 'tools/call', { name: 'echo', arguments: { message: 'hi' } })),
      ).toContain('hi');
      child.kill('SIGKILL');
      await expect.poll(async () => (await f.snapshot('it')).status, { timeout: 5_000 }).not.toBe('connected');
      child = await everything(mode, port);
      await expect.poll(async () => (await f.snapshot('it')).status, { timeout: 10_000 }).toBe('connected');
      expect(
        JSON.stringify(await f.request('it', 'tools/call', { name: 'echo', arguments: { message: 'again' } })),
      ).toContain('again');
    } finally {
      child.kill('SIGKILL');
    }
  },
  60_000,
);

test('503 twice and then well, over the real wire, ends connected', async () => {
  const mount = faults.mount('/twice', firstThen(2, status(503), mcpServer().behaviour));
  const f = open({ twice: { url: mount.url } }, { startupDelayMs: 100 });
  const [snapshot] = await f.settled({ timeoutMs: 10_000 });
  expect(snapshot).toMatchObject({ status: 'connected', tools: expect.any(Number) });
  expect(snapshot?.timeline.map(({ text }) => text).join('\n')).toContain('503');
});
