import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from '../../src/core/fault.ts';
import {
  brokenJson,
  firstThen,
  forbidden,
  hang,
  html,
  insufficientScope,
  legacySseServer,
  mcpServer,
  onHttp,
  onRpc,
  redirect,
  replyJson,
  reset,
  slowLoris,
  startFaultServer,
  startRefusingPort,
  status,
  tooMany,
  unauthorized,
  wrongContentType,
} from '../../src/testing/index.ts';
import type { BehaviourSource, FaultServer } from '../../src/testing/index.ts';
import { createRemote } from '../support/remote.ts';
import type { Remote, RemoteOptions } from '../support/remote.ts';

let server: FaultServer;
let other: FaultServer;
let remote: Remote;
let mounts = 0;

beforeAll(async () => {
  [server, other] = await Promise.all([startFaultServer(), startFaultServer()]);
  remote = createRemote();
});
afterAll(async () => {
  await remote.close();
  await Promise.all([server.close(), other.close()]);
});

function mount(behaviour: BehaviourSource) {
  mounts += 1;
  return server.mount(`/open-${mounts}`, behaviour);
}

async function answerOf(behaviour: BehaviourSource, options: RemoteOptions = {}): Promise<Answer> {
  const outcome = await remote.try(mount(behaviour).url, options);
  if (outcome.ok) throw new Error('a session was opened');
  return outcome.answer;
}

describe('both eras', () => {
  test('[transport.era-by-body] [transport.meta] a modern server is found by server/discover alone', async () => {
    const place = mount(mcpServer({ era: 'modern', instructions: 'be kind' }));
    const { session } = await remote.open(place.url);
    expect(session).toMatchObject({
      transport: 'http',
      era: 'modern',
      protocolVersion: '2026-07-28',
      serverInfo: { name: 'fault-server', version: '1.0.0' },
      instructions: 'be kind',
    });
    expect(session.lists.tools).toHaveLength(5);
    expect(place.initializes).toBe(0);
    for (const hit of place.hits()) {
      const { params, method } = JSON.parse(hit.body) as { method: string; params: Record<string, never> };
      expect(params['_meta']).toMatchObject({
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientInfo': { name: 'holdfast' },
        'io.modelcontextprotocol/clientCapabilities': {},
      });
      expect(hit.headers).toMatchObject({ 'mcp-protocol-version': '2026-07-28', 'mcp-method': method });
    }
  });

  test('[connect.earlier-revision] [transport.initialize] [transport.http-headers] a legacy server gets initialize, initialized and its session id', async () => {
    const place = mount(mcpServer({ era: 'legacy' }));
    const { session } = await remote.open(place.url);
    expect(session).toMatchObject({ era: 'legacy', protocolVersion: '2025-11-25' });
    expect(session.lists.prompts).toHaveLength(2);
    expect(session.lists.resourceTemplates).toHaveLength(1);
    const posts = place.hits().filter((hit) => hit.method === 'POST');
    expect(posts.slice(0, 3).map((hit) => hit.rpcMethod)).toEqual([
      'server/discover',
      'initialize',
      'notifications/initialized',
    ]);
    const hello = posts[1];
    expect(hello?.headers).not.toHaveProperty('mcp-session-id');
    expect(hello?.headers).not.toHaveProperty('mcp-protocol-version');
    for (const hit of posts.slice(2)) {
      expect(hit.headers['mcp-session-id']).toMatch(/./);
      expect(hit.headers['mcp-protocol-version']).toBe('2025-11-25');
      expect(hit.headers['accept']).toBe('application/json, text/event-stream');
    }
  });

  test('[transport.era-remembered] a remembered legacy era saves the probe', async () => {
    const place = mount(mcpServer({ era: 'legacy' }));
    await remote.open(place.url, { knownEra: 'legacy' });
    expect(place.hits().some((hit) => hit.rpcMethod === 'server/discover')).toBe(false);
  });

  test.each(['legacy', 'modern'] as const)(
    '[transport.era-remembered] a remembered %s era that proves wrong is found out within the same try',
    async (knownEra) => {
      const place = mount(mcpServer({ era: knownEra === 'legacy' ? 'modern' : 'legacy' }));
      const { session } = await remote.open(place.url, { knownEra });
      expect(session.era).toBe(knownEra === 'legacy' ? 'modern' : 'legacy');
    },
  );

  test('an era that the entry fixes is not probed', async () => {
    const both = mount(mcpServer());
    const legacy = await remote.open(both.url, { era: 'legacy' });
    expect(legacy.session.era).toBe('legacy');
    expect(both.hits().some((hit) => hit.rpcMethod === 'server/discover')).toBe(false);
    expect(await answerOf(mcpServer({ era: 'legacy' }), { era: 'modern' })).toMatchObject({ kind: 'version' });
    expect(await answerOf(status(404), { era: 'modern' })).toMatchObject({ kind: 'http', status: 404 });
  });

  test('[transport.unsupported-version] a server that shares no version is told as such, in either era', async () => {
    expect(await answerOf(mcpServer({ era: 'modern', modernVersions: ['2031-01-01'] }))).toEqual({
      kind: 'version',
      text: 'the server speaks 2031-01-01',
    });
    expect(await answerOf(mcpServer({ era: 'legacy', answerVersion: '1999-01-01' }))).toEqual({
      kind: 'version',
      text: 'the server speaks 1999-01-01',
    });
  });

  test('a probe that hangs ends after its own limit, and the legacy server behind it is connected', async () => {
    const place = mount(onRpc('server/discover', hang(), mcpServer({ era: 'legacy' })));
    const { session } = await remote.open(place.url, { numbers: { eraProbeMs: 150 } });
    expect(session.era).toBe('legacy');
  });

  test('a modern server that is slower than the probe may be is asked once more', async () => {
    const modern = mcpServer({ era: 'modern' });
    const place = mount(onRpc('server/discover', firstThen(1, hang(), modern), modern));
    const { session } = await remote.open(place.url, { numbers: { eraProbeMs: 150 } });
    expect(session.era).toBe('modern');
  });
});

