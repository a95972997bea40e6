/**
 * A server of the internet that points inside, at every place where it can name an address. An inner server counts what
 * arrives: nothing may.
 *
 * @module
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { bars, loader } from '../refresh/world.mjs';

/** Spellings of this machine, private networks and the metadata service of clouds; a blank between two. */
export const SPELLINGS = [
  '127.0.0.1 127.1 127.0.1 2130706433 0x7f000001 0x7f.1 0177.0.0.1 017700000001 127.0.0.1. 127.255.255.254',
  'localhost LOCALHOST localhost. a.localhost 0.0.0.0 0 [::1] [::] [0:0:0:0:0:0:0:1] [::ffff:127.0.0.1] [::ffff:7f00:1]',
  '[::127.0.0.1] [::7f00:1] [64:ff9b::7f00:1] [64:ff9b:1::7f00:1] [2002:7f00:1::] [2001:0:7f00:1::] [fe80::1] [fd00::1]',
  '[fec0::1] 10.0.0.1 172.16.0.1 192.168.0.1 100.64.0.1 169.254.169.254 [::ffff:169.254.169.254] 2852039166 198.18.0.1',
  '①②⑦.⓪.⓪.① 127。0。0。1 224.0.0.1 255.255.255.255',
]
  .join(' ')
  .split(' ');

/** The server of the internet. Nobody has this address here: what is asked of it is answered by the rig. */
const PUBLIC = 'https://203.0.114.1';
const RESOURCE = `${PUBLIC}/.well-known/oauth-protected-resource/mcp`;
const META = `${PUBLIC}/.well-known/oauth-authorization-server`;

const json = (document) => () => Response.json(document);
const redirect = (status, location) => () => new Response(null, { status, headers: { location } });
const resource = (servers) => ({ resource: `${PUBLIC}/mcp`, authorization_servers: servers });
const authority = (more) => ({
  issuer: PUBLIC,
  authorization_endpoint: `${PUBLIC}/authorize`,
  token_endpoint: `${PUBLIC}/token`,
  registration_endpoint: `${PUBLIC}/register`,
  code_challenge_methods_supported: ['S256'],
  ...more,
});

/** The places, each with what the server then says of itself. */
const PLACES = {
  challenge: (target) => ({ header: `Bearer resource_metadata="${target}"`, pages: {} }),
  'resource metadata': (target) => ({ pages: { [RESOURCE]: json(resource([target])) } }),
  'endpoints of the metadata': (target) => ({
    pages: {
      [RESOURCE]: json(resource([PUBLIC])),
      [META]: json(authority({ token_endpoint: target, registration_endpoint: target })),
    },
  }),
  'a 302': (target) => ({ pages: { [RESOURCE]: redirect(302, target) } }),
  'a 308': (target) => ({
    pages: { [RESOURCE]: json(resource([PUBLIC])), [META]: redirect(308, target) },
  }),
};

