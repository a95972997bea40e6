/**
 * Signing in with the built program: a real authorization server, several processes, no terminal.
 *
 * @module
 */
import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Snapshot } from '../../src/core/snapshot.ts';
import { startAuthServer } from '../../src/testing/auth-server.ts';
import type { AuthServer } from '../../src/testing/auth-server.ts';
import { makePlace } from '../support/cli.ts';
import type { Place } from '../support/cli.ts';

interface Waiting {
  readonly flow: string;
  readonly url: string;
  readonly redirectUri: string;
  readonly state: string;
}

let server: AuthServer;
let place: Place;

beforeAll(async () => {
  server = await startAuthServer({
    resources: { '/mcp': { scopes: ['read'], toolScopes: { add: ['admin'] } }, '/robot': {} },
    clients: [
      { client_id: 'robot', client_secret: 'canary-robot-secret', grant_types: ['client_credentials'] },
      { client_id: 'firm', client_secret: 'canary-firm-first', redirect_uris: ['http://localhost:17471/callback'] },
    ],
  });
});

afterAll(() => server.close());

afterEach(async () => {
  await place.run(['daemon', 'stop']);
  await place.remove();
});

/** A person's home with one protected server, `docs`, and one for a machine, `robot`. */
async function begin(): Promise<void> {
  place = await makePlace();
  const robot = {
    url: server.urlOf('/robot'),
    oauth: { grant: 'client_credentials', clientId: 'robot', clientSecret: '${ROBOT}' },
  };
  const file = join(place.project, 'servers.json');
  await writeFile(file, JSON.stringify({ mcpServers: { docs: { url: server.url }, robot } }));
}

const CONFIG = ['--config', 'servers.json'] as const;

/** Where the browser ends after the consent. */
async function consented(url: string): Promise<string> {
  const answer = await fetch(url, { redirect: 'manual' });
  return answer.headers.get('location') ?? '';
}

async function signedIn(...more: readonly string[]): Promise<void> {
  const waiting = await place.json<Waiting>(['login', 'docs', '--start', '--json', ...CONFIG, ...more]);
  const ran = await place.run(['login', '--finish', waiting.flow, ...CONFIG, ...more], {
    input: await consented(waiting.url),
  });
  expect(ran).toMatchObject({ code: 0 });
}

/** Every file below a folder, as text. */
async function everything(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  return (await Promise.all(files.map((file) => readFile(file, 'latin1')))).join('\n');
}

const statusOf = async (name: string, ...more: readonly string[]): Promise<Snapshot> => {
  const args = ['status', name, '--json', '--no-daemon', '--wait', '10s', ...CONFIG, ...more];
  const { servers } = await place.json<{ servers: readonly Snapshot[] }>(args);
  return servers[0] as Snapshot;
};

describe('[login.two-steps] signing in by two processes', () => {
  test('the second finishes what the first began, and every later one is signed in', async () => {
    await begin();
    const waiting = await place.json<Waiting>(['login', 'docs', '--start', '--json', ...CONFIG]);
    expect(waiting).toMatchObject({ schema: 'login/v1', state: 'waiting', server: 'docs', listening: false });
    const address = await consented(waiting.url);
    expect(address.startsWith(waiting.redirectUri)).toBe(true);
    const wrong = await place.run(['login', '--finish', waiting.flow, ...CONFIG], {
      input: `${waiting.redirectUri}?code=x&state=y`,
    });
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    const ran = await place.run(['login', '--finish', waiting.flow, ...CONFIG], { input: address });
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toContain('docs: connected');
    expect(await statusOf('docs')).toMatchObject({ status: 'connected', login: { scopes: ['read'], renewable: true } });
    const again = await place.run(['login', '--finish', waiting.flow, ...CONFIG], { input: address });
    expect(again.code).toBe(2);
  });

  test('[login.headless] login alone ends at once with 3, the address and the command', async () => {
    await begin();
    const ran = await place.run(['login', 'docs', ...CONFIG]);
    expect(ran).toMatchObject({ code: 3, stdout: '' });
    expect(ran.stderr).toMatch(/Open: http:\/\/127\.0\.0\.1:\d+\/auth\/authorize\?\S+\n/);
    expect(ran.stderr).toMatch(/login --finish [\da-f]{32} --config/);
  });

  test('a machine signs in by itself', async () => {
    await begin();
    const env = { ROBOT: 'canary-robot-secret' };
    const ran = await place.run(['login', 'robot', ...CONFIG], { env });
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.stdout).toContain('robot: connected');
    expect(ran.stdout + ran.stderr).not.toContain('canary');
  });
});