describe('faults', () => {
  const CASES: readonly (readonly [string, BehaviourSource, Partial<Answer>, number])[] = [
    ['503', status(503, { body: 'try later' }), { kind: 'http', status: 503, text: 'try later' }, 1],
    ['a bare 401', unauthorized(), { kind: 'http', status: 401, challenges: [] }, 1],
    [
      'a 401 with a challenge',
      unauthorized('Bearer resource_metadata="http://x/y", scope="a b"'),
      {
        kind: 'http',
        status: 401,
        challenges: [{ scheme: 'bearer', params: { resource_metadata: 'http://x/y', scope: 'a b' } }],
      },
      1,
    ],
    ['a bare 403', forbidden(), { kind: 'http', status: 403 }, 1],
    [
      'a 403 that wants scopes',
      insufficientScope('files:write'),
      {
        kind: 'http',
        status: 403,
        challenges: [{ scheme: 'bearer', params: { error: 'insufficient_scope', scope: 'files:write' } }],
      },
      1,
    ],
    ['429 with seconds', tooMany({ seconds: 7 }), { kind: 'http', status: 429, retryAfterMs: 7_000 }, 1],
    ['404', status(404), { kind: 'http', status: 404 }, 2],
    ['418', status(418), { kind: 'http', status: 418 }, 2],
    ['501', status(501), { kind: 'http', status: 501 }, 1],
    ['a page for people', html(), { kind: 'not-mcp', status: 200, contentType: 'text/html; charset=utf-8' }, 2],
    ['another media type', wrongContentType(), { kind: 'not-mcp', contentType: 'application/octet-stream' }, 2],
    ['a bare 204', status(204), { kind: 'not-mcp', status: 204 }, 2],
    ['broken JSON', brokenJson(), { kind: 'protocol' }, 2],
    ['JSON of something else', (exchange) => replyJson(exchange, 200, { ok: 1 }), { kind: 'not-mcp', status: 200 }, 2],
    ['a reset', reset(), { kind: 'network', errno: 'ECONNRESET' }, 1],
    ['a reset in the answer', reset('in-answer'), { kind: 'network' }, 1],
  ];

  test.each(CASES)('[transport.era-by-body] %s is the answer of the try', async (_, behaviour, expected, posts) => {
    const place = mount(behaviour);
    const outcome = await remote.try(place.url);
    expect(outcome).toMatchObject({ ok: false, answer: expected });
    expect(place.hits()).toHaveLength(posts);
  });

  test('[connect.429] a date in Retry-After counts from now', async () => {
    const answer = await answerOf(tooMany({ dateInMs: 60_000 }));
    expect(answer).toMatchObject({ kind: 'http', status: 429 });
    const wait = answer.kind === 'http' ? (answer.retryAfterMs ?? 0) : 0;
    expect(wait).toBeGreaterThan(55_000);
    expect(wait).toBeLessThanOrEqual(60_000);
  });

  test('[connect.refused] a port where nothing listens is told by its errno', async () => {
    const port = await startRefusingPort();
    expect(await remote.try(`http://127.0.0.1:${port.port}/mcp`)).toMatchObject({
      ok: false,
      answer: { kind: 'network', errno: 'ECONNREFUSED' },
    });
    await port.close();
  });

  test('[connect.tls] a certificate that nobody trusts is told by its code', async () => {
    const tls = await startFaultServer({ tls: 'self-signed' });
    tls.mount('/mcp', mcpServer());
    expect(await remote.try(`${tls.origin}/mcp`)).toMatchObject({
      ok: false,
      answer: { kind: 'network', errno: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    });
    await tls.close();
  });

  test.each([
    ['a server that never answers', hang()],
    ['a body that never ends', slowLoris(20)],
  ])('[connect.one-deadline] %s costs one deadline, probe included', async (_, behaviour) => {
    const started = performance.now();
    const answer = await answerOf(behaviour, { signal: AbortSignal.timeout(500), numbers: { eraProbeMs: 200 } });
    expect(answer).toEqual({ kind: 'timeout' });
    expect(performance.now() - started).toBeLessThan(1_200);
  });

  test('[connect.redirected] a redirect to another origin is not followed and no header reaches it', async () => {
    const target = other.mount('/mcp', mcpServer());
    const place = mount(redirect(target.url, 308));
    const outcome = await remote.try(place.url, { headers: { 'X-Api-Key': 'canary-4711' } });
    expect(outcome).toMatchObject({ ok: false, answer: { kind: 'http', status: 308, location: target.url } });
    expect(target.count).toBe(0);
    expect(place.hits()[0]?.headers['x-api-key']).toBe('canary-4711');
  });

  test('a redirect on the same origin is followed with method, body and headers', async () => {
    const place = mount(mcpServer());
    const from = mount(redirect(new URL(place.url).pathname, 307));
    const { session } = await remote.open(from.url, { headers: { 'X-Api-Key': 'k-12345' } });
    expect(session.era).toBe('modern');
    expect(place.hits().every((hit) => hit.headers['x-api-key'] === 'k-12345')).toBe(true);
  });

  test('a redirect that leads in a circle ends, and is called that', async () => {
    const place = mount(redirect('/circle', 307));
    server.mount('/circle', redirect('/circle', 307));
    const text = expect.stringContaining('redirects within its own origin again and again') as string;
    expect(await remote.try(place.url)).toMatchObject({ ok: false, answer: { kind: 'protocol', text } });
  });

  test('a redirect on the same origin that makes a GET of a POST is called that', async () => {
    const place = mount(redirect('/elsewhere', 303));
    const text = expect.stringContaining('redirects a POST to a page of the same origin') as string;
    expect(await remote.try(place.url)).toMatchObject({ ok: false, answer: { kind: 'protocol', text } });
  });

  test('headers of the entry never replace those of the protocol, and a value that cannot be sent is no crash', async () => {
    const place = mount(mcpServer({ era: 'legacy' }));
    await remote.open(place.url, { headers: { Accept: 'text/html', 'MCP-Session-Id': 'mine', 'X-Own': 'yes' } });
    expect(place.hits()[1]?.headers).toMatchObject({
      accept: 'application/json, text/event-stream',
      'x-own': 'yes',
    });
    expect(place.hits()[1]?.headers).not.toHaveProperty('mcp-session-id');
    expect(await answerOf(mcpServer(), { headers: { 'X-Own': 'two\nlines' } })).toMatchObject({ kind: 'protocol' });
  });

  test('secrets do not come back in the text of an answer', async () => {
    remote.redactor.add('canary-8812');
    expect(await answerOf(status(500, { body: 'key canary-8812 is wrong' }))).toMatchObject({
      text: 'key [secret] is wrong',
    });
  });
});

describe('HTTP+SSE', () => {
  test('[connect.sse-only-without-type] it is tried only where the entry leaves the type open', async () => {
    const place = mount(legacySseServer());
    const { session } = await remote.open(place.url, { kind: 'auto' });
    expect(session).toMatchObject({ transport: 'sse', era: 'legacy' });
    expect(session.lists.tools).toHaveLength(5);
    expect(await answerOf(legacySseServer(), { kind: 'http' })).toMatchObject({ kind: 'http', status: 405 });
  });

  test('[connect.first-error-told] when both refuse, the first transport is told', async () => {
    const place = mount(onHttp('GET', html(), status(404)));
    expect(await remote.try(place.url, { kind: 'auto' })).toMatchObject({ answer: { kind: 'http', status: 404 } });
    expect(place.hits().map((hit) => hit.method)).toEqual(['POST', 'POST', 'GET']);
  });

  test.each([401, 403, 500, 503])('%i over Streamable HTTP never leads to HTTP+SSE', async (code) => {
    const place = mount(status(code));
    await remote.try(place.url, { kind: 'auto' });
    expect(place.hits().map((hit) => hit.method)).toEqual(['POST']);
  });

  test('a modern error never leads to HTTP+SSE', async () => {
    const place = mount(mcpServer({ era: 'modern', modernVersions: ['2031-01-01'] }));
    expect(await remote.try(place.url, { kind: 'auto' })).toMatchObject({ answer: { kind: 'version' } });
    expect(place.hits().every((hit) => hit.method === 'POST')).toBe(true);
  });

  test('an old endpoint that wants credentials says so, not that it refuses POST', async () => {
    const place = mount(onHttp('GET', unauthorized('Bearer'), status(405)));
    expect(await remote.try(place.url, { kind: 'auto' })).toMatchObject({ answer: { kind: 'http', status: 401 } });
  });

  test('[transport.sse] the endpoint event is waited for under the deadline', async () => {
    const answer = await answerOf(legacySseServer({ endpointDelayMs: 'never' }), {
      kind: 'sse',
      signal: AbortSignal.timeout(200),
    });
    expect(answer).toEqual({ kind: 'timeout' });
  });

  test('[transport.sse] an endpoint on another origin is refused and gets nothing', async () => {
    const target = other.mount('/messages', status(202));
    const answer = await answerOf(legacySseServer({ endpoint: () => target.url }), {
      kind: 'sse',
      headers: { authorization: 'Bearer canary' },
    });
    expect(answer).toMatchObject({ kind: 'protocol' });
    expect(target.count).toBe(0);
  });

  test('a stream that is no event stream is not MCP', async () => {
    expect(await answerOf(html(), { kind: 'sse' })).toMatchObject({ kind: 'not-mcp', status: 200 });
  });
});

test('[connect.proxy] a proxy that cannot be reached is told apart from the server', async () => {
  const port = await startRefusingPort();
  const viaProxy = createRemote({ http_proxy: `http://127.0.0.1:${port.port}` });
  expect(await viaProxy.try('http://mcp.example.invalid/mcp')).toMatchObject({
    ok: false,
    answer: { kind: 'network', errno: 'ECONNREFUSED', viaProxy: true },
  });
  await viaProxy.close();
  await port.close();
});
