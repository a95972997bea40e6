/**
 * Servers and clients that keep to no rule, with the gateway between them: what each of them gets of the other.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import type { Fleet } from '../../src/core/fleet.ts';
import { createHoldfast } from '../../src/create.ts';
import { listenHttp } from '../../src/gateway/front/http.ts';
import type { HttpGateway } from '../../src/gateway/front/http.ts';
import { mcpServer, onRpc, reply, startFaultServer } from '../../src/testing/index.ts';
import type { Behaviour, Exchange, FaultServer, Mount, RequestRecord } from '../../src/testing/index.ts';
import { lastMessage } from '../support/gateway-client.ts';

const META = 'io.modelcontextprotocol/';
const LARGE = 'x'.repeat(6_000);
const TOOLS = [
  { name: 'hostile', inputSchema: { type: 'object' } },
  { name: 'mirrors', inputSchema: { type: 'object', properties: { who: { type: 'string', 'x-mcp-header': 'Who' } } } },
];

let faults: FaultServer;
let mount: Mount;
let fleet: Fleet;
let gateway: HttpGateway;
/** The result that the server gives, as it writes it. */
let result = '';

const answer = (exchange: Exchange, text: string): void =>
  reply(
    exchange,
    200,
    { 'content-type': 'application/json' },
    `{"jsonrpc":"2.0","id":${JSON.stringify(exchange.message?.id)},"result":${text}}`,
  );
const lists: Behaviour = (exchange) =>
  answer(exchange, JSON.stringify({ resultType: 'complete', tools: TOOLS, ttlMs: 0, cacheScope: 'private' }));
const calls: Behaviour = (exchange) => answer(exchange, result);

beforeAll(async () => {
  faults = await startFaultServer();
  mount = faults.mount('/one', onRpc('tools/list', lists, onRpc('tools/call', calls, mcpServer({ era: 'modern' }))));
  fleet = await createHoldfast({
    servers: { one: { type: 'http', url: mount.url } },
    env: { PATH: process.env['PATH'] },
    relays: true,
  });
  await fleet.settled({ timeoutMs: 10_000 });
  gateway = await listenHttp({ fleet, clock: systemClock, logger: silentLogger, version: '0' }, { port: 0 });
});
afterAll(async () => {
  await gateway.close();
  await fleet.close();
  await faults.close();
});

interface Call {
  readonly tool?: string;
  readonly capabilities?: object;
  readonly headers?: Readonly<Record<string, string>>;
  /** The arguments as they are written. */
  readonly args?: string | Buffer;
}

/** A call of a stateless client; what it is told. */
async function call({ tool = 'one__hostile', capabilities = {}, headers = {}, args = '{}' }: Call) {
  const meta = { [`${META}protocolVersion`]: '2026-07-28', [`${META}clientCapabilities`]: capabilities };
  const head = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"${tool}","_meta":${JSON.stringify(meta)},"arguments":`;
  const response = await fetch(gateway.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': tool,
      ...headers,
    },
    body: Buffer.concat([Buffer.from(head), Buffer.from(args), Buffer.from('}}')]),
  });
  return lastMessage(await response.text());
}

/** What the server saw of the last call. */
const seen = (): RequestRecord | undefined => mount.hits().findLast((hit) => hit.rpcMethod === 'tools/call');

const asking = (...questions: readonly object[]): string =>
  JSON.stringify({
    resultType: 'input_required',
    inputRequests: Object.fromEntries(questions.entries()),
    requestState: 'theirs',
  });
const SAMPLE = { method: 'sampling/createMessage', params: { messages: [], maxTokens: 1 } };
const FORM = { method: 'elicitation/create', params: { message: 'who?', requestedSchema: { type: 'object' } } };
const PAGE = { method: 'elicitation/create', params: { mode: 'url', url: 'https://example.com', message: 'go' } };
const TOOL = { method: 'tools/call', params: { name: 'holdfast__reconnect' } };

describe('[gateway.relay] a stateless server', () => {
  test.each<readonly [string, object, readonly object[]]>([
    ['a sample', { elicitation: {} }, [SAMPLE]],
    ['a sample beside a form', { elicitation: {} }, [FORM, SAMPLE]],
    ['an address', { elicitation: { form: {} } }, [PAGE]],
    ['an address', { elicitation: {} }, [PAGE]],
    ['anything', {}, [FORM]],
    ['what no client is asked', { elicitation: {}, sampling: {}, roots: {} }, [TOOL]],
    ['what every object has', { elicitation: {} }, [{ method: 'constructor' }]],
  ])('does not ask for %s where the client has declared %j', async (_, capabilities, questions) => {
    result = asking(...questions);
    const { error, result: told } = await call({ capabilities });
    expect(told).toBeUndefined();
    expect(error?.['message']).toContain('asks for what this client cannot do');
  });

  test('asks for what was declared', async () => {
    result = asking(FORM, PAGE, SAMPLE);
    const { result: told } = await call({ capabilities: { elicitation: { form: {}, url: {} }, sampling: {} } });
    expect(told).toMatchObject({ resultType: 'input_required', inputRequests: { 0: FORM, 1: PAGE, 2: SAMPLE } });
    expect(JSON.stringify(told)).not.toContain('theirs');
  });

  test.each([
    String.raw`{"content":[],"result\u0054ype":"input_required","inputRequests":{"a":${JSON.stringify(PAGE)}}}`,
    `{"resultType":"complete","resultType":"input_required","inputRequests":{"a":${JSON.stringify(PAGE)}}}`,
  ])('asks nothing past the gateway: %s', async (text) => {
    result = text;
    expect(JSON.stringify(await call({}))).not.toContain('example.com');
  });
});

describe('[gateway.hot-path] the arguments of a large call', () => {
  test('are those that the headers tell of, where one name stands twice', async () => {
    result = '{"resultType":"complete","content":[]}';
    const args = `{"who":"first","pad":"${LARGE}","who":"last"}`;
    await call({ tool: 'one__mirrors', headers: { 'mcp-param-who': 'last' }, args });
    expect(seen()?.headers['mcp-param-who']).toBe('last');
    expect(seen()?.body).toContain('"who":"last"');
    expect(seen()?.body).not.toContain('first');
  });
});
