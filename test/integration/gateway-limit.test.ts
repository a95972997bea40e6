/**
 * How often the tools of a server may be called, by all clients of the gateway together.
 */
import { writeFile } from 'node:fs/promises';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import type { Fleet } from '../../src/core/fleet.ts';
import { Endpoints } from '../../src/gateway/front/endpoints.ts';
import type { HttpGateway } from '../../src/gateway/front/http.ts';
import { LineConversation } from '../../src/gateway/front/lines.ts';
import { mcpServer, startFaultServer } from '../../src/testing/index.ts';
import type { FaultServer, McpServer, Mount } from '../../src/testing/index.ts';
import { startFixture } from '../conformance/fixture-server.mjs';
import type { Fixture } from '../conformance/fixture-server.mjs';
import { PlainClient } from '../support/gateway-client.ts';
import { gatewayOver } from '../support/gateway-over.ts';

let faults: FaultServer;
let asking: Fixture;
let fleet: Fleet;
let gateway: HttpGateway;
let server: McpServer;
let mount: Mount;
let file: string;
let close: () => Promise<void>;

const write = (perMinute: number | undefined): Promise<void> => {
  const entries = {
    one: { url: mount.url, holdfast: { tools: perMinute === undefined ? {} : { perMinute } } },
    asking: { type: 'http', url: asking.url, holdfast: { tools: { perMinute: 6 } } },
  };
  return writeFile(file, JSON.stringify({ mcpServers: entries }, null, 1));
};

beforeEach(async () => {
  faults = await startFaultServer();
  asking = await startFixture({ era: 'modern' });
  server = mcpServer();
  mount = faults.mount('/one', server.behaviour);
  const place = await gatewayOver(
    async (path) => {
      file = path;
      await write(6);
    },
    { relays: true },
  );
  ({ fleet, gateway, close } = place);
});
afterEach(async () => {
  await close();
  await faults.close();
  await asking.close();
});

test('[gateway.rate-limit] one bucket for both endpoints, all clients and the bridge; what is too much is not sent, and is counted', async () => {
  const [all, alone] = [new PlainClient(gateway.url), new PlainClient(`${gateway.url}/one`)];
  expect(await all.call('one__echo', { text: 'hello' })).toMatchObject({ ok: true });
  const refused = await alone.call('echo', { text: 'again' });
  expect(refused.result).toMatchObject({
    isError: true,
    _meta: { 'holdfast/error': { code: 'ERR_RATE_LIMITED', server: 'one', sent: 'no', perMinute: 6 } },
  });
  const said = JSON.stringify(refused.result?.['content']);
  expect(said).toContain(`one may get 6 tool calls a minute`);
  expect(said).toContain(`${file}:3`);
  expect(said).toMatch(/Try again in (?:9|10) s\./);

  // As the bridge of `serve --stdio` does it: endpoints of its own over the same fleet.
  const endpoints = new Endpoints({ fleet, clock: systemClock, logger: silentLogger, version: '0' });
  const lines: string[] = [];
  const talk = new LineConversation(endpoints.all(), (line) => lines.push(line));
  const begin = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 't', version: '1' } };
  await talk.receive(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: begin }));
  const params = { name: 'one__echo', arguments: { text: 'hello' } };
  await talk.receive(JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'tools/call', params }));
  expect(lines.at(-1)).toContain('ERR_RATE_LIMITED');
  talk.close();
  endpoints.close();

  expect(server.calls).toHaveLength(1);
  for (let times = 0; times < 5; times += 1) expect(await all.call('holdfast__status')).toMatchObject({ ok: true });
  const metrics = await (await fetch(new URL('/metrics', gateway.url))).text();
  expect(metrics).toContain('holdfast_tool_calls_total{server="one",gen_ai_tool_name="echo",outcome="limited"} 1');
});

test('[gateway.rate-limit] a changed number counts at once, without a new connection', async () => {
  const client = new PlainClient(gateway.url);
  const isGoing = async (): Promise<boolean> => (await client.call('one__echo', { text: 'x' })).ok;
  expect(await isGoing()).toBe(true);
  expect(await isGoing()).toBe(false);
  const { initializes } = mount;
  await write(6_000);
  await vi.waitFor(
    async () => expect([await isGoing(), await isGoing(), await isGoing()]).toEqual([true, true, true]),
    5_000,
  );
  await write(1);
  await vi.waitFor(async () => expect(await isGoing()).toBe(false), 5_000);
  await write(undefined);
  await vi.waitFor(async () => expect(await isGoing()).toBe(true), 5_000);
  expect(mount.initializes).toBe(initializes);
});

test('[gateway.rate-limit] the answer to a question of a tool goes with the call that was asked', async () => {
  const client = new Client(
    { name: 'test', version: '1' },
    { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode: 'auto' } },
  );
  client.setRequestHandler('elicitation/create', () => ({
    action: 'accept',
    content: { username: 'ann', name: 'ann' },
  }));
  await client.connect(new StreamableHTTPClientTransport(new URL(gateway.url)));
  expect(client.getNegotiatedProtocolVersion()).toBe('2026-07-28');
  const call = { name: 'asking__test_elicitation', arguments: { message: 'Who?' } };
  expect(JSON.stringify(await client.callTool(call))).toContain('ann');
  expect(await client.callTool(call)).toMatchObject({ isError: true });
  await client.close();
});
