import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CallOutcome, Progress } from '../../src/core/ports.ts';
import {
  firstThen,
  hang,
  headerOf,
  legacySseServer,
  mcpServer,
  onHttp,
  onRpc,
  openEvents,
  reply,
  replyJson,
  reset,
  startFaultServer,
  status,
  tooMany,
  unauthorized,
} from '../../src/testing/index.ts';
import type { Behaviour, BehaviourSource, FaultServer } from '../../src/testing/index.ts';
import { createRemote, secrets } from '../support/remote.ts';
import type { Remote } from '../support/remote.ts';

let server: FaultServer;
let remote: Remote;
let mounts = 0;

beforeAll(async () => {
  server = await startFaultServer();
  remote = createRemote();
});
afterAll(async () => {
  await remote.close();
  await server.close();
});

function mount(behaviour: BehaviourSource) {
  mounts += 1;
  return server.mount(`/session-${mounts}`, behaviour);
}

const ERAS = ['legacy', 'modern'] as const;
const echo = { name: 'echo', arguments: { text: 'hello' } };
const answered = { ok: true, result: { content: [{ type: 'text', text: 'hello' }] } };
const signal = (): AbortSignal => new AbortController().signal;

async function eventually(what: () => boolean): Promise<void> {
  for (let turns = 0; !what(); turns += 1) {
    if (turns > 500) throw new Error('it did not happen within 5 s');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('a lost session', () => {
  test.each([
    ['[transport.session-404]', 404 as const],
    ['[transport.session-400]', 400 as const],
  ])('%s is renewed once for ten calls at the same time, and each is sent once more', async (_, code) => {
    const mcp = mcpServer({ era: 'legacy', lostSessionStatus: code });
    const place = mount(mcp);
    const { session, events, until } = await remote.open(place.url);
    mcp.loseSessions();
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => session.request('tools/call', echo)));
    expect(outcomes).toEqual(Array.from({ length: 10 }, () => expect.objectContaining(answered) as unknown));
    expect(place.initializes).toBe(2);
    expect(mcp.calls).toHaveLength(10);
    expect(mcp.sessions).toBe(1);
    await until((event) => event.kind === 'renewed');
    expect(events.some((event) => event.kind === 'lost')).toBe(false);
  });

  test('hears again from which level on log messages are wanted', async () => {
    const mcp = mcpServer({ era: 'legacy' });
    const place = mount(mcp);
    const { session } = await remote.open(place.url);
    await session.request('logging/setLevel', { level: 'info' });
    mcp.loseSessions();
    expect(await session.request('tools/call', echo)).toMatchObject(answered);
    const levels = place.hits().filter(({ rpcMethod }) => rpcMethod === 'logging/setLevel');
    expect(levels).toHaveLength(2);
    expect(levels[1]?.headers['mcp-session-id']).not.toBe(levels[0]?.headers['mcp-session-id']);
  });

  test('lists are read again after a renewal: another server may answer now', async () => {
    const mcp = mcpServer({ era: 'legacy' });
    const { session, until } = await remote.open(mount(mcp).url);
    mcp.addTool('new-one');
    mcp.loseSessions();
    expect(await session.contact(signal())).toBeUndefined();
    await until((event) => event.kind === 'lists' && event.list === 'tools' && event.count === 6);
    expect(session.lists.tools).toHaveLength(6);
  });

  test('a renewal that is refused is the answer of the call, which was surely not acted on', async () => {
    const mcp = mcpServer({ era: 'legacy' });
    const place = mount(mcp);
    const { session } = await remote.open(place.url);
    mcp.loseSessions();
    place.set(onRpc('initialize', status(503), mcp));
    expect(await session.request('tools/call', echo)).toMatchObject({
      ok: false,
      fault: { kind: 'http', sent: 'rejected', answer: { status: 503 } },
    });
    place.set(mcp);
    expect(await session.request('tools/call', echo)).toMatchObject(answered);
  });

  test('a 400 that a fresh session does not mend is believed to be about the call from then on', async () => {
    const mcp = mcpServer({ era: 'legacy' });
    const place = mount(onRpc('tools/call', status(400, { body: 'no' }), mcp));
    const { session } = await remote.open(place.url);
    for (let calls = 0; calls < 3; calls += 1)
      expect(await session.request('tools/call', echo)).toMatchObject({
        ok: false,
        fault: { answer: { status: 400 } },
      });
    expect(place.initializes).toBe(2);
  });

  test('a JSON-RPC error about the request itself is no lost session', async () => {
    const mcp = mcpServer({ era: 'legacy' });
    const refuse: Behaviour = (exchange) =>
      replyJson(exchange, 400, {
        jsonrpc: '2.0',
        id: exchange.message?.id ?? null,
        error: { code: -32_602, message: 'bad arguments', data: { field: 'text' } },
      });
    const place = mount(onRpc('tools/call', refuse, mcp));
    const { session } = await remote.open(place.url);
    expect(await session.request('tools/call', echo)).toMatchObject({
      ok: false,
      fault: { kind: 'http', rpc: { code: -32_602, data: { field: 'text' } } },
    });
    expect(place.initializes).toBe(1);
  });

  test('a server that gives no session ids is never asked for a new one', async () => {
    const mcp = mcpServer({ era: 'legacy', sessionIds: false });
    const place = mount(onRpc('tools/call', status(404), mcp));
    const { session } = await remote.open(place.url);
    expect(await session.request('tools/call', echo)).toMatchObject({
      ok: false,
      fault: { kind: 'http', answer: { status: 404 } },
    });
    expect(place.initializes).toBe(1);
  });
});

