/**
 * The gateway over HTTP in front of real servers, asked by the official client in both eras and by hand.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import type { Fleet } from '../../src/core/fleet.ts';
import { createHoldfast } from '../../src/create.ts';
import { listenHttp } from '../../src/gateway/front/http.ts';
import type { HttpGateway } from '../../src/gateway/front/http.ts';
import { mcpServer, startFaultServer, status } from '../../src/testing/index.ts';
import type { FaultServer, McpServer, Mount } from '../../src/testing/index.ts';

const TOKEN = 'test-token-0123456789';
let faults: FaultServer;
let fleet: Fleet;
let gateway: HttpGateway;
let home: string;
let one: McpServer;
let oneMount: Mount;
let old: McpServer;
let oldMount: Mount;

beforeAll(async () => {
  faults = await startFaultServer();
});

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'holdfast-gateway-'));
  one = mcpServer();
  oneMount = faults.mount('/one', one.behaviour);
  const two = faults.mount('/two', mcpServer().behaviour);
  const gone = faults.mount('/gone', status(404));
  old = mcpServer({ era: 'legacy' });
  oldMount = faults.mount('/old', old.behaviour);
  fleet = await createHoldfast({
    servers: {
      one: { url: oneMount.url },
      'two.words': { url: two.url },
      gone: { url: gone.url },
      old: { url: oldMount.url },
    },
    env: { PATH: process.env['PATH'], HOME: home },
  });
  await fleet.settled({ timeoutMs: 10_000 });
  gateway = await listenHttp(
    { fleet, clock: systemClock, logger: silentLogger, version: '0.0.0' },
    { port: 0, token: () => TOKEN },
  );
});

afterEach(async () => {
  await gateway.close();
  await fleet.close();
  await rm(home, { recursive: true, force: true });
});
afterAll(() => faults.close());

const headers = { authorization: `Bearer ${TOKEN}` };

async function connect(era: 'legacy' | 'modern', path = ''): Promise<Client> {
  const client = new Client(
    { name: 'test', version: '1' },
    { versionNegotiation: { mode: era === 'modern' ? 'auto' : 'legacy' } },
  );
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${gateway.url}${path}`), { requestInit: { headers } }),
  );
  return client;
}

describe.each(['legacy', 'modern'] as const)('[gateway.eras] a %s client', (era) => {
  test('sees the tools of all servers and the own ones, and calls them', async () => {
    const client = await connect(era);
    expect(client.getNegotiatedProtocolVersion()).toBe(era === 'modern' ? '2026-07-28' : '2025-11-25');
    const { tools } = await client.listTools();
    const names = tools.map(({ name }) => name);
    expect(names).toContain('holdfast__status');
    expect(names).toContain('one__echo');
    expect(names.filter((name) => /^two-words-[0-9a-f]{8}__echo$/.test(name))).toHaveLength(1);
    const result = await client.callTool({ name: 'one__echo', arguments: { text: 'hello' } });
    expect(JSON.stringify(result.content)).toContain('hello');
    await client.close();
  });

  test('is told how the servers stand, and may reconnect one', async () => {
    const client = await connect(era);
    const text = JSON.stringify((await client.callTool({ name: 'holdfast__status', arguments: {} })).content);
    expect(text).toContain('one: connected');
    expect(text).toContain('gone: failed (http-404)');
    const before = oneMount.count;
    const again = await client.callTool({ name: 'holdfast__reconnect', arguments: { server: 'one' } });
    expect(JSON.stringify(again.content)).toContain('one: connected');
    expect(oneMount.count).toBeGreaterThan(before);
    const unknown = await client.callTool({ name: 'holdfast__reconnect', arguments: { server: 'onne' } });
    expect(unknown).toMatchObject({ isError: true });
    expect(JSON.stringify(unknown.content)).toContain('Did you mean one');
    await client.close();
  });

  test('cancels a call, and the server is told', async () => {
    const client = await connect(era);
    const cut = new AbortController();
    const call = client.callTool({ name: 'old__slow', arguments: { ms: 60_000 } }, { signal: cut.signal });
    await vi.waitFor(() => expect(old.calls).toHaveLength(1), 5_000);
    cut.abort(new Error('enough'));
    await expect(call).rejects.toThrow(/enough/);
    const told = (): unknown[] => oldMount.hits().map(({ body }) => body);
    await vi.waitFor(() => expect(JSON.stringify(told())).toContain('notifications/cancelled'), 5_000);
    await client.close();
  });

  test('of one server alone sees its names as they are', async () => {
    const client = await connect(era, '/one');
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain('echo');
    expect(tools.map(({ name }) => name)).not.toContain('holdfast__status');
    const result = await client.callTool({ name: 'echo', arguments: { text: 'plain' } });
    expect(JSON.stringify(result.content)).toContain('plain');
    await client.close();
  });

  test('hears that a list has changed', async () => {
    const changed = vi.fn<() => void>();
    const client = await connect(era);
    client.setNotificationHandler('notifications/tools/list_changed', changed);
    await client.listTools();
    const listening = era === 'modern' ? await client.listen({ toolsListChanged: true }) : undefined;
    await fleet.disable('one');
    await vi.waitFor(() => expect(changed).toHaveBeenCalled(), 5_000);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).not.toContain('one__echo');
    await listening?.close();
    await client.close();
  });
});

async function post(body: unknown, more: Record<string, string> = {}, path = ''): Promise<Response> {
  return fetch(`${gateway.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers, ...more },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

const hello = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'c', version: '1' } },
};

describe('[gateway.front] the endpoint', () => {
  test('gives a legacy client a session, which opens nothing else and can be ended', async () => {
    const begun = await post(hello);
    expect(begun.status).toBe(200);
    const session = begun.headers.get('mcp-session-id') ?? '';
    expect(await begun.json()).toMatchObject({ id: 1, result: { protocolVersion: '2025-06-18' } });
    expect(gateway.sessions).toBe(1);
    const list = { jsonrpc: '2.0', id: 'x', method: 'tools/list' };
    expect((await post(list, { 'mcp-session-id': session })).status).toBe(200);
    expect((await post(list)).status).toBe(400);
    expect((await post(list, { 'mcp-session-id': 'guessed' })).status).toBe(404);
    expect((await post(list, { 'mcp-session-id': session }, '/one')).status).toBe(404);
    expect((await post(list, { 'mcp-session-id': session, 'mcp-protocol-version': '1999' })).status).toBe(400);
    const end = await fetch(gateway.url, { method: 'DELETE', headers: { ...headers, 'mcp-session-id': session } });
    expect(end.status).toBe(200);
    expect(gateway.sessions).toBe(0);
    expect((await post(list, { 'mcp-session-id': session })).status).toBe(404);
  });

  test.each([
    ['no token', { authorization: '' }, 401],
    ['a foreign host', { host: 'evil.example' }, 403],
    ['a foreign page', { origin: 'https://evil.example' }, 403],
    ['another content type', { 'content-type': 'text/plain' }, 415],
  ])('refuses %s, and nothing reaches a server', async (_, change, wanted) => {
    const answered = await new Promise<number>((resolve, reject) => {
      const asked = request(
        gateway.url,
        { method: 'POST', headers: { 'content-type': 'application/json', ...headers, ...change } },
        (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        },
      );
      asked.on('error', reject);
      asked.end(JSON.stringify({ ...hello, method: 'tools/call', params: { name: 'one__echo' } }));
    });
    expect(answered).toBe(wanted);
    expect(one.calls).toEqual([]);
    expect(gateway.sessions).toBe(0);
  });

  test.each([
    ['{', 400, -32_700],
    ['[]', 400, -32_600],
    ['['.repeat(50_000), 400, -32_700],
  ])('answers what is no message with an error', async (body, wanted, code) => {
    const answered = await post(body);
    expect(answered.status).toBe(wanted);
    expect(await answered.json()).toMatchObject({ jsonrpc: '2.0', error: { code } });
  });

  test('serves nothing elsewhere', async () => {
    const nobody = await post(hello, {}, '/nobody');
    expect(nobody.status).toBe(404);
    expect(await nobody.text()).toContain('no server is named \\"nobody\\": /mcp for all servers');
    expect((await post(hello, {}, '/%E0%A4%A')).status).toBe(404);
    expect((await fetch(new URL('/other', gateway.url), { headers })).status).toBe(404);
    expect((await fetch(gateway.url, { headers })).status).toBe(405);
  });

  test('is not opened to other machines without a token', async () => {
    const deps = { fleet, clock: systemClock, logger: silentLogger, version: '0' };
    await expect(listenHttp(deps, { port: 0, address: '0.0.0.0' })).rejects.toMatchObject({ code: 'ERR_USAGE' });
    await expect(listenHttp(deps, { port: gateway.port, token: () => TOKEN })).rejects.toThrow(/is taken/);
    const elsewhere = { port: 0, address: '203.0.113.7', token: () => TOKEN };
    await expect(listenHttp(deps, elsewhere)).rejects.toMatchObject({ hint: expect.stringContaining('--host') });
  });
});
