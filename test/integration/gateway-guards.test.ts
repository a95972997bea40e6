/**
 * Who is let in to the gateway over HTTP, on every route, and how much of a stranger's request is read.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import type { Fleet } from '../../src/core/fleet.ts';
import { createHoldfast } from '../../src/create.ts';
import { listenHttp } from '../../src/gateway/front/http.ts';
import type { HttpGateway, HttpOptions } from '../../src/gateway/front/http.ts';
import { mcpServer, startFaultServer } from '../../src/testing/index.ts';
import type { FaultServer, McpServer, Mount } from '../../src/testing/index.ts';
import { PlainClient } from '../support/gateway-client.ts';
import { headOf, rawRequest, rawSocket } from '../support/raw-http.ts';
import { nodeEndpoint, serverFile } from '../support/stdio.ts';

const TOKEN = `hf_${'t'.repeat(43)}`;
let faults: FaultServer;
let one: McpServer;
let mounts: readonly Mount[];
const opened: HttpGateway[] = [];
let fleet: Fleet;
let gateway: HttpGateway;

beforeAll(async () => {
  faults = await startFaultServer();
  one = mcpServer();
  mounts = [
    faults.mount('/one', one.behaviour),
    faults.mount('/old', mcpServer({ era: 'legacy' }).behaviour),
    faults.mount('/new', mcpServer({ era: 'modern' }).behaviour),
  ];
  const [first, old, modern] = mounts.map(({ url }) => ({ url }));
  const { command, args } = nodeEndpoint(serverFile('plain'));
  fleet = await createHoldfast({
    servers: { one: first ?? {}, old: old ?? {}, modern: modern ?? {}, local: { command, args } },
    env: { PATH: process.env['PATH'], HOLDFAST_TOKEN: TOKEN },
  });
  await fleet.settled({ timeoutMs: 10_000 });
  gateway = await listen({});
});

function listen(options: Partial<HttpOptions>): Promise<HttpGateway> {
  return listenHttp(
    { fleet, clock: systemClock, logger: silentLogger, version: '0.0.0' },
    { port: 0, token: () => TOKEN, ...options },
  );
}

/** One that ends with the test. */
async function listenBriefly(options: Partial<HttpOptions>): Promise<HttpGateway> {
  const made = await listen(options);
  opened.push(made);
  return made;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((made) => made.close()));
});
afterAll(async () => {
  await gateway.close();
  await fleet.close();
  await faults.close();
});

const good = (port = gateway.port): Record<string, string> => ({
  host: `127.0.0.1:${port}`,
  authorization: `Bearer ${TOKEN}`,
  'content-type': 'application/json',
});

const ROUTES = [
  ['POST', '/mcp'],
  ['POST', '/mcp/one'],
  ['POST', '/mcp/nobody'],
  ['GET', '/mcp'],
  ['GET', '/mcp/one'],
  ['DELETE', '/mcp'],
  ['OPTIONS', '/mcp'],
  ['PUT', '/mcp'],
  ['GET', '/'],
  ['GET', '/metrics'],
  ['GET', '/.well-known/oauth-protected-resource'],
] as const;

const STRANGERS: readonly (readonly [string, Record<string, string | undefined>, number])[] = [
  ['without a token', { authorization: undefined }, 401],
  ['with another token', { authorization: `Bearer hf_${'u'.repeat(43)}` }, 401],
  ['with the token elsewhere', { authorization: undefined, 'x-api-key': TOKEN }, 401],
  ['of a foreign host', { host: 'rebind.example' }, 403],
  ['of a foreign host with our port', { host: 'rebind.example:4653' }, 403],
  ['of a foreign page', { origin: 'https://rebind.example' }, 403],
  ['of a page without a name', { origin: 'null' }, 403],
];

describe('[serve.guards] a request', () => {
  test.each(STRANGERS)('%s is refused on every route, and its body is not waited for', async (_, change, status) => {
    const headers = Object.fromEntries(
      // A body of ten megabytes is announced, and never sent.
      Object.entries({ ...good(), 'content-length': '10000000', ...change }).filter(
        (entry): entry is [string, string] => entry[1] !== undefined,
      ),
    );
    for (const [method, path] of ROUTES) {
      const answer = await rawRequest(gateway.port, headOf(method, path, headers), 5_000);
      expect([method, path, answer.status]).toEqual([method, path, status]);
      expect(answer.ms).toBeLessThan(4_000);
      expect(answer.head.toLowerCase()).toContain('connection: close');
      expect(answer.head.toLowerCase().includes('www-authenticate: bearer')).toBe(status === 401);
      // No web page may read even the refusal.
      expect(answer.head.toLowerCase()).not.toContain('access-control');
      expect(answer.head + answer.body).not.toContain(TOKEN);
    }
    expect(one.calls).toEqual([]);
    expect(gateway.sessions).toBe(0);
  });
});