describe('the stream of the server', () => {
  test.each([405, 404, 400, 501])('[transport.get-optional] %i on GET is no fault', async (code) => {
    const place = mount(onHttp('GET', status(code), mcpServer({ era: 'legacy' })));
    const { session, events } = await remote.open(place.url);
    await eventually(() => place.hits().some((hit) => hit.method === 'GET'));
    expect(await session.request('tools/call', echo)).toMatchObject(answered);
    expect(events).toEqual([]);
    expect(place.initializes).toBe(1);
  });

  test('[call.stream-alone] a cut stream is opened again alone, and what is announced then is heard', async () => {
    const mcp = mcpServer({ era: 'legacy' });
    const place = mount(mcp);
    const { session, events, until } = await remote.open(place.url);
    await eventually(() => mcp.streams === 1);
    mcp.cutStreams();
    await eventually(() => mcp.streams === 0);
    await eventually(() => mcp.streams === 1);
    mcp.addTool('late');
    mcp.announce('tools');
    await until((event) => event.kind === 'lists' && event.count === 6);
    expect(session.lists.tools).toHaveLength(6);
    expect(events.some((event) => event.kind === 'lost')).toBe(false);
    expect(place.initializes).toBe(1);
  });

  test('a session that the server forgot is found out by the stream alone', async () => {
    const mcp = mcpServer({ era: 'legacy' });
    const place = mount(mcp);
    const { until } = await remote.open(place.url);
    await eventually(() => mcp.streams === 1);
    mcp.loseSessions();
    mcp.cutStreams();
    await until((event) => event.kind === 'renewed');
    expect(place.initializes).toBe(2);
  });

  test.each(ERAS)('[transport.list-changed] the %s era: changes are heard', async (era) => {
    const mcp = mcpServer({ era });
    const { session, until } = await remote.open(mount(mcp).url);
    await eventually(() => mcp.streams === 1);
    mcp.addTool('one');
    mcp.addTool('two');
    mcp.announce('tools');
    mcp.announce('tools');
    await until((event) => event.kind === 'lists' && event.list === 'tools' && event.count === 7);
    expect(session.lists.tools).toHaveLength(7);
  });

  test('[transport.list-changed] a modern subscription that ends is opened again', async () => {
    const mcp = mcpServer({ era: 'modern' });
    const { until } = await remote.open(mount(mcp).url);
    await eventually(() => mcp.streams === 1);
    mcp.cutStreams();
    await eventually(() => mcp.streams === 0);
    await eventually(() => mcp.streams === 1);
    mcp.addTool('late');
    mcp.announce('tools');
    expect(await until((event) => event.kind === 'lists')).toMatchObject({ list: 'tools', count: 6 });
  });

  test('[transport.list-changed] an announcement counts even if the server never declared the list', async () => {
    const mcp = mcpServer({ era: 'legacy', promptsAndResources: false });
    const prompts: Behaviour = (exchange) =>
      replyJson(exchange, 200, { jsonrpc: '2.0', id: exchange.message?.id, result: { prompts: [{ name: 'p' }] } });
    const { session, until } = await remote.open(mount(onRpc('prompts/list', prompts, mcp)).url);
    expect(session.lists.prompts).toEqual([]);
    await eventually(() => mcp.streams === 1);
    mcp.announce('prompts');
    await until((event) => event.kind === 'lists' && event.list === 'prompts');
    expect(session.lists.prompts).toEqual([{ name: 'p' }]);
  });

  test('[transport.server-requests] requests of the server are answered on their own POST', async () => {
    const requests = [
      { jsonrpc: '2.0', id: 'p1', method: 'ping' },
      { jsonrpc: '2.0', id: 'r1', method: 'roots/list' },
      { jsonrpc: '2.0', id: 'x1', method: 'sampling/createMessage', params: { messages: [], maxTokens: 1 } },
    ];
    const stream: Behaviour = async (exchange) => {
      const events = openEvents(exchange);
      for (const request of requests) events.send(JSON.stringify(request));
      await new Promise<void>((resolve) => {
        exchange.signal.addEventListener('abort', () => resolve());
      });
    };
    const place = mount(onHttp('GET', stream, mcpServer({ era: 'legacy' })));
    await remote.open(place.url, { projectRoot: '/tmp/my project' });
    const answers = (): unknown[] =>
      place
        .hits()
        .filter((hit) => hit.method === 'POST' && hit.rpcMethod === undefined)
        .map((hit) => JSON.parse(hit.body) as unknown);
    await eventually(() => answers().length === 3);
    expect(answers()).toEqual(
      expect.arrayContaining([
        { jsonrpc: '2.0', id: 'p1', result: {} },
        { jsonrpc: '2.0', id: 'r1', result: { roots: [{ uri: 'file:///tmp/my%20project', name: 'my project' }] } },
        expect.objectContaining({ id: 'x1', error: expect.objectContaining({ code: -32_601 }) as unknown }),
      ]),
    );
  });
});

