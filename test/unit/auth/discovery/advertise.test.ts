/**
 * Whether a server offers a sign-in, over a scripted `fetch`.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { ADVERTISED_MS, Advertising } from '../../../../src/auth/discovery/advertise.ts';
import type { EffectiveRemote } from '../../../../src/core/entry.ts';
import { DEFAULT_NUMBERS } from '../../../../src/core/numbers.ts';
import { parseChallenges } from '../../../../src/net/challenge.ts';
import { createVirtualClock } from '../../../../src/testing/virtual-clock.ts';
import { remoteEndpoint } from '../../../support/remote-entry.ts';

const ORIGIN = 'https://mcp.example';
const PATH = `${ORIGIN}/.well-known/oauth-protected-resource/mcp`;
const ROOT = `${ORIGIN}/.well-known/oauth-protected-resource`;
const SERVER = `${ORIGIN}/.well-known/oauth-authorization-server`;
const RESOURCE_DOC = { resource: `${ORIGIN}/mcp`, authorization_servers: ['https://auth.example'] };
const SERVER_DOC = {
  issuer: ORIGIN,
  authorization_endpoint: `${ORIGIN}/authorize`,
  token_endpoint: `${ORIGIN}/token`,
};
const refusedConnection = (): Promise<Response> =>
  Promise.reject(new TypeError('fetch failed', { cause: Object.assign(new Error(''), { code: 'ECONNREFUSED' }) }));

type Pages = Readonly<Record<string, () => Response | Promise<Response>>>;

function rig(pages: Pages = {}) {
  const clock = createVirtualClock();
  const asked: string[] = [];
  const sent: unknown[] = [];
  const advertising = new Advertising({
    clock,
    fetch: async (url, init) => {
      asked.push(String(url));
      sent.push(init?.headers);
      return pages[String(url)]?.() ?? new Response('not found', { status: 404 });
    },
  });
  const abort = new AbortController();
  const ask = (endpoint: EffectiveRemote = remoteEndpoint(), header: string | null = null) =>
    advertising.advertises(endpoint, parseChallenges(header), { numbers: DEFAULT_NUMBERS, signal: abort.signal });
  return { clock, advertising, asked, sent, ask, abort };
}

const json = (document: unknown) => () => Response.json(document);

describe('[net.advertises] a sign-in is offered', () => {
  test.each(['Bearer', 'bearer', 'DPoP'])(
    'by a %s challenge with resource_metadata, without asking anything',
    async (scheme) => {
      const { ask, asked } = rig();
      const url = 'https://other.example/meta';
      expect(await ask(remoteEndpoint(), `Basic realm="x", ${scheme} resource_metadata="${url}"`)).toEqual({
        offered: true,
        by: 'challenge',
        url,
      });
      expect(asked).toEqual([]);
    },
  );

  test.each([
    'javascript:alert(1)',
    'file:///etc/passwd',
    'nonsense',
    'http://127.0.0.1:1/',
    'https://169.254.169.254/',
  ])('but not by one that names %s', async (url) => {
    const { ask, asked } = rig();
    expect(await ask(remoteEndpoint(), `Bearer resource_metadata="${url}"`)).toEqual({ offered: false });
    expect(asked).toEqual([PATH, ROOT, SERVER]);
  });

  test('nor by one of another scheme, or by a name inside quotes', async () => {
    const { ask } = rig();
    const decoy = 'Basic resource_metadata="https://a.example/", Bearer realm="resource_metadata=https://a.example/"';
    expect(await ask(remoteEndpoint(), decoy)).toEqual({ offered: false });
  });

  test('by the entry itself, without asking anything', async () => {
    const { ask, asked } = rig();
    expect(await ask(remoteEndpoint({ oauth: {} }))).toEqual({ offered: true, by: 'entry' });
    expect(asked).toEqual([]);
  });

  test('by resource metadata at the path; the root is then not asked', async () => {
    const { ask, asked } = rig({ [PATH]: json(RESOURCE_DOC) });
    expect(await ask()).toEqual({ offered: true, by: 'resource-metadata', url: PATH });
    expect(asked).toEqual([PATH]);
  });

  test('by resource metadata at the root', async () => {
    const { ask } = rig({ [ROOT]: json(RESOURCE_DOC) });
    expect(await ask()).toEqual({ offered: true, by: 'resource-metadata', url: ROOT });
  });

  test('by authorization-server metadata at the origin', async () => {
    const { ask, asked } = rig({ [SERVER]: json(SERVER_DOC) });
    expect(await ask()).toEqual({ offered: true, by: 'authorization-server-metadata', url: SERVER });
    expect(asked).toEqual([PATH, ROOT, SERVER]);
  });

  test.each([
    ['https://h.example', ['', '']],
    ['https://h.example/', ['', '']],
    ['https://h.example/mcp/', ['/mcp', '']],
    ['https://h.example/a/b?t=1', ['/a/b?t=1', '']],
  ])('metadata of %s is looked for where RFC 9728 says', async (url, suffixes) => {
    const { ask, asked } = rig();
    await ask(remoteEndpoint({ url }));
    const places = [...new Set(suffixes)].map(
      (suffix) => `https://h.example/.well-known/oauth-protected-resource${suffix}`,
    );
    expect(asked.slice(0, -1)).toEqual(places);
  });

  test.each<[string, () => Response]>([
    ['HTML', () => new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } })],
    ['an array', json([RESOURCE_DOC])],
    ['null', json(null)],
    ['an empty object', json({})],
    ['no authorization server', json({ ...RESOURCE_DOC, authorization_servers: [] })],
    ['an authorization server that is no URL', json({ ...RESOURCE_DOC, authorization_servers: ['x'] })],
    ['no resource', json({ authorization_servers: ['https://a.example'] })],
    ['half a server', json({ issuer: ORIGIN })],
    ['an error', () => Response.json(RESOURCE_DOC, { status: 500 })],
    ['a body beyond 1 MiB', () => new Response(' '.repeat(1_048_577))],
  ])('but %s does not count', async (_what, page) => {
    const { ask } = rig({ [PATH]: page, [ROOT]: page, [SERVER]: page });
    expect(await ask()).toEqual({ offered: false });
  });
});

describe('[security.metadata-clean] looking for a sign-in', () => {
  test('sends no header of the entry anywhere', async () => {
    const { ask, sent } = rig({ [PATH]: () => Response.redirect('https://other.example/', 302) });
    await ask(remoteEndpoint({ headers: { Authorization: 'CANARY', 'X-Api-Key': 'CANARY' } }));
    expect(sent.length).toBeGreaterThan(3);
    for (const headers of sent) expect(headers).toEqual({ accept: 'application/json' });
  });

  test('asks once more after a network error, and that may succeed', async () => {
    let tries = 0;
    const { ask, asked } = rig({
      [PATH]: () => ((tries += 1) === 1 ? refusedConnection() : Response.json(RESOURCE_DOC)),
    });
    expect(await ask()).toMatchObject({ offered: true });
    expect(asked).toEqual([PATH, PATH]);
  });

  test('makes at most six requests, whatever the server does', async () => {
    for (const page of [refusedConnection, () => Response.redirect(`${ORIGIN}/loop`, 302)]) {
      const pages = Object.fromEntries([PATH, ROOT, SERVER, `${ORIGIN}/loop`].map((url) => [url, page]));
      const { ask, asked } = rig(pages);
      expect(await ask()).toEqual({ offered: false });
      expect(asked).toHaveLength(6);
    }
  });

  test('takes at most 15 s of a server that never answers', async () => {
    const silent = (): Promise<Response> => new Promise(() => undefined);
    const { ask, clock } = rig({ [PATH]: silent, [ROOT]: silent, [SERVER]: silent });
    const answer = ask();
    await clock.advance(15_000);
    expect(await answer).toEqual({ offered: false });
    expect(clock.pending).toBe(0);
  });

  test('ends with the try that wanted to know', async () => {
    const { ask, abort } = rig({ [PATH]: () => new Promise<Response>(() => undefined) });
    const answer = ask();
    abort.abort();
    expect(await answer).toEqual({ offered: false });
  });

  test('never throws, not even over a URL that is none', async () => {
    const { ask } = rig();
    expect(await ask(remoteEndpoint({ url: 'nonsense' }), 'Bearer resource_metadata="https://a.example/"')).toEqual({
      offered: false,
    });
  });
});

describe('what was found', () => {
  test.each([true, false])('is used again for a minute (offered: %s)', async (offered) => {
    const { ask, asked, clock } = rig(offered ? { [PATH]: json(RESOURCE_DOC) } : {});
    const first = await ask();
    const requests = asked.length;
    await clock.advance(ADVERTISED_MS - 1);
    expect(await ask()).toEqual(first);
    expect(asked).toHaveLength(requests);
    await clock.advance(1);
    await ask();
    expect(asked).toHaveLength(requests * 2);
  });

  test('belongs to the URL of the endpoint', async () => {
    const { ask, asked } = rig({ [PATH]: json(RESOURCE_DOC) });
    await ask();
    expect(await ask(remoteEndpoint({ url: `${ORIGIN}/other` }))).toEqual({ offered: false });
    expect(asked).toHaveLength(4);
  });

  test('is forgotten on demand', async () => {
    const { ask, asked, advertising } = rig({ [PATH]: json(RESOURCE_DOC) });
    await ask();
    expect(advertising.forget(`${ORIGIN}/mcp`)).toBe(true);
    expect(advertising.forget(`${ORIGIN}/mcp`)).toBe(false);
    await ask();
    expect(asked).toEqual([PATH, PATH]);
  });

  test('is not kept where the server could not be asked', async () => {
    const { ask, asked } = rig({ [SERVER]: refusedConnection });
    await ask();
    await ask();
    expect(asked).toHaveLength(8);
  });
});
