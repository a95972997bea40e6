/**
 * Fifty clients that use the same ids, at the same time, against a server over HTTP and one over stdio: no answer, no
 * progress and no question reaches another client than the one it belongs to.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { createHoldfast } from '../../src/create.ts';
import type { Fleet } from '../../src/core/fleet.ts';
import { Endpoints } from '../../src/gateway/front/endpoints.ts';
import { listenHttp } from '../../src/gateway/front/http.ts';
import type { HttpGateway } from '../../src/gateway/front/http.ts';
import { LineConversation } from '../../src/gateway/front/lines.ts';
import { mcpServer, startFaultServer } from '../../src/testing/index.ts';
import type { FaultServer } from '../../src/testing/index.ts';
import { lastMessage } from '../support/gateway-client.ts';
import { serverFile } from '../support/stdio.ts';
import { startFixture } from '../conformance/fixture-server.mjs';
import type { Fixture } from '../conformance/fixture-server.mjs';

const CLIENTS = 50;
const CALLS = 12;
let faults: FaultServer;
let fixture: Fixture;
let fleet: Fleet;
let gateway: HttpGateway;
let home: string;

beforeAll(async () => {
  faults = await startFaultServer();
  fixture = await startFixture({ era: 'legacy' });
  home = await mkdtemp(join(tmpdir(), 'holdfast-clients-'));
  fleet = await createHoldfast({
    servers: {
      http: { url: faults.mount('/http', mcpServer({ era: 'legacy' }).behaviour).url },
      modern: { url: faults.mount('/modern', mcpServer({ era: 'modern' }).behaviour).url },
      stdio: { command: process.execPath, args: [serverFile('plain')] },
      asks: { type: 'http', url: fixture.url },
    },
    env: { PATH: process.env['PATH'], HOME: home, HOLDFAST_KEYRING: 'off' },
    relays: true,
  });
  await fleet.settled({ timeoutMs: 20_000 });
  gateway = await listenHttp({ fleet, clock: systemClock, logger: silentLogger, version: '0' }, { port: 0 });
}, 60_000);
afterAll(async () => {
  await gateway.close();
  await fleet.close();
  await Promise.all([faults.close(), fixture.close()]);
  await rm(home, { recursive: true, force: true });
});

const HEADERS = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
const SERVERS = ['http', 'modern', 'stdio'];

interface Outcome {
  readonly id: unknown;
  readonly text: string;
}

/** A client with a session. Every one of them uses the ids 1, 2, 3 … */
async function session(capabilities: object = {}): Promise<(message: object) => Promise<Response>> {
  const params = { protocolVersion: '2025-11-25', capabilities, clientInfo: { name: 'c', version: '1' } };
  const hello = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params });
  const begun = await fetch(gateway.url, { method: 'POST', headers: HEADERS, body: hello });
  await begun.text();
  const headers = { ...HEADERS, 'mcp-session-id': begun.headers.get('mcp-session-id') ?? '' };
  return (message) => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    return fetch(gateway.url, { method: 'POST', headers, body });
  };
}

const callOf = (server: string, id: number, text: string): object => ({
  id,
  method: 'tools/call',
  params: { name: `${server}__echo`, arguments: { text } },
});

async function overHttp(who: number): Promise<Outcome[]> {
  const send = await session();
  return Promise.all(
    Array.from({ length: CALLS }, async (_, at) => {
      const answer = lastMessage(
        await (await send(callOf(SERVERS[at % 3] ?? '', at + 2, `${who}/${at}`))).text(),
      ) as Outcome & {
        result: { content: { text: string }[] };
      };
      return { id: answer.id, text: answer.result.content[0]?.text ?? '' };
    }),
  );
}

async function overLines(who: number): Promise<Outcome[]> {
  const endpoints = new Endpoints({ fleet, clock: systemClock, logger: silentLogger, version: '0' });
  const outcomes: Outcome[] = [];
  const lines = new LineConversation(endpoints.all(), (line) => {
    const said = JSON.parse(line) as { id?: unknown; result?: { content?: { text: string }[] } };
    const text = said.result?.content?.[0]?.text;
    if (text !== undefined) outcomes.push({ id: said.id, text });
  });
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'c', version: '1' } };
  await lines.receive(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params }));
  const calls = Array.from({ length: CALLS }, (_, at) => callOf(SERVERS[at % 3] ?? '', at + 2, `${who}/${at}`));
  await Promise.all(calls.map((call) => lines.receive(JSON.stringify({ jsonrpc: '2.0', ...call }))));
  lines.close();
  endpoints.close();
  return outcomes.toSorted((one, other) => Number(one.id) - Number(other.id));
}

test('[gateway.ids] no answer reaches another client', async () => {
  const all = await Promise.all(
    Array.from({ length: CLIENTS }, (_, who) => (who % 5 === 0 ? overLines(who) : overHttp(who))),
  );
  for (const [who, outcomes] of all.entries())
    expect(outcomes).toEqual(Array.from({ length: CALLS }, (_, at) => ({ id: at + 2, text: `${who}/${at}` })));
}, 60_000);

interface Question {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: { readonly messages: readonly { readonly content: { readonly text: string } }[] };
}

/** Calls a tool that asks, and answers what is asked on the stream of that call; what was asked, and the result. */
async function ask(who: number): Promise<{ readonly asked: readonly string[]; readonly text: string }> {
  const send = await session({ sampling: {} });
  const params = { name: 'asks__test_sampling', arguments: { prompt: `of ${who}` } };
  const { body } = await send({ id: 2, method: 'tools/call', params });
  const asked: string[] = [];
  let text = '';
  let done = 0;
  for await (const chunk of (body ?? new ReadableStream<Uint8Array>()).pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf('\n\n', done); end !== -1; end = text.indexOf('\n\n', done)) {
      const data = /^data: (.*)$/m.exec(text.slice(done, end))?.[1];
      done = end + 2;
      const said = data === undefined ? {} : (JSON.parse(data) as Question);
      if (said.method !== 'sampling/createMessage') continue;
      asked.push(said.params?.messages[0]?.content.text ?? '');
      const content = { type: 'text', text: `answer of ${who}` };
      await send({ id: said.id, result: { role: 'assistant', model: 'm', content } });
    }
  }
  return { asked, text };
}

test('[gateway.ids] no question of a server reaches another client, and no answer another call', async () => {
  const all = await Promise.all(Array.from({ length: 25 }, (_, who) => ask(who)));
  for (const [who, { asked, text }] of all.entries()) {
    expect(asked).toEqual([`of ${who}`]);
    expect(text).toContain(`LLM response: answer of ${who}"`);
  }
}, 60_000);