describe('lists', () => {
  test.each(ERAS)('[transport.paging] the %s era: every page is read', async (era) => {
    const { session } = await remote.open(mount(mcpServer({ era, extraTools: 95, pageSize: 7 })).url);
    expect(session.lists.tools).toHaveLength(100);
    expect(session.lists.prompts).toHaveLength(2);
  });

  test('[call.lists-failed] a list that fails three times more leaves the session with the last good list', async () => {
    const mcp = mcpServer({ era: 'legacy' });
    const place = mount(onRpc('tools/list', status(500), mcp));
    const lastLists = { tools: [{ name: 'old' }], prompts: [], resources: [], resourceTemplates: [] };
    const { session, until } = await remote.open(place.url, { lastLists });
    expect(await until((event) => event.kind === 'lists-failed')).toMatchObject({ answer: { status: 500 } });
    expect(place.hits().filter((hit) => hit.rpcMethod === 'tools/list')).toHaveLength(4);
    expect(session.lists.tools).toEqual([{ name: 'old' }]);
    expect(session.lists.prompts).toHaveLength(2);
    await eventually(() => mcp.streams === 1);
    place.set(mcp);
    mcp.announce('tools');
    await until((event) => event.kind === 'lists-ok');
    expect(session.lists.tools).toHaveLength(5);
  });

  test('a list that heals within its retries is not told as failed', async () => {
    const mcp = mcpServer({ era: 'modern' });
    const { session, events } = await remote.open(mount(onRpc('tools/list', firstThen(2, status(503), mcp), mcp)).url);
    expect(session.lists.tools).toHaveLength(5);
    expect(events).toEqual([]);
  });

  test('a list that hangs does not keep the server from being connected', async () => {
    const mcp = mcpServer({ era: 'modern' });
    const place = mount(onRpc('resources/list', hang(), mcp));
    const { session, until } = await remote.open(place.url, { numbers: { connectTimeoutMs: 400 } });
    await until((event) => event.kind === 'lists-failed');
    expect(session.lists.tools).toHaveLength(5);
  });

  test('a server that wants credentials only for its lists is not connected', async () => {
    const mcp = mcpServer({ era: 'legacy' });
    const outcome = await remote.try(mount(onRpc('tools/list', unauthorized('Bearer'), mcp)).url);
    expect(outcome).toMatchObject({ ok: false, answer: { kind: 'http', status: 401 } });
    expect(mcp.sessions).toBe(0);
  });
});