test('[serve.guards] a listener for other machines asks for the token, and answers only to names that were given', async () => {
  await expect(listen({ address: '0.0.0.0', token: undefined })).rejects.toMatchObject({ code: 'ERR_USAGE' });
  await expect(listen({ address: '::', token: undefined })).rejects.toMatchObject({ code: 'ERR_USAGE' });
  const { port } = await listenBriefly({ address: '0.0.0.0', hosts: ['team.example'] });
  const statusFor = async (change: Record<string, string>): Promise<number> =>
    (await rawRequest(port, headOf('GET', '/mcp', { ...good(port), connection: 'close', ...change }))).status;
  expect(await statusFor({ host: 'team.example' })).toBe(405);
  expect(await statusFor({ host: `team.example:${port}` })).toBe(405);
  expect(await statusFor({ host: 'team.example', authorization: 'Bearer no' })).toBe(401);
  expect(await statusFor({ host: `0.0.0.0:${port}` })).toBe(403);
  expect(await statusFor({ host: '10.0.0.7' })).toBe(403);
});

describe('[gateway.limits] a friend’s request', () => {
  const post = (more: Record<string, string>): string => headOf('POST', '/mcp', { ...good(), ...more });
  const TOO_DEEP = `{"jsonrpc":"2.0","id":1,"method":"ping","params":${'{"a":'.repeat(250)}1${'}'.repeat(251)}`;

  test.each<[string, () => string, number, string]>([
    ['says that it is too large', () => post({ 'content-length': '10485761' }), 413, 'too large'],
    [
      'turns out to be too large',
      () => `${post({ 'transfer-encoding': 'chunked' })}a00001\r\n${'x'.repeat(0xa0_00_01)}\r\n`,
      413,
      'too large',
    ],
    ['has too long a head', () => post({ 'x-long': 'x'.repeat(20_000) }), 431, ''],
    ['has two lengths', () => post({ 'content-length': '2', 'Content-Length ': '3' }), 400, ''],
    [
      'is nested too deeply',
      () => post({ 'content-length': String(TOO_DEEP.length), connection: 'close' }) + TOO_DEEP,
      400,
      'deeper than 200',
    ],
    ['has no host', () => headOf('POST', '/mcp', { authorization: `Bearer ${TOKEN}` }), 400, ''],
    [
      'is of another kind',
      () => post({ 'content-type': 'text/xml', 'content-length': '0', connection: 'close' }),
      415,
      '',
    ],
  ])('that %s is refused, and its end is not waited for', async (_, bytes, status, why) => {
    const answer = await rawRequest(gateway.port, bytes(), 5_000);
    expect(answer.status).toBe(status);
    expect(answer.body).toContain(why);
    expect(answer.ms).toBeLessThan(4_000);
    expect(one.calls).toEqual([]);
  });

  test.each([
    ['whose head does not end', 'POST /mcp HTTP/1.1\r\nhost: '],
    ['that never begins', ''],
    ['whose body does not come', 'BODY'],
  ])('%s is given up, and the others are served meanwhile', async (_, bytes) => {
    const { port, url } = await listenBriefly({ limits: { headMs: 300, requestMs: 400 } });
    const head = headOf('POST', '/mcp', { ...good(port), 'content-length': '100' });
    const slow = Array.from({ length: 20 }, () => rawRequest(port, bytes === 'BODY' ? `${head}{` : bytes, 8_000));
    const friend = new PlainClient(url, { authorization: `Bearer ${TOKEN}` });
    expect((await friend.tools()).length).toBeGreaterThan(3);
    const answers = await Promise.all(slow);
    for (const { status, ms } of answers) {
      expect([0, 408]).toContain(status);
      expect(ms).toBeLessThan(5_000);
    }
  });

  test('is not told to go on before it is known whose it is', async () => {
    const expecting = { ...good(), 'content-length': '2', expect: '100-continue' };
    const friend = await rawRequest(gateway.port, headOf('POST', '/mcp', { ...expecting, connection: 'close' }), 300);
    expect(friend.head).toMatch(/^HTTP\/1\.1 100 /);
    const stranger = await rawRequest(
      gateway.port,
      headOf('POST', '/mcp', { ...expecting, authorization: 'no' }),
      3_000,
    );
    expect(stranger.status).toBe(401);
  });

  test('is one of a bounded number at a time', async () => {
    const { port } = await listenBriefly({ limits: { connections: 4 } });
    const held = await Promise.all(Array.from({ length: 4 }, () => rawSocket(port)));
    const asked = headOf('GET', '/mcp', { ...good(port), connection: 'close' });
    expect((await rawRequest(port, asked, 2_000)).status).toBe(0);
    held[0]?.destroy();
    await expect.poll(async () => (await rawRequest(port, asked, 2_000)).status, { timeout: 5_000 }).toBe(405);
    for (const socket of held) socket.destroy();
  });
});

