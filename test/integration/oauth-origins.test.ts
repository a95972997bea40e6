/**
 * Whole sign-ins over three origins: what the entry holds is for the first of them and is never seen by the others.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { startOrigin, type Origin } from '../support/origin.ts';
import { browse, createRig, knock, oauthEntry, type Rig } from '../support/sign-in-rig.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

const HEADERS = {
  'X-Api-Key': 'CANARY-key',
  Cookie: 'CANARY=cookie',
  'X-Helper': 'CANARY-helper',
  'X-Tenant': 'CANARY',
};
const NAMES = Object.keys(HEADERS).map((name) => name.toLowerCase());

interface Three {
  readonly mcp: Origin;
  readonly auth: Origin;
  readonly third: Origin;
}

/** Answers by path; what is not named is a 404. */
type Routes = Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => void>>;

const send = (response: ServerResponse, body: unknown, status = 200): void =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

async function origin(routes: (self: () => Origin) => Routes): Promise<Origin> {
  const started: Origin = await startOrigin((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const route = routes(() => started)[path];
    request.resume();
    request.on('end', () => {
      if (route === undefined) response.writeHead(404).end();
      else route(request, response);
    });
  });
  closers.push(() => started.close());
  return started;
}

const RESOURCE = '/.well-known/oauth-protected-resource';
const SERVER = '/.well-known/oauth-authorization-server';

/** The server redirects for its metadata to the third origin, and so does the authorization server, each with this status. */
async function three(status: number, token: 'answers' | 'redirects' = 'answers'): Promise<Three> {
  const world: { mcp?: Origin; auth?: Origin } = {};
  const third = await origin(() => ({
    '/resource': (_, response) =>
      send(response, { resource: `${world.mcp?.url}/mcp`, authorization_servers: [world.auth?.url] }),
    '/server': (_, response) =>
      send(response, {
        issuer: world.auth?.url,
        ...Object.fromEntries(
          ['authorization', 'token', 'registration', 'revocation'].map((what) => [
            `${what}_endpoint`,
            `${world.auth?.url}/${what}`,
          ]),
        ),
        code_challenge_methods_supported: ['S256'],
      }),
  }));
  const to = (location: string) => (_: IncomingMessage, response: ServerResponse) =>
    void response.writeHead(status, { location }).end();
  world.mcp = await origin((self) => ({
    '/mcp': (_, response) =>
      void response
        .writeHead(401, { 'www-authenticate': `Bearer resource_metadata="${self().url}${RESOURCE}/mcp"` })
        .end(),
    [`${RESOURCE}/mcp`]: to(`${third.url}/resource`),
  }));
  const tokens = {
    access_token: 'access-token-1',
    refresh_token: 'refresh-token-1',
    token_type: 'Bearer',
    expires_in: 1,
  };
  world.auth = await origin(() => ({
    [SERVER]: to(`${third.url}/server`),
    '/registration': (_, response) => send(response, { client_id: 'client-1' }, 201),
    '/authorization': (request, response) => {
      const asked = new URL(request.url ?? '', 'http://x').searchParams;
      const back = new URL(asked.get('redirect_uri') ?? '');
      back.search = new URLSearchParams({ code: 'code-1', state: asked.get('state') ?? '' }).toString();
      response.writeHead(302, { location: back.href }).end();
    },
    '/token': token === 'answers' ? (_, response) => send(response, tokens) : to(`${third.url}/token`),
    '/revocation': (_, response) => void response.end(),
  }));
  return { third, mcp: world.mcp, auth: world.auth };
}

function rig(): Rig {
  const made = createRig();
  closers.push(() => made.signIns.close());
  return made;
}

/** The configured names that this origin has seen, and every place where a value of theirs was. */
function leaks({ arrived }: Origin): readonly string[] {
  const names = arrived.flatMap(({ headers }) => NAMES.filter((name) => name in headers));
  return JSON.stringify(arrived).includes('CANARY') ? [...names, 'a value'] : names;
}

const paths = ({ arrived }: Origin): readonly string[] => arrived.map(({ url }) => url.split('?')[0] ?? '');

describe('[security.origin-bound] the headers of an entry', () => {
  test.each([301, 302, 303, 307, 308])(
    'are seen by no other origin in the whole life of a sign-in, whose metadata a %d leads to',
    async (status) => {
      const { mcp, auth, third } = await three(status);
      const here = rig();
      const entry = oauthEntry({ url: `${mcp.url}/mcp`, headers: HEADERS });
      const own = await here.headers(entry);
      const { challenges } = await knock(`${mcp.url}/mcp`, own);
      const ask = { numbers: here.numbers, signal: new AbortController().signal };
      if (entry.endpoint.kind === 'stdio') throw new Error('it is remote');
      expect(await here.credentials.advertises(entry.endpoint, challenges, ask)).toMatchObject({ offered: true });
      expect(await here.credentials.advertises(entry.endpoint, [], ask)).toMatchObject({ offered: true });
      const outcome = await here.signIn(entry, { challenges });
      expect(outcome).toMatchObject({ kind: 'completed' });
      await here.headers(entry);
      const did = await here.signIns.forget(entry, { ...ask, revoke: true, client: true });
      expect(did.length).toBeGreaterThan(0);
      // Everything that can be asked was asked, so that the rig would have seen a leak.
      expect(new Set(paths(auth))).toEqual(
        new Set([SERVER, '/registration', '/authorization', '/token', '/revocation']),
      );
      expect(new Set(paths(third))).toEqual(new Set(['/resource', '/server']));
      expect(NAMES.every((name) => mcp.arrived.some(({ headers }) => name in headers))).toBe(true);
      expect([...leaks(auth), ...leaks(third)]).toEqual([]);
      // Also on their own origin only the server itself has them, not its metadata.
      for (const { url, headers } of mcp.arrived)
        if (url !== '/mcp') expect(NAMES.filter((name) => name in headers)).toEqual([]);
    },
  );

  test.each([301, 302, 303, 307, 308])('nor does a code follow a %d of the token endpoint', async (status) => {
    const { mcp, third } = await three(status, 'redirects');
    const here = rig();
    const waiting = await here.start(oauthEntry({ url: `${mcp.url}/mcp`, headers: HEADERS }));
    await (await browse(waiting.url)).text();
    expect(await here.outcome(waiting.flow)).toMatchObject({ kind: 'failed' });
    expect(paths(third)).not.toContain('/token');
    expect(JSON.stringify(third.arrived)).not.toContain('code-1');
  });
});