describe('calls', () => {
  const FAULTS: readonly (readonly [string, Behaviour, Partial<Extract<CallOutcome, { ok: false }>['fault']>])[] = [
    ['401', unauthorized('Bearer'), { kind: 'http', sent: 'rejected' }],
    ['403', status(403), { kind: 'http', sent: 'rejected' }],
    ['429', tooMany({ seconds: 3 }), { kind: 'http', sent: 'rejected' }],
    ['503', status(503), { kind: 'http', sent: 'maybe' }],
    ['a reset', reset(), { kind: 'network', sent: 'maybe' }],
    ['a reset in the answer', reset('in-answer'), { kind: 'network', sent: 'maybe' }],
    ['an answer that is no JSON-RPC', (exchange) => replyJson(exchange, 200, { hello: 1 }), { kind: 'protocol' }],
    ['an empty success', status(202), { kind: 'protocol', sent: 'maybe' }],
  ];

  test.each(FAULTS)('[call.never-twice] %s is told honestly and the call is sent once', async (_, behaviour, fault) => {
    for (const era of ERAS) {
      const place = mount(onRpc('tools/call', behaviour, mcpServer({ era })));
      const { session } = await remote.open(place.url);
      expect(await session.request('tools/call', echo)).toMatchObject({ ok: false, fault });
      expect(place.hits().filter((hit) => hit.rpcMethod === 'tools/call')).toHaveLength(1);
      expect(await session.contact(signal())).toBeUndefined();
    }
  });

  test('a server that is gone is told as surely not sent', async () => {
    const gone = await startFaultServer();
    gone.mount('/mcp', mcpServer({ era: 'modern' }));
    const { session } = await remote.open(`${gone.origin}/mcp`);
    await gone.close();
    // The first one may still meet a pooled socket that is about to close.
    await session.contact(signal());
    expect(await session.request('tools/call', echo)).toMatchObject({
      ok: false,
      fault: { kind: 'network', sent: 'no', answer: { errno: 'ECONNREFUSED' } },
    });
    expect(await session.contact(signal())).toMatchObject({ kind: 'network', errno: 'ECONNREFUSED' });
  });

  test.each(ERAS)('[call.rpc-verbatim] [call.never-by-text] the %s era: errors and error results pass', async (era) => {
    const error = { code: -32_002, message: '401 Unauthorized: upstream', data: { uri: 'a', more: [1, null] } };
    const refuse: Behaviour = (exchange) =>
      replyJson(exchange, 200, { jsonrpc: '2.0', id: exchange.message?.id, error });
    const { session } = await remote.open(mount(onRpc('resources/read', refuse, mcpServer({ era }))).url);
    expect(await session.request('resources/read', { uri: 'a' })).toMatchObject({
      ok: false,
      fault: { kind: 'rpc', rpc: error },
    });
    const failed = await session.request('tools/call', { name: 'fail', arguments: { text: '403 Forbidden' } });
    expect(failed).toMatchObject({ ok: true, result: { isError: true } });
  });

  test('a modern "no such method" is a JSON-RPC error, whatever the HTTP status', async () => {
    const { session } = await remote.open(mount(mcpServer({ era: 'modern' })).url);
    expect(await session.request('vendor/thing', {})).toMatchObject({
      ok: false,
      fault: { kind: 'rpc', rpc: { code: -32_601 } },
    });
  });

  test('a modern result without resultType is complete, one of an unknown type is no result', async () => {
    let type: string | undefined;
    const call: Behaviour = (exchange) =>
      replyJson(exchange, 200, {
        jsonrpc: '2.0',
        id: exchange.message?.id,
        result: { content: [{ type: 'new-kind', x: 1 }], ...(type === undefined ? {} : { resultType: type }) },
      });
    const { session } = await remote.open(mount(onRpc('tools/call', call, mcpServer({ era: 'modern' }))).url);
    expect(await session.request('tools/call', echo)).toEqual({
      ok: true,
      result: { content: [{ type: 'new-kind', x: 1 }] },
    });
    type = 'task';
    expect(await session.request('tools/call', echo)).toMatchObject({ ok: false, fault: { kind: 'protocol' } });
  });

  test.each(ERAS)('[transport.progress] the %s era: progress arrives in order', async (era) => {
    const { session } = await remote.open(mount(mcpServer({ era })).url);
    const seen: Progress[] = [];
    const call = { name: 'progress', arguments: { steps: 3, ms: 5 } };
    const outcome = await session.request('tools/call', call, { onProgress: (progress) => seen.push(progress) });
    expect(outcome.ok).toBe(true);
    expect(seen.map(({ progress, total }) => [progress, total])).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
  });

  test('[transport.progress] progress keeps a call alive that idles otherwise; its whole time stays', async () => {
    const { session } = await remote.open(mount(mcpServer({ era: 'legacy' })).url, { numbers: { callIdleMs: 150 } });
    const call = (steps: number) => ({ name: 'progress', arguments: { steps, ms: 60 } });
    expect((await session.request('tools/call', call(6))).ok).toBe(true);
    expect(await session.request('tools/call', { name: 'slow', arguments: { ms: 5_000 } })).toMatchObject({
      ok: false,
      fault: { kind: 'timeout', sent: 'maybe' },
    });
    expect(await session.request('tools/call', call(100), { timeoutMs: 300 })).toMatchObject({
      ok: false,
      fault: { kind: 'timeout' },
    });
  });

  test('[numbers.call-limits] the first byte has a limit of its own', async () => {
    const place = mount(onRpc('tools/call', hang(), mcpServer({ era: 'legacy' })));
    const { session } = await remote.open(place.url, { numbers: { firstByteMs: 100 } });
    expect(await session.request('tools/call', echo)).toMatchObject({ ok: false, fault: { kind: 'timeout' } });
  });

  test.each(ERAS)('[transport.cancel] the %s era: the server hears that a call is cancelled', async (era) => {
    const running = new AbortController();
    const gone: string[] = [];
    const slow: Behaviour = async (exchange) => {
      openEvents(exchange);
      running.abort();
      await new Promise<void>((resolve) => {
        exchange.signal.addEventListener('abort', () => resolve());
      });
      gone.push('closed');
    };
    const place = mount(onRpc('tools/call', slow, mcpServer({ era })));
    const { session } = await remote.open(place.url);
    const cancel = new AbortController();
    const call = session.request('tools/call', echo, { signal: cancel.signal });
    await eventually(() => running.signal.aborted);
    cancel.abort();
    expect(await call).toMatchObject({ ok: false, fault: { kind: 'cancelled', sent: 'maybe' } });
    await eventually(() => gone.length === 1);
    const told = place.hits().filter((hit) => hit.rpcMethod === 'notifications/cancelled');
    expect(told).toHaveLength(era === 'legacy' ? 1 : 0);
    expect(await session.contact(signal())).toBeUndefined();
  });

  test('a call whose signal is aborted already is never sent', async () => {
    const mcp = mcpServer({ era: 'legacy' });
    const { session } = await remote.open(mount(mcp).url);
    const outcome = await session.request('tools/call', echo, { signal: AbortSignal.abort() });
    expect(outcome).toMatchObject({ ok: false, fault: { kind: 'cancelled', sent: 'no' } });
    expect(mcp.calls).toEqual([]);
  });

  test('a stream that ends before the answer fails the call at once', async () => {
    const cut: Behaviour = (exchange) => {
      const events = openEvents(exchange);
      events.send(
        JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 1 } }),
      );
      events.end();
    };
    const { session } = await remote.open(mount(onRpc('tools/call', cut, mcpServer({ era: 'modern' }))).url);
    expect(await session.request('tools/call', echo)).toMatchObject({
      ok: false,
      fault: { kind: 'network', sent: 'maybe' },
    });
  });

  test('a legacy stream with event ids is resumed where it broke', async () => {
    let id: unknown;
    const start: Behaviour = (exchange) => {
      id = exchange.message?.id;
      exchange.response.writeHead(200, { 'content-type': 'text/event-stream' });
      exchange.response.end('retry: 20\nid: e1\ndata: \n\n');
    };
    const resume: Behaviour = (exchange) => {
      if (headerOf(exchange, 'last-event-id') !== 'e1') return reply(exchange, 405);
      const events = openEvents(exchange);
      events.send(JSON.stringify({ jsonrpc: '2.0', id, result: answered.result }));
      events.end();
      return undefined;
    };
    const place = mount(onHttp('GET', resume, onRpc('tools/call', start, mcpServer({ era: 'legacy' }))));
    const { session } = await remote.open(place.url);
    expect(await session.request('tools/call', echo)).toEqual(answered);
  });

  test('[transport.bounded] a stream that is to be opened again at once is opened again with a pause', async () => {
    const ends: Behaviour = (exchange) => {
      exchange.response.writeHead(200, { 'content-type': 'text/event-stream' });
      exchange.response.end('retry: 0\nid: e1\ndata: \n\n');
    };
    const place = mount(onHttp('GET', ends, onRpc('tools/call', ends, mcpServer({ era: 'legacy' }))));
    const { session } = await remote.open(place.url);
    expect(await session.request('tools/call', echo, { timeoutMs: 1_200 })).toMatchObject({ ok: false });
    const opened = place.hits().filter(({ headers }) => headers['last-event-id'] === 'e1').length;
    expect(opened).toBeGreaterThanOrEqual(2);
    expect(opened).toBeLessThanOrEqual(5);
  });

  test('[transport.bounded] a message over the limit fails the call, as JSON and as an endless line', async () => {
    const large: Behaviour = (exchange) =>
      replyJson(exchange, 200, { jsonrpc: '2.0', id: exchange.message?.id, result: { text: 'x'.repeat(200_000) } });
    const endless: Behaviour = async (exchange) => {
      exchange.response.writeHead(200, { 'content-type': 'text/event-stream' });
      exchange.response.write('data: ');
      while (!exchange.signal.aborted) {
        exchange.response.write('y'.repeat(10_000));
        await exchange.clock.sleep(1, exchange.signal);
      }
    };
    for (const behaviour of [large, endless]) {
      const place = mount(onRpc('tools/call', behaviour, mcpServer({ era: 'modern' })));
      const { session } = await remote.open(place.url, { numbers: { messageBytes: 100_000 } });
      expect(await session.request('tools/call', echo)).toMatchObject({
        ok: false,
        fault: { kind: 'protocol', answer: { kind: 'protocol' } },
      });
    }
  });

  test('new headers ride on every later request', async () => {
    const place = mount(mcpServer({ era: 'legacy' }));
    const { session } = await remote.open(place.url, { headers: { 'X-Api-Key': 'old-key' } });
    session.setHeaders(secrets({ 'X-Api-Key': 'new-key' }));
    await session.request('tools/call', echo);
    expect(place.hits().findLast((hit) => hit.rpcMethod === 'tools/call')?.headers['x-api-key']).toBe('new-key');
  });
});