async function innerServer() {
  const hits = [];
  const server = createServer((request, response) => {
    hits.push(`${request.method} ${request.headers.host}${request.url}`);
    response.end('{}');
  });
  // Both families, so that every spelling of this machine would arrive.
  server.listen(0, '::');
  await once(server, 'listening').catch(() => undefined);
  return {
    hits,
    port: server.address().port,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Runs all of it. */
export async function ssrf({ dist }) {
  const load = loader(dist);
  const [{ discover }, { register }, { requestToken }, { createHttp }, { parseChallenges }] = await Promise.all(
    [
      'auth/discovery/discover.js',
      'auth/client/registration.js',
      'auth/token/request.js',
      'net/dispatcher.js',
      'net/challenge.js',
    ].map(load),
  );
  const [{ systemClock }, { Redactor }, { resolveNumbers }] = await Promise.all(
    ['base/clock.js', 'base/secret.js', 'core/numbers.js'].map(load),
  );
  const { violations, equal, atLeast } = bars();
  const inner = await innerServer();
  const http = createHttp({ env: {} });
  const ask = {
    numbers: resolveNumbers({ metadataTimeoutMs: 2_000, tokenTimeoutMs: 2_000 }),
    signal: new AbortController().signal,
  };

  const depsFor = (addressMode, pages, fetch = http.fetch) => ({
    clock: systemClock,
    redactor: new Redactor(),
    addressMode,
    fetch: async (url, init) => {
      const text = String(url);
      if (!text.startsWith(PUBLIC)) return fetch(url, init);
      return pages[text]?.() ?? new Response(null, { status: 404 });
    },
  });

  let asked = 0;
  const point = async (mode, target) => {
    for (const [place, make] of Object.entries(PLACES)) {
      const { header, pages } = make(target);
      const about = { serverUrl: `${PUBLIC}/mcp`, challenges: parseChallenges(header) };
      const got = await discover(depsFor(mode, pages), about, ask);
      asked += 1;
      if (got.ok) violations.push(`${mode}, ${place}, ${target}: a way to sign in was found`);
    }
    // Also where a stored authority or a later change names it: the request itself refuses.
    const named = { issuer: PUBLIC, tokenEndpoint: target, registrationEndpoint: target, by: 'metadata' };
    const client = { clientId: 'c', method: 'none', kind: 'dynamic' };
    const params = { grant_type: 'authorization_code', code: 'CANARY' };
    const deps = depsFor(mode, {});
    const about = { authority: named, serverUrl: `${PUBLIC}/mcp` };
    const registered = await register(deps, { ...about, grant: 'authorization_code' }, ask);
    const outcome = await requestToken(deps, { ...about, client, params }, ask);
    asked += 2;
    if (registered.ok || outcome.kind === 'tokens') violations.push(`${mode}, requests, ${target}: it was answered`);
  };
  for (const mode of ['hosted', 'local-user'])
    for (const host of SPELLINGS)
      for (const scheme of ['http', 'https']) await point(mode, `${scheme}://${host}:${inner.port}/secret`);

  // A name whose address changes between two looks: public at first, inside when it is connected to.
  let looks = 0;
  const flipping = (_hostname, _options, done) => {
    looks += 1;
    done(null, [{ address: looks % 2 === 1 ? '203.0.114.9' : '127.0.0.1', family: 4 }]);
  };
  const flipHttp = createHttp({ env: {}, lookup: flipping });
  for (const mode of ['hosted', 'local-user'])
    for (let round = 0; round < 20; round += 1) {
      looks = 1;
      const pages = { [RESOURCE]: json(resource([`https://flip${round}.test:${inner.port}`])) };
      const got = await discover(
        depsFor(mode, pages, flipHttp.fetch),
        { serverUrl: `${PUBLIC}/mcp`, challenges: [] },
        ask,
      );
      asked += 1;
      if (got.ok) violations.push(`${mode}, a name that changes: a way to sign in was found`);
    }

  equal('requests that arrived inside', inner.hits.length, 0);
  for (const hit of inner.hits.slice(0, 10)) violations.push(`arrived: ${hit}`);
  // The inner server is really there, and a person's own server on this machine may point to it.
  const control = inner.hits.length;
  await (await fetch(`http://127.0.0.1:${inner.port}/control`)).text();
  equal('the counter counts', inner.hits.length, control + 1);
  const local = `http://127.0.0.1:${inner.port}`;
  await discover(
    { ...depsFor('local-user', {}), fetch: http.fetch },
    { serverUrl: `${local}/mcp`, challenges: [] },
    ask,
  );
  atLeast('requests to a server that a person has configured on this machine', inner.hits.length, control + 3);
  await Promise.all([http.close(), flipHttp.close(), inner.close()]);
  return {
    figures: {
      spellings: SPELLINGS.length,
      'places × spellings × schemes × policies, and names that change': asked,
      'requests that arrived inside': control,
    },
    violations,
  };
}
