/**
 * Addresses that servers want a person to open, in each way in which they can want it, and what clients get to see.
 */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import type { Logger } from '../../src/base/logger.ts';
import type { Fleet } from '../../src/core/fleet.ts';
import { createHoldfast } from '../../src/create.ts';
import { listenHttp } from '../../src/gateway/front/http.ts';
import type { HttpGateway } from '../../src/gateway/front/http.ts';
import { mcpServer, onRpc, openEvents, reply, startFaultServer } from '../../src/testing/index.ts';
import type { Behaviour, EventStream, Exchange, FaultServer } from '../../src/testing/index.ts';
import { statelessCall } from '../support/gateway-client.ts';

const CAN_OPEN = { elicitation: { form: {}, url: {} } };
let faults: FaultServer;
let fleet: Fleet;
let gateway: HttpGateway;
/** The address of the next question. */
let url = '';
/** What the server was answered. */
let told: unknown;
const warned: unknown[] = [];
const logger: Logger = { ...silentLogger, warn: (...said: readonly unknown[]) => void warned.push(said) };

const page = (): object => ({ mode: 'url', url, message: 'go', elicitationId: 'e1' });
const json = (exchange: Exchange, message: object): void =>
  reply(
    exchange,
    200,
    { 'content-type': 'application/json' },
    JSON.stringify({ jsonrpc: '2.0', id: exchange.message?.id, ...message }),
  );

const asksInResult: Behaviour = (exchange) => {
  const given = exchange.message?.params?.['inputResponses'];
  const inputRequests = { page: { method: 'elicitation/create', params: page() } };
  const asks = { resultType: 'input_required', inputRequests, requestState: 's' };
  const content = [{ type: 'text', text: JSON.stringify(given) }];
  json(exchange, { result: given === undefined ? asks : { resultType: 'complete', content } });
};
const failsWithPages: Behaviour = (exchange) =>
  json(exchange, { error: { code: -32_042, message: 'open it', data: { elicitations: [page()] } } });

/** Asks on the stream of the call. */
function asksOnStream(): Behaviour {
  const mcp = mcpServer({ era: 'legacy' });
  let open: { readonly id: unknown; readonly stream: EventStream } | undefined;
  return (exchange) => {
    const { id, method, result, error } = exchange.message ?? {};
    if (method === 'tools/call') {
      open = { id, stream: openEvents(exchange) };
      open.stream.send(JSON.stringify({ jsonrpc: '2.0', id: 'q', method: 'elicitation/create', params: page() }));
    } else if (method === undefined && id === 'q') {
      reply(exchange, 202);
      told = error ?? result;
      const content = [{ type: 'text', text: 'the call went on' }];
      open?.stream.send(JSON.stringify({ jsonrpc: '2.0', id: open.id, result: { content } }));
      open?.stream.end();
    } else return mcp.behaviour(exchange);
    return undefined;
  };
}

beforeAll(async () => {
  faults = await startFaultServer();
  const at = (path: string, behaviour: Behaviour): { readonly type: 'http'; readonly url: string } => ({
    type: 'http',
    url: faults.mount(path, behaviour).url,
  });
  fleet = await createHoldfast({
    servers: {
      result: at('/result', onRpc('tools/call', asksInResult, mcpServer({ era: 'modern' }))),
      error: at('/error', onRpc('tools/call', failsWithPages, mcpServer({ era: 'legacy' }))),
      stream: at('/stream', asksOnStream()),
    },
    relays: true,
  });
  await fleet.settled({ timeoutMs: 10_000 });
  gateway = await listenHttp({ fleet, clock: systemClock, logger, version: '0' }, { port: 0 });
});
afterAll(async () => {
  await gateway.close();
  await fleet.close();
  await faults.close();
});

/** Everything that a client without a session is sent. */
async function stateless(server: string, capabilities: object): Promise<string> {
  return JSON.stringify(
    await statelessCall(gateway.url, { name: `${server}__echo`, args: '{"text":"x"}', capabilities }),
  );
}

/** Everything that a client with a session is sent. */
async function session(server: string, capabilities: object): Promise<string> {
  const client = new Client({ name: 'c', version: '1' }, { capabilities, versionNegotiation: { mode: 'legacy' } });
  const heard: unknown[] = [];
  if ('elicitation' in capabilities)
    client.setRequestHandler('elicitation/create', ({ params }) => {
      heard.push(params);
      return { action: 'accept' };
    });
  await client.connect(new StreamableHTTPClientTransport(new URL(gateway.url)));
  try {
    heard.push(await client.callTool({ name: `${server}__echo`, arguments: { text: 'x' } }));
  } catch (error) {
    heard.push(String(error), error);
  }
  await client.close();
  return JSON.stringify(heard);
}

const CLIENTS = { stateless, session };

describe.each(['result', 'error', 'stream'])('[gateway.opens] a server that asks to open an address: %s', (server) => {
  describe.each(['stateless', 'session'] as const)('of a client of the kind %s', (kind) => {
    test('is passed on where it is a page', async () => {
      url = 'https://pages.example/go';
      expect(await CLIENTS[kind](server, CAN_OPEN)).toContain(url);
    });

    test.each([
      'javascript:alert("pages.example")',
      'file:///pages.example',
      'data:text/html,pages.example',
      'https://user:pass@pages.example/',
    ])('is refused, and the log says so: %s', async (bad) => {
      url = bad;
      told = undefined;
      warned.length = 0;
      const seen = await CLIENTS[kind](server, CAN_OPEN);
      expect(seen).not.toContain('pages.example');
      expect(seen).toContain(server === 'stream' ? 'the call went on' : 'asks to open what is no page');
      if (server === 'stream') expect(told).toMatchObject({ code: -32_602 });
      expect(JSON.stringify(warned)).toContain('must be http or https');
    });
  });
});

test('[gateway.opens] a client that opens no addresses is not told of one that is no page', async () => {
  url = 'javascript:alert("pages.example")';
  expect(await session('error', {})).not.toContain('pages.example');
  url = 'https://pages.example/go';
  expect(await session('error', {})).toContain(url);
});