describe('arguments in headers', () => {
  const list =
    (tools: readonly unknown[]): Behaviour =>
    (exchange) =>
      replyJson(exchange, 200, {
        jsonrpc: '2.0',
        id: exchange.message?.id,
        result: { resultType: 'complete', tools, ttlMs: 0, cacheScope: 'private' },
      });
  const tool = (name: string, header: string, type = 'string') => ({
    name,
    inputSchema: { type: 'object', properties: { region: { type, 'x-mcp-header': header } } },
  });
  const call: Behaviour = (exchange) =>
    replyJson(exchange, 200, {
      jsonrpc: '2.0',
      id: exchange.message?.id,
      result: { resultType: 'complete', content: [{ type: 'text', text: 'ok' }] },
    });

  test('are mirrored as the tool asks, encoded where they must be; a tool that asks wrongly is not listed', async () => {
    const tools = [tool('good', 'Region'), tool('bad', 'not a token'), tool('number', 'N', 'number')];
    const place = mount(onRpc('tools/list', list(tools), onRpc('tools/call', call, mcpServer({ era: 'modern' }))));
    const { session } = await remote.open(place.url);
    expect(session.lists.tools).toEqual([tools[0]]);
    await session.request('tools/call', { name: 'good', arguments: { region: 'eu-west' } });
    await session.request('tools/call', { name: 'good', arguments: { region: 'Zürich' } });
    const calls = place.hits().filter((hit) => hit.rpcMethod === 'tools/call');
    expect(calls[0]?.headers).toMatchObject({ 'mcp-param-region': 'eu-west', 'mcp-name': 'good' });
    expect(calls[1]?.headers['mcp-param-region']).toBe('=?base64?WsO8cmljaA==?=');
  });

  test('are read again when the server refuses them, and the call is sent once more', async () => {
    const mcp = mcpServer({ era: 'modern' });
    const lists = firstThen(1, list([tool('t', 'Old')]), list([tool('t', 'New')]));
    const strict: Behaviour = (exchange) => {
      if (headerOf(exchange, 'mcp-param-new') === 'eu') return call(exchange);
      return replyJson(exchange, 400, {
        jsonrpc: '2.0',
        id: exchange.message?.id ?? null,
        error: { code: -32_020, message: 'Header mismatch' },
      });
    };
    const { session } = await remote.open(mount(onRpc('tools/list', lists, onRpc('tools/call', strict, mcp))).url);
    expect(await session.request('tools/call', { name: 't', arguments: { region: 'eu' } })).toMatchObject({ ok: true });
  });
});

