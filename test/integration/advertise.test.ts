/**
 * Looking for a sign-in on real sockets.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { createCredentials } from '../../src/auth/credentials.ts';
import { shellSpawner } from '../../src/auth/helper/shell.ts';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { Redactor } from '../../src/base/secret.ts';
import { resolveNumbers } from '../../src/core/numbers.ts';
import type { Advertised, Credentials } from '../../src/core/ports.ts';
import { createHttp } from '../../src/net/dispatcher.ts';
import { startOrigin, type Origin } from '../support/origin.ts';
import { remoteEndpoint, remoteEntry } from '../support/remote-entry.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((thing) => thing.close()));
});

async function origin(handle?: (request: IncomingMessage, response: ServerResponse) => void): Promise<Origin> {
  const started = await startOrigin(handle);
  opened.push(started);
  return started;
}

function credentials(): Credentials {
  const http = createHttp({ env: {} });
  opened.push(http);
  return createCredentials({
    clock: systemClock,
    logger: silentLogger,
    redactor: new Redactor(),
    spawn: shellSpawner({ windows: false }),
    baseEnv: { PATH: process.env['PATH'] },
    fetch: http.fetch,
  });
}

const signal = new AbortController().signal;
const numbers = resolveNumbers({ metadataTimeoutMs: 400 });
const HEADERS = { Authorization: 'Bearer CANARY', 'X-Api-Key': 'CANARY', Cookie: 'CANARY=1' };

async function look(server: Origin): Promise<Advertised & { tookMs: number }> {
  const start = performance.now();
  const endpoint = remoteEndpoint({ url: `${server.url}/mcp`, headers: HEADERS });
  const found = await credentials().advertises(endpoint, [], { numbers, signal });
  return { ...found, tookMs: performance.now() - start };
}

describe('[net.advertises] a server on this machine', () => {
  test('that describes its resource offers a sign-in', async () => {
    const server = await origin((_, response) => {
      response.end(JSON.stringify({ resource: `${server.url}/mcp`, authorization_servers: ['https://auth.example'] }));
    });
    const url = `${server.url}/.well-known/oauth-protected-resource/mcp`;
    expect(await look(server)).toMatchObject({ offered: true, by: 'resource-metadata', url });
  });

  test('that answers everything with a page offers none', async () => {
    const server = await origin((_, response) => void response.end('<html>welcome</html>'));
    expect(await look(server)).toMatchObject({ offered: false });
    expect(server.arrived.map(({ url }) => url)).toEqual([
      '/.well-known/oauth-protected-resource/mcp',
      '/.well-known/oauth-protected-resource',
      '/.well-known/oauth-authorization-server',
    ]);
  });
});

describe('[security.metadata-clean] looking for a sign-in', () => {
  test.each<[string, (request: IncomingMessage, response: ServerResponse) => void]>([
    ['is silent', () => undefined],
    ['closes every connection', (request) => void request.socket.destroy()],
    [
      'redirects in a circle',
      (request, response) => void response.writeHead(302, { location: `${request.url}` }).end(),
    ],
    ['sends 10 MB', (_, response) => void response.end(Buffer.alloc(10_000_000, ' '))],
    ['nests 100 000 deep', (_, response) => void response.end('['.repeat(100_000) + ']'.repeat(100_000))],
    ['has a million keys', (_, response) => void response.end(`{${'"a":0,'.repeat(140_000)}"b":0}`)],
  ])('a server that %s offers none, in time and after few requests', async (_what, handle) => {
    const server = await origin(handle);
    const found = await look(server);
    expect(found.offered).toBe(false);
    expect(found.tookMs).toBeLessThan(1_500);
    expect(server.arrived.length).toBeLessThanOrEqual(6);
  });

  test.each([301, 302, 303, 307, 308])(
    'no header of the entry goes anywhere, redirected by %d or not',
    async (status) => {
      const other = await origin((_, response) => void response.end('{}'));
      const server = await origin(
        (_, response) => void response.writeHead(status, { location: `${other.url}/x` }).end(),
      );
      await look(server);
      expect(other.arrived.length).toBeGreaterThan(0);
      expect(JSON.stringify([server.arrived, other.arrived])).not.toContain('CANARY');
      for (const { headers } of [...server.arrived, ...other.arrived])
        for (const name of Object.keys(HEADERS)) expect(headers).not.toHaveProperty(name.toLowerCase());
    },
  );

  test('does not follow into the network when the server is on this machine and names the metadata service', async () => {
    const server = await origin((_, response) => {
      response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end();
    });
    expect(await look(server)).toMatchObject({ offered: false });
    expect(server.arrived).toHaveLength(3);
  });
});

describe.skipIf(process.platform === 'win32')('the headers of an entry', () => {
  test('[helper.wins] come from its helper where both name one', async () => {
    const entry = remoteEntry({
      headers: { authorization: 'static', 'X-A': '1' },
      helper: { command: `printf '{"Authorization":"%s"}' "$CLAUDE_CODE_MCP_SERVER_NAME"` },
    });
    const got = await credentials().headers(entry, { fresh: false, numbers, signal });
    expect(got).toMatchObject({ ok: true, kind: 'helper', run: { exitCode: 0 } });
    const sent = got.ok ? Object.entries(got.headers).map(([name, value]) => [name, value.reveal()]) : [];
    expect(Object.fromEntries(sent)).toEqual({ 'X-A': '1', Authorization: 'docs' });
  });
});
