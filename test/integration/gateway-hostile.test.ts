/**
 * Servers and clients that keep to no rule, with the gateway between them: what each of them gets of the other.
 */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { ClientCapabilities } from '@modelcontextprotocol/client';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import type { Fleet } from '../../src/core/fleet.ts';
import { createHoldfast } from '../../src/create.ts';
import { listenHttp } from '../../src/gateway/front/http.ts';
import type { HttpGateway } from '../../src/gateway/front/http.ts';
import { headerOf, mcpServer, onRpc, openEvents, reply, startFaultServer } from '../../src/testing/index.ts';
import type { Behaviour, EventStream, Exchange, FaultServer, Mount, RequestRecord } from '../../src/testing/index.ts';
import { statelessCall } from '../support/gateway-client.ts';
import { serverFile } from '../support/stdio.ts';

const LARGE = 'x'.repeat(6_000);
const TOOLS = [
  { name: 'hostile', inputSchema: { type: 'object' } },
  { name: 'mirrors', inputSchema: { type: 'object', properties: { who: { type: 'string', 'x-mcp-header': 'Who' } } } },
];

let faults: FaultServer;
let behaviour: Behaviour;
let mount: Mount;
let counting: Counting;
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
  behaviour = onRpc('tools/list', lists, onRpc('tools/call', calls, mcpServer({ era: 'modern' })));
  mount = faults.mount('/one', behaviour);
  counting = new Counting();
  fleet = await createHoldfast({
    servers: {
      deep: { command: process.execPath, args: [serverFile('deep')] },
      one: { type: 'http', url: mount.url },
      counts: { type: 'http', url: faults.mount('/counts', counting).url },
    },
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
function call({ tool: name = 'one__hostile', ...about }: Call): ReturnType<typeof statelessCall> {
  return statelessCall(gateway.url, { name, ...about });
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
const FORM = {
  method: 'elicitation/create',
  params: { message: 'who?', requestedSchema: { type: 'object', properties: { of: { type: 'string' } } } },
};
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

/** A server with sessions, in each of which it counts its questions from 0. */
class Counting {
  readonly #streams = new Map<string, { readonly id: unknown; readonly stream: EventStream }>();
  readonly #mcp = mcpServer({ era: 'legacy' });

  readonly behaviour: Behaviour = (exchange) => {
    const { id, method, params, result: said, error } = exchange.message ?? {};
    const session = headerOf(exchange, 'mcp-session-id') ?? '';
    if (method === 'tools/call') {
      const stream = openEvents(exchange);
      this.#streams.set(session, { id, stream });
      const { asks, page } = (params?.['arguments'] ?? {}) as { readonly asks?: string; readonly page?: boolean };
      const about = page === true ? { ...PAGE.params, elicitationId: `page of ${session}` } : FORM.params;
      stream.send(JSON.stringify({ jsonrpc: '2.0', id: 0, method: asks, params: { ...about, message: session } }));
    } else if (method === undefined && id === 0) {
      reply(exchange, 202);
      this.end(session, JSON.stringify(said ?? error));
    } else return this.#mcp.behaviour(exchange);
    return undefined;
  };

  get waiting(): readonly string[] {
    return [...this.#streams.keys()];
  }

  takeBack(session: string): void {
    const params = { requestId: 0, reason: 'too late' };
    this.#streams
      .get(session)
      ?.stream.send(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params }));
    this.end(session, 'taken back');
  }

  end(session: string, text: string): void {
    const { id, stream } = this.#streams.get(session) ?? {};
    this.#streams.delete(session);
    const opened = { method: 'notifications/elicitation/complete', params: { elicitationId: `page of ${session}` } };
    stream?.send(JSON.stringify({ jsonrpc: '2.0', ...opened }));
    stream?.send(JSON.stringify({ jsonrpc: '2.0', id, result: { content: [{ type: 'text', text }] } }));
    stream?.end();
  }
}

/** A client with a session; it hears everything. */
async function connected(capabilities: ClientCapabilities): Promise<Client> {
  const made = new Client({ name: 'c', version: '1' }, { capabilities, versionNegotiation: { mode: 'legacy' } });
  await made.connect(new StreamableHTTPClientTransport(new URL(gateway.url)));
  return made;
}

describe('[gateway.messages] what a server nests very deep', () => {
  test.each(['progress', 'log', 'question', 'news'])('breaks nothing where it is a process: %s', async (says) => {
    const client = await connected({ elicitation: {} });
    await client.setLoggingLevel('debug');
    const call = { name: 'deep__echo', arguments: { says } };
    const { content } = await client.callTool(call, { onprogress: () => {} });
    expect(content).toEqual([{ type: 'text', text: says }]);
    await client.close();
  });

  test('is no answer where it is a process, and is not waited for', async () => {
    const client = await connected({});
    const { isError, content } = await client.callTool({ name: 'deep__echo', arguments: { says: 'error' } });
    expect(isError).toBe(true);
    expect(JSON.stringify(content)).toContain('nested deeper than 1000 levels');
    await client.close();
  });

  test.each(['no result', 'no error', 'a text'])('or leaves out is no answer: %s', async (says) => {
    const client = await connected({});
    const { isError, content } = await client.callTool({ name: 'deep__echo', arguments: { says } });
    expect(isError).toBe(true);
    expect(JSON.stringify(content)).toContain('neither a result nor an error');
    await client.close();
  });

  test.each([200, 400])('is no answer: an error under HTTP %i', async (status) => {
    const nested = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    mount.set(
      onRpc(
        'tools/call',
        (exchange) =>
          reply(
            exchange,
            status,
            { 'content-type': 'application/json' },
            `{"jsonrpc":"2.0","id":${JSON.stringify(exchange.message?.id)},"error":{"code":1,"message":"m","data":${nested}}}`,
          ),
        behaviour,
      ),
    );
    const { result: told } = await call({});
    mount.set(behaviour);
    expect(told).toMatchObject({ isError: true });
    expect(JSON.stringify(told)).not.toContain('stack');
  });
});

describe('[gateway.ids] a server that counts its questions anew in each session', () => {
  const clients: Client[] = [];
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
  });

  async function client(
    capabilities: ClientCapabilities,
    answering: (session: string) => Promise<void>,
  ): Promise<Client> {
    const made = new Client({ name: 'c', version: '1' }, { capabilities, versionNegotiation: { mode: 'legacy' } });
    made.setRequestHandler('elicitation/create', async ({ params }) => {
      await answering(params.message);
      return { action: 'accept', content: { of: params.message } };
    });
    await made.connect(new StreamableHTTPClientTransport(new URL(gateway.url)));
    clients.push(made);
    return made;
  }
  const ask = async (from: Client, asks: string, page = false): Promise<string> =>
    JSON.stringify((await from.callTool({ name: 'counts__echo', arguments: { text: '', asks, page } })).content);

  test('says to the one who was asked that an address was opened, and to no other', async () => {
    const can = { elicitation: { url: {} } };
    const hearing = async (): Promise<{ readonly made: Client; readonly heard: unknown[] }> => {
      const made = await client(can, async () => {});
      const heard: unknown[] = [];
      made.setNotificationHandler('notifications/elicitation/complete', ({ params }) => void heard.push(params));
      // Its stream stands when it hears what belongs to no request.
      await made.setLoggingLevel('debug');
      return { made, heard };
    };
    const [one, other] = [await hearing(), await hearing()];
    for (const [at, { made }] of [one, other].entries()) {
      await ask(made, 'elicitation/create', true);
      await vi.waitFor(() => expect([one.heard.length, other.heard.length]).toEqual([1, at]));
    }
  });

  test('takes one back, and the other is answered', async () => {
    let answerNow = (): void => {};
    const answering = new Promise<void>((resolve) => (answerNow = resolve));
    const asked: string[] = [];
    const wait = async (session: string): Promise<void> => {
      asked.push(session);
      await answering;
    };
    const one = ask(await client({ elicitation: {} }, wait), 'elicitation/create');
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    const other = ask(await client({ elicitation: {}, sampling: {} }, wait), 'elicitation/create');
    await vi.waitFor(() => expect(asked).toHaveLength(2));
    counting.takeBack(asked[0] ?? '');
    expect(await one).toContain('taken back');
    answerNow();
    expect(await other).toContain(`of\\":\\"${asked[1]}`);
  });

  test('hears in that session that nobody can be asked', async () => {
    const told = await ask(await client({ elicitation: {} }, async () => {}), 'sampling/createMessage');
    expect(told).toContain('nobody can be asked that now');
    expect(counting.waiting).toEqual([]);
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