describe('HTTP+SSE', () => {
  test('[call.lost] the end of the stream is the end of the session, and of the calls in it', async () => {
    const sse = legacySseServer();
    const { session, until } = await remote.open(mount(sse).url, { kind: 'sse' });
    expect(await session.request('tools/call', echo)).toMatchObject(answered);
    expect(await session.contact(signal())).toBeUndefined();
    const call = session.request('tools/call', { name: 'slow', arguments: { ms: 10_000 } });
    await eventually(() => sse.calls.length === 2);
    sse.cutStreams();
    expect(await until((event) => event.kind === 'lost')).toMatchObject({
      answer: { kind: 'network', errno: 'UND_ERR_SOCKET' },
    });
    expect(await call).toMatchObject({ ok: false, fault: { kind: 'closed', sent: 'maybe' } });
    expect(await session.contact(signal())).toMatchObject({ kind: 'network' });
  });

  test('a server that no longer knows the address of the stream has lost the session', async () => {
    const place = mount(legacySseServer());
    const { session, until } = await remote.open(place.url, { kind: 'sse' });
    place.set(onHttp('POST', status(404), legacySseServer()));
    expect(await session.request('tools/call', echo)).toMatchObject({
      ok: false,
      fault: { kind: 'http', sent: 'rejected', answer: { status: 404 } },
    });
    await until((event) => event.kind === 'lost');
  });

  test('closing is no loss', async () => {
    const sse = legacySseServer();
    const { session, events } = await remote.open(mount(sse).url, { kind: 'sse' });
    await session.close();
    await eventually(() => sse.streams === 0);
    expect(events).toEqual([]);
  });
});