test('[refresh.configured-client] a client secret that was changed in the entry renews the login that is held', async () => {
  await begin();
  const firm = {
    url: server.urlOf('/robot'),
    oauth: { clientId: 'firm', clientSecret: '${FIRM}', callbackPort: 17_471 },
  };
  await writeFile(join(place.project, 'servers.json'), JSON.stringify({ mcpServers: { firm } }));
  const first = { env: { FIRM: 'canary-firm-first' } };
  const waiting = await place.json<Waiting>(['login', 'firm', '--start', '--json', ...CONFIG], first);
  const finish = ['login', '--finish', waiting.flow, ...CONFIG];
  expect(await place.run(finish, { ...first, input: await consented(waiting.url) })).toMatchObject({ code: 0 });
  const client = server.clients.find(({ client_id: id }) => id === 'firm');
  Object.assign(client ?? {}, { client_secret: 'canary-firm-second' });
  server.expireAccessTokens();
  const { redemptions, authorizations } = server.counters;
  // A command redeems in a process of its own, which is told the secret that the store does not have yet.
  const call = ['call', 'firm', 'echo', '{"text":"hello"}', '--no-daemon', ...CONFIG];
  const ran = await place.run(call, { env: { FIRM: 'canary-firm-second' } });
  expect(ran).toMatchObject({ code: 0, stdout: 'hello\n' });
  expect(server.counters).toMatchObject({ redemptions: redemptions + 1, authorizations });
  const disk = await everything(place.home);
  expect(disk).toContain('canary-firm-second');
  expect(disk).not.toContain('canary-firm-first');
});

describe('[login.step-up] a call that needs more rights, without a terminal', () => {
  test('ends with 3, the rights and a command that grants them', async () => {
    await begin();
    await signedIn();
    const call = ['call', 'docs', 'add', '{"a":1,"b":2}', ...CONFIG];
    const refused = await place.run([...call, '--json']);
    expect(refused.code).toBe(3);
    expect(JSON.parse(refused.stderr)).toMatchObject({
      error: {
        code: 'ERR_STEP_UP_REQUIRED',
        exit: 3,
        data: { missingScopes: expect.arrayContaining(['admin']) as string[] },
      },
    });
    expect(refused.stderr).toMatch(/login docs --scopes '?(?:read )?admin/);
    await signedIn('--scopes', 'admin');
    expect(await place.run(call)).toMatchObject({ code: 0 });
  });
});

describe('[login.profile] a second account', () => {
  test('is a login of its own, and the server is bound to it', async () => {
    await begin();
    await signedIn();
    await signedIn('--profile', 'work');
    expect(await statusOf('docs')).toMatchObject({ status: 'connected', login: { profile: 'work' } });
    expect(await statusOf('docs', '--profile', 'default')).toMatchObject({ login: { profile: 'default' } });
    expect(await place.run(['logout', 'docs', ...CONFIG])).toMatchObject({ code: 0 });
    expect(await statusOf('docs')).toMatchObject({ status: 'needs-auth' });
    expect(await statusOf('docs', '--profile', 'default')).toMatchObject({ status: 'connected' });
  });
});

describe('[login.credentials] stored logins', () => {
  test('are taken from one home to another', async () => {
    await begin();
    await signedIn();
    const out = join(place.project, 'login.json');
    const exported = await place.run(['credentials', 'export', server.url, '--out', out]);
    expect(exported).toMatchObject({ code: 0 });
    expect((await stat(out)).mode & 0o777).toBe(0o600);
    expect((await place.run(['credentials', 'export', server.url, '--out', out])).code).toBe(2);
    expect((await place.run(['credentials', 'remove', server.url])).code).toBe(0);
    expect(await statusOf('docs')).toMatchObject({ status: 'needs-auth' });
    expect((await place.run(['credentials', 'import', out])).code).toBe(0);
    expect(await statusOf('docs')).toMatchObject({ status: 'connected', login: { grant: 'authorization_code' } });
  });

  test('[security.canaries] no verb shows a token of them', async () => {
    await begin();
    await signedIn();
    const stored = JSON.parse((await place.run(['credentials', 'export', server.url, '--stdout'])).stdout) as {
      secrets: Record<string, string>;
    };
    const secrets = Object.values(stored.secrets);
    expect(secrets.length).toBeGreaterThan(1);
    const verbs = [
      ['status'],
      ['get', 'docs'],
      ['list'],
      ['credentials'],
      ['credentials', 'show', server.url],
      ['events', '--wait', '5s'],
      ['logs', 'docs'],
      ['doctor'],
      ['logout', 'docs'],
    ].map((verb) => [...verb, ...CONFIG, '--json']);
    for (const verb of verbs) {
      const { stdout, stderr } = await place.run(verb);
      for (const secret of secrets) expect(stdout + stderr).not.toContain(secret);
    }
    // After the logout the tokens are nowhere on the disk either.
    const disk = await everything(place.home);
    for (const secret of secrets) expect(disk).not.toContain(secret);
  });
});
