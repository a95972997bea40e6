/**
 * Clients that do not read: how much they cost, and what becomes of them.
 */
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import type { FleetForward, ForwardingFleet } from '../../src/core/fleet.ts';
import type { Forwarded } from '../../src/core/forward.ts';
import { listenHttp } from '../../src/gateway/front/http.ts';
import type { HttpGateway } from '../../src/gateway/front/http.ts';
import { PlainClient } from '../support/gateway-client.ts';
import { headOf, rawSocket } from '../support/raw-http.ts';
import { recordingFleet, snapshotOf } from '../support/recording-fleet.ts';

const MB = 1_048_576;
const STALLED_MS = 3_000;
const NEWS = 'x'.repeat(4_000);
const LARGE = Buffer.from(JSON.stringify({ content: [{ type: 'text', text: 'y'.repeat(8 * MB) }] }));
const SMALL = Buffer.from('{"content":[]}');

let gateway: HttpGateway;
let calls: number;
let told: number;
const sockets: Socket[] = [];

/** `flood` says 100,000 things before it answers, `large` answers 8 MB. */
async function forward(_name: string, { params, onNotification, signal }: FleetForward): Promise<Forwarded> {
  calls += 1;
  const result = params?.['name'] === 'large' ? LARGE : SMALL;
  if (params?.['name'] === 'flood')
    for (let count = 0; count < 100_000; count += 1) {
      if (signal?.aborted === true) break;
      onNotification?.('notifications/message', { level: 'info', data: NEWS });
      told += 1;
      if (count % 200 === 0) await turn();
    }
  return { result, asksForInput: false };
}

beforeEach(async () => {
  [calls, told] = [0, 0];
  const tools = ['flood', 'large', 'small'].map((name) => ({ name, inputSchema: { type: 'object' as const } }));
  const { fleet } = recordingFleet({
    snapshots: async () => [snapshotOf('s', { tools: tools.length })],
    lists: async () => ({ tools, prompts: [], resources: [], resourceTemplates: [] }),
    async *events() {
      // Nothing happens.
    },
  });
  const forwarding: ForwardingFleet = new Proxy(fleet, {
    get: (target, name) => (name === 'forward' ? forward : Reflect.get(target, name)),
  });
  gateway = await listenHttp(
    { fleet: forwarding, clock: systemClock, logger: silentLogger, version: '0' },
    { port: 0, limits: { stalledMs: STALLED_MS } },
  );
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await gateway.close();
});

/** A connection on which nothing is ever read. */
async function deaf(): Promise<Socket> {
  const socket = await rawSocket(gateway.port);
  socket.pause();
  sockets.push(socket);
  return socket;
}

function callOf(tool: string): string {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'deaf', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
    'io.modelcontextprotocol/logLevel': 'debug',
  };
  const params = { name: tool, arguments: {}, _meta: meta };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
  return (
    headOf('POST', '/mcp', {
      host: `127.0.0.1:${gateway.port}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': tool,
      'content-length': String(body.length),
    }) + body
  );
}

/** Most memory of this process while something is done, over what it was before. */
async function growth(work: () => Promise<void>): Promise<number> {
  const before = process.memoryUsage().rss;
  let most = before;
  const watching = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 20);
  await work();
  clearInterval(watching);
  return (most - before) / MB;
}

/** Whether the gateway has closed the connection; looked at by writing, because nothing is read. */
async function isCutOff(socket: Socket): Promise<boolean> {
  socket.write('\n');
  await pause(30);
  return socket.destroyed;
}

describe('[gateway.slow] a client that does not read', () => {
  test('is told 160 MB of news in less than 80, and the others are served meanwhile', async () => {
    const friend = new PlainClient(gateway.url);
    await friend.call('s__small');
    const grown = await growth(async () => {
      for (const socket of await Promise.all([deaf(), deaf()])) socket.write(callOf('s__flood'));
      await expect.poll(() => told, { timeout: 20_000 }).toBeGreaterThan(40_000);
      expect(await friend.call('s__small')).toMatchObject({ ok: true });
    });
    expect(told).toBeGreaterThan(40_000);
    expect(grown).toBeLessThan(80);
  });

  test('and asks again and again for large answers is not heard until it has read', async () => {
    const grown = await growth(async () => {
      const socket = await deaf();
      for (let count = 0; count < 100; count += 1) socket.write(callOf('s__large'));
      await pause(700);
    });
    // 100 answers would have been 800 MB.
    expect(calls).toBeLessThan(10);
    expect(grown).toBeLessThan(250);
  });

  test('is cut off, and one that reads slowly is not', async () => {
    const [still, slow] = await Promise.all([deaf(), rawSocket(gateway.port)]);
    sockets.push(slow);
    let read = 0;
    slow.on('data', (part: Buffer) => {
      read += part.length;
      slow.pause();
      setTimeout(() => slow.resume(), 5);
    });
    for (const socket of [still, slow]) socket.write(callOf('s__large'));
    await expect.poll(() => isCutOff(still), { timeout: 20_000 }).toBe(true);
    await expect.poll(() => read, { timeout: 20_000 }).toBeGreaterThan(8 * MB);
  }, 40_000);
});
