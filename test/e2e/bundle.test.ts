/**
 * `holdfast doctor --bundle`: everything a helper needs, and none of the secrets that a person may have put anywhere.
 *
 * @module
 */
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mcpServer, startFaultServer } from '../../src/testing/index.ts';
import type { Exchange, FaultServer } from '../../src/testing/index.ts';
import { makePlace } from '../support/cli.ts';
import type { Place } from '../support/cli.ts';

const CANARY = {
  header: 'canaryHeader7f3a91',
  bearer: 'canaryBearer2b6c4d',
  helper: 'canaryHelper9e8d7c',
  query: 'canaryQuery5a5b5c',
  user: 'canaryUserinfo1c2d',
  env: 'canaryEnv0f0e0d11',
  argument: 'canaryArgument8a7b',
  variable: 'canaryVariable3e4f',
  client: 'canaryClient6d7e8f',
  access: 'canaryAccess1a2b3c',
  refresh: 'canaryRefresh4d5e6f',
  webhook: 'canaryWebhook7a8b9c',
} as const;
const forms = Object.values(CANARY).flatMap((value) => [
  value,
  Buffer.from(value).toString('base64').replace(/=+$/, ''),
  encodeURIComponent(value),
]);

let server: FaultServer;
let place: Place;
beforeAll(async () => {
  server = await startFaultServer();
  place = await makePlace();
});
afterAll(async () => {
  await place.remove();
  await server.close();
});

/** Repeats everything that was sent. */
const tattle = (code: number) => (exchange: Exchange) => {
  const told = `you sent ${JSON.stringify(exchange.request.headers)} to ${exchange.request.url}`;
  exchange.response.writeHead(code, { 'content-type': 'text/plain' }).end(told);
};
const at = (path: string, code: number): string => server.mount(path, tattle(code)).url;

function entries(): object {
  const { port } = new URL(server.origin);
  server.mount('/user', tattle(500));
  return {
    header: {
      type: 'http',
      url: at('/header', 401),
      headers: { 'X-Key': CANARY.header, Authorization: `Bearer ${CANARY.bearer}` },
    },
    helped: {
      type: 'http',
      url: at('/helped', 403),
      headersHelper: `echo '{"X-Made":"${CANARY.helper}"}'; echo made >&2`,
    },
    query: { type: 'http', url: `${at('/query', 404)}?api_key=${CANARY.query}` },
    user: { type: 'http', url: `http://me:${CANARY.user}@127.0.0.1:${port}/user` },
    variable: { type: 'http', url: at('/variable', 404), headers: { 'X-V': '${NEEDED}' } },
    client: { type: 'http', url: at('/client', 401), oauth: { clientId: 'me', clientSecret: CANARY.client } },
    leaky: {
      command: '/bin/sh',
      args: ['-c', 'echo "the key is $SECRET_KEY" >&2; exit 3', '--token', CANARY.argument],
      env: { SECRET_KEY: CANARY.env },
    },
    good: { type: 'http', url: server.mount('/good', mcpServer()).url },
  };
}

test('[doctor.bundle] the bundle has states, history and logs, is the owner’s alone, and has none of a dozen canaries', async () => {
  const config = join(place.project, 'servers.json');
  const webhooks = [{ url: `${server.origin}/hook?key=${CANARY.webhook}`, secret: CANARY.webhook }];
  await writeFile(config, JSON.stringify({ mcpServers: entries(), webhooks }), { mode: 0o600 });
  const login = {
    access_token: CANARY.access,
    refresh_token: CANARY.refresh,
    client_id: 'me',
    client_secret: CANARY.client,
    expires_in: 3600,
    issuer: 'https://issuer.example',
    token_endpoint: 'https://issuer.example/token',
  };
  const args = ['--config', config, '--no-daemon'];
  const imported = await place.run(['credentials', 'import', '-', '--server', 'good', ...args], {
    input: JSON.stringify(login),
  });
  expect(imported.code, imported.stderr).toBe(0);
  const env = { NEEDED: CANARY.variable, HOLDFAST_STARTUP_DELAY_MS: '50', HOLDFAST_RESPAWN_DELAY_MS: '50' };
  const doctor = (): ReturnType<Place['run']> =>
    place.run(['doctor', '--bundle', 'report.json', '--wait', '20s', ...args], { env });
  const ran = await doctor();
  expect(ran.code, ran.stderr).toBe(0);
  const path = join(place.project, 'report.json');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const text = await readFile(path, 'utf8');
  for (const form of forms) expect.soft(text.includes(form), `${form} in the bundle`).toBe(false);
  for (const form of forms)
    expect.soft((ran.stdout + ran.stderr).includes(form), `${form} on the terminal`).toBe(false);
  const bundle = JSON.parse(text) as Record<string, readonly unknown[]>;
  expect(Object.keys(bundle).toSorted()).toEqual(
    'daemonLog entries environment events findings owner program schema servers sources time'.split(' '),
  );
  expect(bundle['servers']).toHaveLength(8);
  expect(bundle['events']?.length).toBeGreaterThan(10);
  // It is not empty talk: what was wrong is in it.
  for (const word of ['http-404', 'credentials-rejected', 'the key is', 'NEEDED', 'crash-loop', '[secret]'])
    expect(text).toContain(word);

  const again = await doctor();
  expect(again.code).toBe(2);
  expect(again.stderr).toContain('is there already');
}, 60_000);
