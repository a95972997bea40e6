/**
 * Rules of an entry over the tools of its server, changed while clients are there.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { createHoldfast } from '../../src/create.ts';
import type { Fleet } from '../../src/core/fleet.ts';
import { listenHttp } from '../../src/gateway/front/http.ts';
import type { HttpGateway } from '../../src/gateway/front/http.ts';
import { mcpServer, startFaultServer } from '../../src/testing/index.ts';
import type { FaultServer, McpServer, Mount } from '../../src/testing/index.ts';
import { PlainClient } from '../support/gateway-client.ts';

let faults: FaultServer;
let home: string;
let fleet: Fleet;
let gateway: HttpGateway;
let server: McpServer;
let mount: Mount;
let file: string;

const write = (tools: object): Promise<void> =>
  writeFile(file, JSON.stringify({ mcpServers: { one: { url: mount.url, holdfast: { tools } } } }));

beforeEach(async () => {
  faults = await startFaultServer();
  home = await mkdtemp(join(tmpdir(), 'holdfast-rules-'));
  file = join(home, 'servers.json');
  server = mcpServer({ instructions: 'Ask politely.' });
  mount = faults.mount('/one', server.behaviour);
  await write({ rename: { echo: 'say' } });
  fleet = await createHoldfast({ config: file, env: { PATH: process.env['PATH'], HOME: home } });
  await fleet.settled({ timeoutMs: 10_000 });
  gateway = await listenHttp({ fleet, clock: systemClock, logger: silentLogger, version: '0' }, { port: 0 });
});
afterEach(async () => {
  await gateway.close();
  await fleet.close();
  await faults.close();
  await rm(home, { recursive: true, force: true });
});

test('[gateway.tool-rules] a change of the rules is seen without a new connection', async () => {
  const client = new PlainClient(gateway.url);
  expect(await client.tools()).toContain('one__say');
  expect(await client.call('one__say', { text: 'hello' })).toMatchObject({ ok: true });
  expect(server.calls.map(({ name }) => name)).toEqual(['echo']);
  const { initializes } = mount;
  await write({ deny: ['echo'] });
  await vi.waitFor(async () => expect(await client.tools()).not.toContain('one__say'), 5_000);
  expect((await client.call('one__echo', { text: 'hello' })).ok).toBe(false);
  expect(server.calls).toHaveLength(1);
  expect(mount.initializes).toBe(initializes);
});

test('[gateway.catalogue] what servers say of themselves is told to clients under their names', async () => {
  const { result } = await new PlainClient(gateway.url).ask('server/discover');
  expect(result?.['instructions']).toBe('## one\n\nAsk politely.');
});
