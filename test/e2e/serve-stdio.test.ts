/**
 * `holdfast serve --stdio`: many clients, each with a bridge of its own, before one daemon.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdir, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { DaemonStatus } from '../../src/daemon/status.ts';
import { mcpServer, startFaultServer } from '../../src/testing/index.ts';
import type { FaultServer, McpServer } from '../../src/testing/index.ts';
import { builtDist } from '../support/build.ts';
import { makePlace } from '../support/cli.ts';
import type { Place } from '../support/cli.ts';
import { LineClient, startServe } from '../support/serving.ts';
import type { ServeOptions } from '../support/serving.ts';
import { childrenOf, nodeEndpoint, serverFile } from '../support/stdio.ts';

const CLIENTS = 10;

let faults: FaultServer;
let place: Place;
let web: McpServer;
let clients: LineClient[];

beforeAll(async () => {
  faults = await startFaultServer();
});
beforeEach(async () => {
  place = await makePlace();
  web = mcpServer();
  clients = [];
});
afterEach(async () => {
  await Promise.all(clients.map((client) => client.end()));
  await place.run(['daemon', 'stop']);
  await place.remove();
});
afterAll(() => faults.close());

async function connect(era: 'legacy' | 'modern', options: ServeOptions = {}): Promise<LineClient> {
  const client = new LineClient(
    await startServe(place, { ...options, args: ['--stdio', ...(options.args ?? [])] }),
    era,
  );
  clients.push(client);
  return client.begin();
}

const configure = (more: object = {}): Promise<void> => {
  const { command, args } = nodeEndpoint(serverFile('plain'));
  const mcpServers = { web: { type: 'http', url: faults.mount('/web', web.behaviour).url }, local: { command, args } };
  return writeFile(join(place.home, '.claude.json'), JSON.stringify({ mcpServers, ...more }));
};
const daemonPid = async (): Promise<number> =>
  (await place.json<DaemonStatus>(['daemon', 'status', '--json'])).owner.pid;

test(`[serve.shared] ${CLIENTS} clients of both eras start one daemon and share its connections, and equal ids are never crossed`, async () => {
  await configure();
  await Promise.all(Array.from({ length: CLIENTS }, (_, index) => connect(index % 2 === 0 ? 'legacy' : 'modern')));
  await Promise.all(
    clients.map(async (client, index) => {
      expect(await client.tools('web__echo')).toContain('holdfast__status');
      for (let call = 0; call < 5; call += 1)
        expect(await client.echo('web__echo', `${index} of ${call}`)).toContain(`${index} of ${call}`);
    }),
  );
  // One process of the server for all of them.
  expect(childrenOf(await daemonPid(), 'plain.mjs')).toHaveLength(1);
  expect(web.calls.length).toBeGreaterThanOrEqual(CLIENTS * 5);
  // Only messages were on stdout.
  for (const { serve } of clients) {
    expect(serve.lines.length).toBeGreaterThan(5);
    for (const line of serve.lines) expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' });
  }
  expect(await Promise.all(clients.map((client) => client.end()))).toEqual(clients.map(() => 0));
}, 60_000);

test('[serve.shared] each client sees the servers of its own project, by its folder or by --project', async () => {
  const [red, blue] = await Promise.all(
    ['red', 'blue'].map(async (name) => {
      const folder = join(place.home, name);
      await mkdir(join(folder, '.git'), { recursive: true });
      return realpath(folder);
    }),
  );
  const only = (name: string): object => ({
    mcpServers: { [name]: { ...nodeEndpoint(serverFile('plain')), type: 'stdio' } },
  });
  await configure({ projects: { [red as string]: only('red'), [blue as string]: only('blue') } });
  const [one, two, neither] = await Promise.all([
    connect('legacy', { cwd: red as string }),
    connect('modern', { args: ['--project', blue as string] }),
    connect('modern'),
  ]);
  const prefixes = async (client: LineClient): Promise<string> => {
    await client.tools('web__echo');
    const names = await client.tools('local__echo');
    return [...new Set(names.map((name) => name.split('__')[0] ?? ''))]
      .toSorted((a, b) => a.localeCompare(b))
      .join(' ');
  };
  expect(await one?.tools('red__echo')).toContain('red__echo');
  expect(await two?.tools('blue__echo')).toContain('blue__echo');
  expect(await prefixes(one)).toBe('holdfast local red web');
  expect(await prefixes(two)).toBe('blue holdfast local web');
  expect(await prefixes(neither)).toBe('holdfast local web');
}, 60_000);

test('[serve.shared] a folder that is not there is named where the client keeps what is said, and takes no server away', async () => {
  await configure();
  const gone = join(place.home, 'gone');
  const client = await connect('modern', { args: ['--project', gone] });
  expect(await client.tools('web__echo')).toContain('web__echo');
  expect(client.serve.stderr()).toContain(`there is no folder ${gone} (--project)`);
}, 60_000);

describe.each(['legacy', 'modern'] as const)('a %s client', (era) => {
  test('[serve.bridge] is told what was lost when the daemon is killed, its next call works, and it says hello once', async () => {
    await configure();
    const client = await connect(era);
    await client.tools('web__echo');
    const first = await daemonPid();
    const lost = client.ask('tools/call', { name: 'web__slow', arguments: { ms: 60_000 } });
    await vi.waitFor(() => expect(web.calls.map(({ name }) => name)).toContain('slow'));
    process.kill(first, 'SIGKILL');
    const { result } = await lost;
    expect(JSON.stringify(result)).toMatch(/restarted.*may have been done/);
    expect(result).toMatchObject({ isError: true, _meta: { 'holdfast/error': { code: 'ERR_INTERRUPTED' } } });
    expect(await client.echo('web__echo', 'after')).toContain('after');
    expect(await client.echo('local__echo', 'after')).toContain('after');
    expect(await daemonPid()).not.toBe(first);
    expect(client.serve.stderr()).toContain('the owner of the connections has gone');
    for (const line of client.serve.lines) expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' });
    expect(await client.end()).toBe(0);
  }, 60_000);

  test('[serve.bridge] that says nothing hears of changed lists again after the daemon was stopped and started', async () => {
    await configure();
    const client = await connect(era);
    await client.tools('web__echo');
    if (era === 'modern')
      client.write({
        id: 'listening',
        method: 'subscriptions/listen',
        params: {
          notifications: { toolsListChanged: true },
          _meta: {
            'io.modelcontextprotocol/protocolVersion': '2026-07-28',
            'io.modelcontextprotocol/clientInfo': { name: 'lines', version: '1' },
            'io.modelcontextprotocol/clientCapabilities': {},
          },
        },
      });
    await place.run(['daemon', 'stop']);
    await place.run(['daemon', 'start']);
    await vi.waitFor(() => expect(client.serve.stderr()).toContain('have an owner again'), 20_000);
    const before = client.serve.lines.length;
    expect((await place.run(['disable', 'local'])).code).toBe(0);
    const isNews = (line: string): boolean => line.includes('notifications/tools/list_changed');
    await vi.waitFor(() => expect(client.serve.lines.slice(before).some((line) => isNews(line))).toBe(true), 20_000);
    await vi.waitFor(async () => expect(await client.tools('web__echo')).not.toContain('local__echo'), 20_000);
    // What the bridge says for its client is not answered to it.
    expect(client.serve.lines.filter((line) => line.includes('holdfast-bridge-'))).toEqual([]);
    expect(client.serve.lines.filter((line) => line.includes('subscriptions/acknowledged'))).toHaveLength(
      era === 'modern' ? 1 : 0,
    );
  }, 60_000);

  test('[serve.shared] of the official SDK reaches all servers, or one without prefixes', async () => {
    await configure();
    const dist = await builtDist();
    const open = async (...more: readonly string[]): Promise<Client> => {
      const client = new Client(
        { name: 'test', version: '1' },
        { versionNegotiation: { mode: era === 'modern' ? 'auto' : 'legacy' } },
      );
      const args = [join(dist, 'bin.js'), 'serve', '--stdio', ...more];
      const { env, project } = place;
      await client.connect(new StdioClientTransport({ command: process.execPath, args, env, cwd: project }));
      return client;
    };
    const all = await open();
    expect(all.getNegotiatedProtocolVersion()).toBe(era === 'modern' ? '2026-07-28' : '2025-11-25');
    await vi.waitFor(
      async () => expect((await all.listTools()).tools.map(({ name }) => name)).toContain('web__echo'),
      20_000,
    );
    const one = await open('--server', 'web');
    await vi.waitFor(
      async () => expect((await one.listTools()).tools.map(({ name }) => name)).toContain('echo'),
      20_000,
    );
    const { content } = await one.callTool({ name: 'echo', arguments: { text: 'plain' } });
    expect(JSON.stringify(content)).toContain('plain');
    await Promise.all([all.close(), one.close()]);
  }, 60_000);
});

test('[serve.stdout] what is written at once and then ended is answered, and nothing else stands on stdout', async () => {
  await configure();
  await place.run(['daemon', 'start']);
  const hello = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'sh', version: '1' } };
  const input = [
    JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: hello }),
    'this is no message',
    '',
    JSON.stringify({ jsonrpc: '2.0', id: 'last', method: 'ping' }),
  ].join('\n');
  const { code, stdout } = await place.run(['serve', '--stdio'], { input });
  expect(code).toBe(0);
  const messages = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { id?: unknown; error?: { code: number } });
  expect(messages.find(({ id }) => id === 1)).toMatchObject({ result: { protocolVersion: '2025-11-25' } });
  expect(messages.find(({ error }) => error !== undefined)).toMatchObject({ error: { code: -32_700 } });
  expect(messages.find(({ id }) => id === 'last')).toMatchObject({ result: {} });
}, 60_000);

test('[serve.stdout] a server that does not exist is told on stderr with the nearest name', async () => {
  await configure();
  const { code, stdout, stderr } = await place.run(['serve', '--stdio', '--server', 'wob']);
  expect({ code, stdout }).toEqual({ code: 6, stdout: '' });
  expect(stderr).toContain('web');
}, 60_000);

test('[serve.shared] with CI set it has connections of its own, and ends them with itself', async () => {
  await configure();
  const client = await connect('modern', { env: { CI: 'true' } });
  await client.tools('local__echo');
  expect((await place.run(['daemon', 'status'])).code).toBe(4);
  const children = childrenOf(client.serve.child.pid ?? 0, 'plain.mjs');
  expect(children).toHaveLength(1);
  expect(await client.end()).toBe(0);
  expect(() => process.kill(children[0] ?? 0, 0)).toThrow('ESRCH');
}, 60_000);

test('[gateway.slow] a client that does not read for a while costs its bridge and the daemon little, and misses nothing', async () => {
  await configure();
  await place.run(['daemon', 'start']);
  const dist = await builtDist();
  const { env, project } = place;
  const child = spawn(process.execPath, [join(dist, 'bin.js'), 'serve', '--stdio', '--server', 'local'], {
    env,
    cwd: project,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const write = (message: object): void =>
    void child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const hello = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'deaf', version: '1' } };
  write({ id: 0, method: 'initialize', params: hello });
  write({ method: 'notifications/initialized' });
  const answers = 25;
  const bytes = 2_000_000;
  for (let id = 1; id <= answers; id += 1)
    write({ id, method: 'tools/call', params: { name: 'large', arguments: { bytes } } });
  const rssOf = (pid: number): number =>
    Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1_024;
  let most = 0;
  const daemon = await daemonPid();
  for (let look = 0; look < 15; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    most = Math.max(most, rssOf(child.pid ?? 0));
  }
  // All answers together are 50 MB, and a bridge alone is 60.
  expect(most).toBeLessThan(100);
  expect(rssOf(daemon)).toBeLessThan(300);
  const ids: unknown[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    const { id, result } = JSON.parse(line) as { readonly id: unknown; readonly result?: object };
    if (result !== undefined) ids.push(id);
  });
  await expect.poll(() => ids.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(answers + 1);
  expect(new Set(ids).size).toBe(answers + 1);
  child.stdin.end();
  await new Promise((resolve) => child.once('close', resolve));
}, 60_000);

test('[gateway.slow] a client that reads nothing any more does not keep a bridge that is asked to end', async () => {
  await configure();
  await place.run(['daemon', 'start']);
  const dist = await builtDist();
  const child = spawn(process.execPath, [join(dist, 'bin.js'), 'serve', '--stdio', '--server', 'local'], {
    env: place.env,
    cwd: place.project,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const write = (message: object): void =>
    void child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const hello = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'deaf', version: '1' } };
  write({ id: 0, method: 'initialize', params: hello });
  write({ method: 'notifications/initialized' });
  for (let id = 1; id <= 10; id += 1)
    write({ id, method: 'tools/call', params: { name: 'large', arguments: { bytes: 2_000_000 } } });
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  expect(child.exitCode).toBeNull();
  const over = new Promise((resolve) => child.once('exit', () => resolve('ended')));
  child.kill('SIGTERM');
  const late = new Promise((resolve) => setTimeout(resolve, 8_000, 'still there'));
  const outcome = await Promise.race([over, late]);
  child.kill('SIGKILL');
  expect(outcome).toBe('ended');
}, 60_000);