describe('the end', () => {
  test('[transport.session-delete] closing tells the server once, and 405 is fine', async () => {
    const mcp = mcpServer({ era: 'legacy' });
    const place = mount(mcp);
    const { session, events } = await remote.open(place.url);
    await Promise.all([session.close(), session.close()]);
    expect(mcp.sessions).toBe(0);
    expect(place.hits().filter((hit) => hit.method === 'DELETE')).toHaveLength(1);
    expect(events.some((event) => event.kind === 'lost')).toBe(false);
    const refusing = await remote.open(mount(onHttp('DELETE', status(405), mcpServer({ era: 'legacy' }))).url);
    await refusing.session.close();
  });

  test('a server that never answers DELETE holds the close for two seconds at most', async () => {
    const { session } = await remote.open(mount(onHttp('DELETE', hang(), mcpServer({ era: 'legacy' }))).url);
    const started = performance.now();
    await session.close();
    expect(performance.now() - started).toBeLessThan(2_500);
  });

  test('calls in flight end with "closed" when the session is closed, later ones are never sent', async () => {
    const place = mount(onRpc('tools/call', hang(), mcpServer({ era: 'modern' })));
    const { session } = await remote.open(place.url);
    const call = session.request('tools/call', echo);
    await eventually(() => place.hits().some((hit) => hit.rpcMethod === 'tools/call'));
    await session.close();
    expect(await call).toMatchObject({ ok: false, fault: { kind: 'closed', sent: 'maybe' } });
    expect(await session.request('tools/call', echo)).toMatchObject({
      ok: false,
      fault: { kind: 'closed', sent: 'no' },
    });
  });
});
