/**
 * That calls through the gateway take the short way: nothing of the SDK is entered for them, and neither results nor large
 * arguments are written anew. How quick that is, `npm run bench:gateway` says.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import type { Fleet } from '../../src/core/fleet.ts';
import { createHoldfast } from '../../src/create.ts';
import { listenHttp } from '../../src/gateway/front/http.ts';
import type { HttpGateway } from '../../src/gateway/front/http.ts';

/** No number of JavaScript, and spaces that no serialiser writes: whoever reads and writes it again is found out. */
const RESULT = '{"content": [ {"type":"text","text":"ok"} ],"structuredContent":{"n":12345678901234567890}}';
const ECHO = fileURLToPath(new URL('../../bench/gateway/echo-stdio.mjs', import.meta.url));
const TOOLS = Array.from({ length: 50 }, (_, at) => ({ name: `tool${at}`, inputSchema: { type: 'object' } }));

let upstream: Server;
let home: string;
let fleet: Fleet;
let gateway: HttpGateway;
let session: Record<string, string>;
/** The texts of the calls that arrived at the upstream over HTTP. */
let seen: string[] = [];

interface Asked {
  readonly id?: unknown;
  readonly method: string;
  readonly params?: { readonly protocolVersion?: string; readonly _meta?: object };
}

function answerTo(text: string): string | undefined {
  const { id, method, params } = JSON.parse(text) as Asked;
  if (id === undefined) return undefined;
  const result = (json: string): string => `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${json}}`;
  if (method === 'tools/call') {
    seen.push(text);
    return result(RESULT);
  }
  if (method === 'tools/list') return result(JSON.stringify({ tools: TOOLS }));
  if (method !== 'initialize')
    return `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"error":{"code":-32601,"message":"no"}}`;
  const serverInfo = { name: 'upstream', version: '1' };
  return result(JSON.stringify({ protocolVersion: params?.protocolVersion, capabilities: { tools: {} }, serverInfo }));
}

beforeAll(async () => {
  upstream = createServer((request, response) => {
    if (request.method !== 'POST') {
      response.writeHead(405).end();
      return;
    }
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = answerTo(Buffer.concat(parts).toString('utf8'));
      if (body === undefined) response.writeHead(202).end();
      else response.writeHead(200, { 'content-type': 'application/json' }).end(body);
    });
  });
  await new Promise<void>((resolve) => {
    upstream.listen(0, '127.0.0.1', resolve);
  });
  home = await mkdtemp(join(tmpdir(), 'holdfast-hot-'));
  const { port } = upstream.address() as AddressInfo;
  const servers = {
    web: { url: `http://127.0.0.1:${port}/` },
    pipe: { command: process.execPath, args: [ECHO] },
  };
  fleet = await createHoldfast({ servers, env: { PATH: process.env['PATH'], HOME: home } });
  await fleet.settled({ timeoutMs: 20_000 });
  gateway = await listenHttp({ fleet, clock: systemClock, logger: silentLogger, version: '0.0.0' }, { port: 0 });
  session = {};
  const begun = await post({
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: {} },
  });
  session = { 'mcp-session-id': begun.session, 'mcp-protocol-version': '2025-11-25' };
}, 40_000);

afterEach(() => {
  vi.restoreAllMocks();
  seen = [];
});

afterAll(async () => {
  await gateway.close();
  await fleet.close();
  upstream.close();
  await rm(home, { recursive: true, force: true });
});

async function post(message: object): Promise<{ readonly text: string; readonly session: string }> {
  const response = await fetch(gateway.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...session },
    body: JSON.stringify({ jsonrpc: '2.0', ...message }),
  });
  return { text: await response.text(), session: response.headers.get('mcp-session-id') ?? '' };
}

const call = (id: number, name: string, args: object = { text: 'hello' }) =>
  post({ id, method: 'tools/call', params: { name, arguments: args } });

describe('[gateway.hot-path] a call', () => {
  test.each([
    ['HTTP', 'web__tool3', '"n":12345678901234567890'],
    ['stdio', 'pipe__echo', '"text":"hello"'],
  ])('to a server over %s enters nothing of the SDK', async (_, name, expected) => {
    const entered = vi.spyOn(Client.prototype, 'request');
    const texts = await Promise.all(Array.from({ length: 20 }, async (__, id) => (await call(id, name)).text));
    for (const [id, text] of texts.entries()) {
      expect(text).toContain(expected);
      expect(text).toContain(`"id":${id}`);
    }
    expect(entered).not.toHaveBeenCalled();
    // The same server asked in the usual way enters it: the spy is able to see something.
    const [server = '', tool = ''] = name.split('__');
    await fleet.request(server, 'tools/call', { name: tool, arguments: { text: 'x' } });
    expect(entered).toHaveBeenCalled();
  });

  test('gives the result as it came, byte for byte', async () => {
    const { text } = await call(7, 'web__tool3');
    expect(text).toBe(`{"jsonrpc":"2.0","result":${RESULT},"id":7}`);
  });

  test('carries large arguments as they came, under an id and a progress token of our own', async () => {
    const args = { n: '12345678901234567890', text: 'ä "line"\n'.repeat(1_000) };
    // As no serialiser here would write it: the number is larger than any of ours.
    const raw = JSON.stringify(args).replace('"12345678901234567890"', '12345678901234567890');
    const body = `{"jsonrpc":"2.0","id":"mine","method":"tools/call","params":{"name":"web__tool1","arguments":${raw}}}`;
    const headers = { 'content-type': 'application/json', accept: 'application/json', ...session };
    const response = await fetch(gateway.url, { method: 'POST', headers, body });
    expect(await response.text()).toContain('"id":"mine"');
    expect(seen).toHaveLength(1);
    expect(seen[0]).toContain(`"arguments":${raw}`);
    const { id, params } = JSON.parse(seen[0] ?? '') as { id: string; params: { name: string; _meta: object } };
    expect(id).toMatch(/^hf-/);
    expect(params).toMatchObject({ name: 'tool1', _meta: { progressToken: id } });
    expect(seen[0]).not.toContain('mine');
  });
});

test('[gateway.hot-path] a list is written once, however often it is asked for', async () => {
  const ask = async (id: number): Promise<string> => (await post({ id, method: 'tools/list' })).text;
  const first = await ask(1);
  expect(first).toContain('"name":"web__tool49"');
  const written = vi.spyOn(JSON, 'stringify');
  for (let id = 2; id < 12; id += 1) expect((await ask(id)).length).toBeGreaterThanOrEqual(first.length);
  const lists = written.mock.calls.filter(([value]) => Array.isArray(value) && value.length >= TOOLS.length);
  expect(lists).toEqual([]);
});
