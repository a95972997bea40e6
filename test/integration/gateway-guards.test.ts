/**
 * Who is let in to the gateway over HTTP, on every route, and how much of a stranger's request is read.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import type { Fleet } from '../../src/core/fleet.ts';
import { createHoldfast } from '../../src/create.ts';
import { listenHttp } from '../../src/gateway/front/http.ts';
import type { HttpGateway } from '../../src/gateway/front/http.ts';
import { mcpServer, startFaultServer } from '../../src/testing/index.ts';
import type { FaultServer, McpServer } from '../../src/testing/index.ts';
import { headOf, rawRequest } from '../support/raw-http.ts';

const TOKEN = `hf_${'t'.repeat(43)}`;
let faults: FaultServer;
let one: McpServer;
let fleet: Fleet;
let gateway: HttpGateway;

beforeAll(async () => {
  faults = await startFaultServer();
  one = mcpServer();
  fleet = await createHoldfast({ servers: { one: { url: faults.mount('/one', one.behaviour).url } }, env: {} });
  await fleet.settled({ timeoutMs: 10_000 });
  gateway = await listenHttp(
    { fleet, clock: systemClock, logger: silentLogger, version: '0.0.0' },
    { port: 0, token: () => TOKEN },
  );
});
afterAll(async () => {
  await gateway.close();
  await fleet.close();
  await faults.close();
});

const good = (): Record<string, string> => ({
  host: `127.0.0.1:${gateway.port}`,
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