describe('[gateway.pages] a web page', () => {
  const PAGE = 'https://app.example';
  const ask = async (method: string, origin: string, more: Record<string, string> = {}): Promise<Response> => {
    const { port } = await listenBriefly({ origins: [PAGE] });
    return fetch(`http://127.0.0.1:${port}/mcp`, { method, headers: { origin, ...more } });
  };
  const TOLD = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' };
  const BEARER = { authorization: `Bearer ${TOKEN}` };

  test('that a person named may ask, with the token', async () => {
    const before = await ask('OPTIONS', PAGE, TOLD);
    expect(before.status).toBe(204);
    expect(before.headers.get('access-control-allow-origin')).toBe(PAGE);
    expect(before.headers.get('access-control-allow-headers')).toContain('Authorization');
    const mirrored = { 'access-control-request-headers': 'authorization, mcp-param-region, x-own' };
    const allowed = (await ask('OPTIONS', PAGE, { ...TOLD, ...mirrored })).headers.get('access-control-allow-headers');
    expect(allowed).toMatch(/, mcp-param-region$/);
    expect(before.headers.get('access-control-allow-credentials')).toBeNull();
    const without = await ask('DELETE', PAGE);
    expect(without.status).toBe(401);
    const answer = await ask('DELETE', PAGE, BEARER);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('access-control-allow-origin')).toBe(PAGE);
    expect(answer.headers.get('vary')).toBe('Origin');
  });

  test.each(['https://other.example', 'https://app.example.evil', 'null'])(
    'that nobody named learns nothing: %s',
    async (origin) => {
      for (const [method, more] of [
        ['OPTIONS', TOLD],
        ['DELETE', BEARER],
      ] as const) {
        const answer = await ask(method, origin, more);
        expect(answer.status).toBe(403);
        expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
      }
    },
  );

  test('of this machine is let in with the token, but its browser is told nothing', async () => {
    const answer = await ask('DELETE', 'http://localhost:5173', BEARER);
    expect(answer.status).toBe(400);
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect((await ask('OPTIONS', 'http://localhost:5173', TOLD)).status).toBe(401);
  });
});

test('[gateway.token-stays] the token of the gateway reaches no server, however it came in', async () => {
  const names = ['one', 'old', 'modern', 'local'];
  const headers = {
    authorization: `Bearer ${TOKEN}`,
    cookie: `session=${TOKEN}`,
    'x-api-key': TOKEN,
    'proxy-authorization': `Basic ${TOKEN}`,
    'mcp-param-secret': TOKEN,
  };
  for (const path of ['', '/one', '/old', '/modern', '/local']) {
    const client = new PlainClient(`${gateway.url}${path}`, headers);
    for (const name of path === '' ? names : [path.slice(1)]) {
      const tool = path === '' ? `${name}__echo` : 'echo';
      expect(await client.call(tool, { text: 'a' })).toMatchObject({ ok: true });
      await client.ask('ping');
    }
  }
  const environment = await new PlainClient(gateway.url, headers).call('local__environment');
  expect(JSON.stringify(environment.result)).toContain('PATH');
  expect(JSON.stringify(environment.result)).not.toContain(TOKEN);
  for (const mount of mounts) {
    const hits = mount.hits();
    expect(hits.filter(({ rpcMethod }) => rpcMethod === 'tools/call').length).toBeGreaterThanOrEqual(2);
    expect(JSON.stringify(hits)).not.toContain(TOKEN);
    expect(
      hits.some((hit) => Object.keys(hit.headers).some((name) => /authorization|cookie|x-api-key/.test(name))),
    ).toBe(false);
  }
});
