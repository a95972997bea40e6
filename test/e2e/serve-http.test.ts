/**
 * `holdfast serve`: the gateway over HTTP as a command that a person starts, restarts and ends.
 */
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Snapshot } from '../../src/core/snapshot.ts';
import type { DaemonStatus } from '../../src/daemon/status.ts';
import { mcpServer, startFaultServer } from '../../src/testing/index.ts';
import type { FaultServer } from '../../src/testing/index.ts';
import { makePlace } from '../support/cli.ts';
import type { Place } from '../support/cli.ts';
import { PlainClient } from '../support/gateway-client.ts';
import { startServe } from '../support/serving.ts';
import type { ServeProcess } from '../support/serving.ts';

let faults: FaultServer;
let place: Place;
let running: ServeProcess[];

beforeAll(async () => {
  faults = await startFaultServer();
});
beforeEach(async () => {
  place = await makePlace();
  running = [];
  const url = faults.mount('/web', mcpServer().behaviour).url;
  await writeFile(join(place.home, '.claude.json'), JSON.stringify({ mcpServers: { web: { type: 'http', url } } }));
});
afterEach(async () => {
  for (const { child } of running) child.kill('SIGINT');
  await Promise.all(running.map(({ ended }) => ended));
  await place.run(['daemon', 'stop']);
  await place.remove();
});
afterAll(() => faults.close());

async function serve(...args: readonly string[]): Promise<ServeProcess> {
  const process = await startServe(place, { args });
  running.push(process);
  return process;
}

const urlOf = (process: ServeProcess): Promise<string> => process.next((line) => line.startsWith('http://'));
const tokenOf = async (): Promise<string> => (await place.run(['token', 'show'])).stdout.trim();
const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve());
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

describe.each([
  ['of the daemon', ['daemon']],
  ['of its own process', ['--no-daemon']],
] as const)('[serve.listen] a listener with the connections %s', (_, [whose]) => {
  const start = async (...args: readonly string[]): Promise<ServeProcess> => {
    if (whose === 'daemon') await place.run(['daemon', 'start']);
    return serve(...args, ...(whose === 'daemon' ? [] : [whose]));
  };

  test('says its address and how to use it, answers at /mcp and /mcp/NAME, and ends with Ctrl-C', async () => {
    const process = await start('--port', '0');
    const url = await urlOf(process);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/mcp$/);
    await vi.waitFor(() => expect(process.stderr()).toContain('Ctrl-C'));
    expect(process.stderr()).toContain('token show');
    expect(process.stderr()).toContain(`${url}/NAME`);
    expect(process.lines).toEqual([url]);
    const headers = bearer(await tokenOf());
    const all = new PlainClient(url, headers);
    await vi.waitFor(async () => expect(await all.tools()).toContain('web__echo'), 20_000);
    expect(await all.call('web__echo', { text: 'a' })).toMatchObject({ ok: true });
    expect(await new PlainClient(`${url}/web`, headers).tools()).toContain('echo');
    expect((await fetch(url, { method: 'POST' })).status).toBe(401);
    process.child.kill('SIGINT');
    expect(await process.ended).toBe(0);
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  }, 60_000);

  test('takes a rotated token at once', async () => {
    const url = await urlOf(await start('--port', '0'));
    const first = await tokenOf();
    const statusWith = async (token: string): Promise<number> =>
      (await fetch(url, { method: 'DELETE', headers: bearer(token) })).status;
    expect(await statusWith(first)).toBe(400);
    await place.run(['token', 'rotate']);
    const second = await tokenOf();
    expect(second).not.toBe(first);
    expect(await statusWith(first)).toBe(401);
    expect(await statusWith(second)).toBe(400);
  }, 60_000);

  test('says honestly that its port is taken, and what to do', async () => {
    const url = await urlOf(await start('--port', '0'));
    const { port } = new URL(url);
    const other = await start('--port', port);
    expect(await other.ended).toBe(2);
    expect(other.stderr()).toContain(`port ${port}`);
    expect(other.stderr()).toContain('is taken');
    expect(other.stderr()).toMatch(/another port|0 for any/);
    expect(other.lines).toEqual([]);
  }, 60_000);
});

test('[serve.listen] a listener is back at its port after the daemon was killed', async () => {
  await place.run(['daemon', 'start']);
  const port = await freePort();
  const process = await serve('--port', String(port));
  const url = await urlOf(process);
  const client = new PlainClient(url, bearer(await tokenOf()));
  await vi.waitFor(async () => expect(await client.tools()).toContain('web__echo'), 20_000);
  const { owner } = await place.json<DaemonStatus>(['daemon', 'status', '--json']);
  globalThis.process.kill(owner.pid, 'SIGKILL');
  await vi.waitFor(() => expect(process.stderr()).toContain('listening again'), { timeout: 20_000, interval: 50 });
  await vi.waitFor(async () => expect((await client.call('web__echo', { text: 'again' })).ok).toBe(true), {
    timeout: 10_000,
    interval: 50,
  });
  expect((await place.json<DaemonStatus>(['daemon', 'status', '--json'])).owner.pid).not.toBe(owner.pid);
}, 60_000);

test.each([
  [['--port', '70000'], 'at most 65535'],
  [['--host', '0.0.0.0', '--no-token', '--port', '0'], 'needs a token'],
  [['--allow-origin', 'https://app.example/x'], 'no origin'],
  [['--server', 'web'], '/mcp/NAME'],
  [['--stdio', '--port', '1'], 'without --stdio'],
  [['--host', '203.0.113.7', '--port', '0'], 'cannot be used'],
])('[serve.listen] serve %j is refused in words', async (args, words) => {
  const process = await serve(...args, '--no-daemon');
  expect(await process.ended).toBe(2);
  expect(process.stderr()).toContain(words);
});

test.each(['legacy', 'modern', 'auto'])(
  '[serve.loop] an entry by hand that leads back to the gateway fails in words, and its tools are not its own (%s)',
  async (protocolEra) => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/mcp`;
    const web = faults.mount('/web', mcpServer().behaviour).url;
    const mcpServers = { web: { type: 'http', url: web }, loop: { type: 'http', url, protocolEra } };
    await writeFile(join(place.home, '.claude.json'), JSON.stringify({ mcpServers }));
    await place.run(['daemon', 'start']);
    const process = await serve('--no-token', '--port', String(port));
    const client = new PlainClient(await urlOf(process));
    await vi.waitFor(async () => expect(await client.tools()).toContain('web__echo'), 20_000);
    await vi.waitFor(() => expect(process.stderr()).toContain('1 of 2 connected; 1 failed'), 20_000);
    const { servers } = await place.json<{ servers: readonly Snapshot[] }>(['status', '--json']);
    const loop = servers.find(({ name }) => name === 'loop');
    expect(loop).toMatchObject({ status: 'failed', reason: 'protocol-error' });
    expect(loop?.detail).toContain('leads back to the gateway of Holdfast itself');
    expect((await client.tools()).filter((name) => name.startsWith('loop'))).toEqual([]);
  },
  60_000,
);
