/**
 * `holdfast serve --stdio`: many clients, each with a bridge of its own, before one daemon.
 */
import { mkdir, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { DaemonStatus } from '../../src/daemon/status.ts';
import { mcpServer, startFaultServer } from '../../src/testing/index.ts';
import type { FaultServer, McpServer } from '../../src/testing/index.ts';
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
