/**
 * The secrets of a sign-in, each of them unique, and an authorization server and a server that repeat in every error
 * whatever they were sent.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startAuthServer } from '../../src/testing/auth-server.ts';
import type { AuthServer, EndpointFault } from '../../src/testing/auth-server.ts';
import { makePlace } from '../support/cli.ts';
import type { Place } from '../support/cli.ts';

const SECRET = 'canaryClientSecret+/7f3a91=';
const REDIRECT = 'http://localhost:17472/callback';
const CONFIG = ['--config', 'servers.json'] as const;

let server: AuthServer;
let place: Place;
beforeAll(async () => {
  server = await startAuthServer({
    resources: { '/mcp': { toolScopes: { add: ['admin'] } } },
    clients: [{ client_id: 'firm', client_secret: SECRET, redirect_uris: [REDIRECT] }],
  });
  place = await makePlace();
});
afterAll(async () => {
  await place.run(['daemon', 'stop']);
  await place.remove();
  await server.close();
});

type Tattling = NonNullable<EndpointFault['answer']>;

/** Repeats what it was sent, in a well-formed OAuth error or in prose. */
const tattle =
  (code: number, error?: string): Tattling =>
  ({ record, response }) => {
    const told = `${record.body} ${JSON.stringify(record.headers)} ${decodeURIComponent(record.body.replaceAll('+', ' '))}`;
    const short = told.replaceAll(/["\\]/g, "'").slice(0, 1_500);
    response.writeHead(code, {
      'content-type': error === undefined ? 'text/plain' : 'application/json',
      'www-authenticate': `Bearer error="${error ?? 'invalid_token'}", error_description="${short}"`,
    });
    response.end(error === undefined ? told : JSON.stringify({ error, error_description: told.slice(0, 4_000) }));
  };

/** Everything secret that went to the servers: tokens, codes, verifiers, client secrets. */
function sentSecrets(): ReadonlySet<string> {
  const secrets = new Set([SECRET]);
  for (const { body, headers } of [...server.requests.authorization, ...server.requests.resource]) {
    const form = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
    const params = new URLSearchParams(form ? body : '');
    for (const name of ['code', 'code_verifier', 'refresh_token', 'token', 'client_secret', 'device_code'])
      for (const value of params.getAll(name)) secrets.add(value);
    const credentials = /^(?:Bearer|Basic) (\S+)$/.exec(headers['authorization'] ?? '')?.[1];
    if (credentials !== undefined) secrets.add(credentials);
  }
  return secrets;
}

const formsOf = (secret: string): readonly string[] => [
  secret,
  encodeURIComponent(secret),
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
];

function processArguments(): string {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return '';
      }
    })
    .filter((line) => line.includes('bin.'))
    .join('\n');
}

/** Where the browser ends after the consent. */
async function consented(url: string): Promise<string> {
  return (await fetch(url, { redirect: 'manual' })).headers.get('location') ?? '';
}

const seen: [string, string][] = [];
const commandLines: string[] = [];
const env = { FIRM: SECRET, HOLDFAST_DEBUG: '1', HOLDFAST_REFRESH_GAP_MS: '0', HOLDFAST_STARTUP_DELAY_MS: '50' };

async function say(words: string, input?: string): Promise<void> {
  const running = place.run([...words.split(' '), ...CONFIG], { env, ...(input === undefined ? {} : { input }) });
  const watch = setInterval(() => commandLines.push(processArguments()), 25);
  const { stdout, stderr } = await running;
  clearInterval(watch);
  seen.push([words, stdout + stderr]);
}

async function look(): Promise<void> {
  for (const words of ['status --json --wait 10s', 'get docs', 'get docs --json', 'logs docs', 'doctor docs --json'])
    await say(words);
}

/** Signs in, with an answer of the token endpoint that may be bad. */
async function signIn(): Promise<void> {
  const started = await place.run(['login', 'docs', '--start', '--json', ...CONFIG], { env });
  const { flow, url } = JSON.parse(started.stdout) as { flow: string; url: string };
  await say(`login --finish ${flow}`, await consented(url));
}

test('[security.canaries] no secret of a sign-in is in any output, log, file of ours or process argument', async () => {
  const oauth = { clientId: 'firm', clientSecret: '${FIRM}', callbackPort: 17_472 };
  await writeFile(
    join(place.project, 'servers.json'),
    JSON.stringify({ mcpServers: { docs: { url: server.url, oauth } } }),
  );
  await say('daemon start');
  const withFault = async (id: Parameters<AuthServer['fault']>[0], answer: Tattling, work: () => Promise<void>) => {
    server.fault(id, { commit: false, answer }, Infinity);
    await work();
    await look();
    server.clearFaults();
  };
  for (const answer of [tattle(400, 'invalid_grant'), tattle(401, 'invalid_client'), tattle(500), tattle(200)])
    await withFault('token', answer, signIn);
  await signIn();
  await look();
  await say('call docs add {"a":1,"b":2}');
  await withFault('resource', tattle(403, 'insufficient_scope'), () => say('call docs echo {"text":"hi"}'));
  await withFault('resource', tattle(500), () => say('reconnect docs'));
  server.expireAccessTokens();
  await withFault('token', tattle(503), () => say('call docs echo {"text":"hi"} --no-daemon'));
  await withFault('token', tattle(400, 'invalid_request'), () => say('reconnect docs'));
  await withFault('token', tattle(400, 'invalid_grant'), () => say('reconnect docs'));
  await signIn();
  await withFault('revoke', tattle(400, 'unsupported_token_type'), () => say('logout docs'));
  await signIn();
  await say('events --since 0 --wait 1s');
  await say('credentials');
  await say('credentials --json');
  const secrets = [...sentSecrets()];
  // It really sent codes, verifiers, refresh tokens and Basic credentials, and the faults were really told.
  expect(secrets.length).toBeGreaterThan(12);
  const all = seen.map(([, text]) => text).join('\n');
  for (const word of ['invalid_grant', '503', 'signed in', 'refresh_token=[secret]'])
    expect.soft(all.includes(word), word).toBe(true);
  expect(commandLines.some((lines) => lines.includes('__redeem'))).toBe(true);
  const places = [...seen, ['process arguments', commandLines.join('\n')] as const];
  await place.run(['daemon', 'stop'], { env });
  const names = await readdir(join(place.home, '..'), { recursive: true, withFileTypes: true });
  const files = names.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  const ours = files.filter((file) => !/\/(?:credentials|registrations|flows)\//.test(file));
  expect(ours.some((file) => file.endsWith('.log'))).toBe(true);
  const texts = await Promise.all(ours.map(async (file) => [file, await readFile(file, 'latin1')] as const));
  for (const secret of secrets)
    for (const form of formsOf(secret))
      for (const [what, text] of [...places, ...texts])
        expect.soft(text.includes(form), `${form.slice(0, 60)} in ${what}`).toBe(false);
}, 240_000);
