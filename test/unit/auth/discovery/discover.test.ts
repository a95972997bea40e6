/**
 * Discovery over a scripted `fetch`: where it looks, what it believes, and how it ends where it finds nothing.
 *
 * @module
 */
import { buildDiscoveryUrls } from '@modelcontextprotocol/client';
import { describe, expect, test } from 'vitest';
import { discover, type DiscoverAbout } from '../../../../src/auth/discovery/discover.ts';
import type { Discovery } from '../../../../src/auth/discovery/discovered.ts';
import { serverPlaces } from '../../../../src/auth/discovery/places.ts';
import type { Authority } from '../../../../src/core/credential.ts';
import { REASONS } from '../../../../src/core/reasons.ts';
import { parseChallenges } from '../../../../src/net/challenge.ts';
import { networkError, oauthWorld, type OAuthWorld } from '../../../support/oauth-world.ts';

const ORIGIN = 'https://mcp.example';
const SERVER = `${ORIGIN}/mcp`;
const PATH = `${ORIGIN}/.well-known/oauth-protected-resource/mcp`;
const ROOT = `${ORIGIN}/.well-known/oauth-protected-resource`;
const NAMED = 'https://meta.example/resource';
const AS = 'https://auth.example';
const META = `${AS}/.well-known/oauth-authorization-server`;
const OIDC = `${AS}/.well-known/openid-configuration`;
const OWN_META = `${ORIGIN}/.well-known/oauth-authorization-server`;
const OWN_OIDC = `${ORIGIN}/.well-known/openid-configuration`;

type Page = () => Response | Promise<Response>;
type Pages = Readonly<Record<string, Page>>;

const json =
  (document: unknown, status = 200): Page =>
  () =>
    Response.json(document, { status });
const resource = (more: object = {}): Page => json({ resource: SERVER, authorization_servers: [AS], ...more });
const authority = (issuer = AS, more: object = {}): Record<string, unknown> => ({
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  registration_endpoint: `${issuer}/register`,
  code_challenge_methods_supported: ['S256'],
  ...more,
});
const GOOD: Pages = { [PATH]: resource(), [META]: json(authority()) };
const html: Page = () => new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } });
const status =
  (code: number, headers: Record<string, string> = {}): Page =>
  () =>
    new Response(null, { status: code, headers });

interface Look extends Partial<DiscoverAbout> {
  readonly header?: string;
}

function rig(
  pages: Pages,
  addressMode?: 'hosted',
): OAuthWorld & { readonly look: (about?: Look) => Promise<Discovery> } {
  const world = oauthWorld((url) => pages[url]?.(), addressMode === undefined ? {} : { addressMode });
  return {
    ...world,
    look: ({ header, ...about } = {}) =>
      discover(world.deps, { serverUrl: SERVER, challenges: parseChallenges(header), ...about }, world.ask),
  };
}

const found = (got: Discovery): Authority | undefined => (got.ok ? got.found.authority : undefined);
const challenge = (url: string): string => `Bearer resource_metadata="${url}", scope="a b"`;

describe('[discovery.resource-order] resource metadata', () => {
  test('is taken from where the challenge says, and nowhere else is asked', async () => {
    const { look, urls } = rig({ [NAMED]: resource(), [META]: json(authority()) });
    const got = await look({ header: challenge(NAMED) });
    expect(got).toMatchObject({ ok: true, found: { resource: SERVER, challengedScopes: ['a', 'b'] } });
    expect(urls()).toEqual([NAMED, META]);
  });

  test.each<[string, Pages, string | undefined, readonly string[]]>([
    ['the path', GOOD, undefined, [PATH, META]],
    ['the root', { [ROOT]: resource(), [META]: json(authority()) }, undefined, [PATH, ROOT, META]],
    ['the path, where the named place has nothing', GOOD, NAMED, [NAMED, PATH, META]],
    ['the path, where the named place may not be asked', GOOD, 'http://mcp.example/meta', [PATH, META]],
    ['the path, where the named place is a private address', GOOD, 'https://169.254.1.1/meta', [PATH, META]],
    ['the path, where the named place is no address of the web', GOOD, 'javascript:alert(1)', [PATH, META]],
    ['the path once, where the challenge names it too', GOOD, PATH, [PATH, META]],
  ])('is found at %s', async (_what, pages, header, expected) => {
    const { look, urls } = rig(pages);
    expect((await look(header === undefined ? {} : { header: challenge(header) })).ok).toBe(true);
    expect(urls()).toEqual(expected);
  });

  test.each([400, 401, 403, 404, 405, 410, 501])('a %d means the next place', async (code) => {
    const { look, urls } = rig({ ...GOOD, [PATH]: status(code), [ROOT]: resource() });
    expect((await look()).ok).toBe(true);
    expect(urls()).toEqual([PATH, ROOT, META]);
  });

  test.each<[string, Page]>([
    ['a page', html],
    ['an array', json([])],
    ['an object that is about nothing', json({ error: 'not found' })],
    ['a redirect to nowhere', status(302)],
  ])('%s means the next place too', async (_what, page) => {
    const { look } = rig({ ...GOOD, [PATH]: page, [ROOT]: resource() });
    expect((await look()).ok).toBe(true);
  });

  test.each([301, 302, 303, 307, 308])('a %d is followed by hand', async (code) => {
    const { look, urls } = rig({ ...GOOD, [PATH]: status(code, { location: NAMED }), [NAMED]: resource() });
    expect((await look()).ok).toBe(true);
    expect(urls()).toEqual([PATH, NAMED, META]);
  });

  test.each(['http://mcp.example/x', 'file:///etc/passwd', 'javascript:alert(1)', 'https://169.254.169.254/'])(
    'but not to %s',
    async (location) => {
      const { look, urls } = rig({ [PATH]: status(302, { location }) });
      const got = await look();
      expect(got).toMatchObject({ ok: false, fault: { reason: 'auth-server-misconfigured' } });
      expect(urls().every((url) => url.startsWith(`${ORIGIN}/.well-known/`))).toBe(true);
    },
  );
});

describe('[discovery.issuer] a name with what no terminal should get', () => {
  test.each(['\u001b[31m', '\u202e', '\n', ' x', '\u0000', '\u200b'])('%j is none, in either document', async (odd) => {
    const issuer = `${AS}/${odd}`;
    const named = rig({ [PATH]: resource({ authorization_servers: [issuer] }) });
    expect(found(await named.look())).toBeUndefined();
    const said = rig({ [META]: json(authority(AS, { issuer })) });
    const got = await said.look({ oauth: { authServerMetadataUrl: META } });
    expect(got.ok).toBe(false);
    expect(JSON.stringify(got)).not.toContain(JSON.stringify(odd).slice(1, -1));
    expect(found(await rig({ [PATH]: resource({ resource: `${SERVER}${odd}` }) }).look())).toBeUndefined();
  });
});

describe('[discovery.resource-trouble] resource metadata that cannot be read for now', () => {
  test.each<[string, Page, string]>([
    ['a 500', status(500), 'http-5xx'],
    ['a 502', status(502), 'http-5xx'],
    ['a 503', status(503), 'http-5xx'],
    ['a 530', status(530), 'http-5xx'],
    ['a 429', status(429, { 'retry-after': '9' }), 'http-429'],
    ['a 408', status(408), 'timeout'],
    ['a reset', () => networkError('ECONNRESET'), 'reset'],
    ['a refused connection', () => networkError('ECONNREFUSED'), 'refused'],
    ['a name that is not found', () => networkError('ENOTFOUND'), 'dns'],
  ])('%s is a fault that passes, and no authorization server is guessed', async (_what, page, reason) => {
    const pages = { [OWN_META]: json(authority(ORIGIN)), [META]: json(authority()) };
    for (const place of [PATH, ROOT]) {
      const { look, urls } = rig({ ...pages, [place]: page });
      const got = await look();
      expect(got).toMatchObject({ ok: false, fault: { reason } });
      expect(!got.ok && REASONS[got.fault.reason].persistence).toBe('transient');
      expect(!got.ok && got.fault.detail).toContain(place);
      expect(urls().filter((url) => url.includes('authorization-server'))).toEqual([]);
    }
  });

  test('the wait that it asks for is told', async () => {
    const { look } = rig({ [PATH]: status(503, { 'retry-after': '9' }) });
    expect(await look()).toMatchObject({ ok: false, fault: { httpStatus: 503, retryAfterMs: 9_000 } });
  });

  test('silence is a time-out after 10 s', async () => {
    const { look, deps } = rig({ [PATH]: () => new Promise(() => undefined), [OWN_META]: json(authority(ORIGIN)) });
    const pending = look();
    await deps.clock.advance(10_000);
    expect(await pending).toMatchObject({ ok: false, fault: { reason: 'timeout' } });
    expect(deps.clock.pending).toBe(0);
  });

  test('one network error is tried once more', async () => {
    let tries = 0;
    const { look } = rig({ ...GOOD, [PATH]: () => ((tries += 1) === 1 ? networkError('ECONNRESET') : resource()()) });
    expect((await look()).ok).toBe(true);
  });

  test('a caller who gives up gets a fault, never an exception', async () => {
    const { look, abort } = rig({ [PATH]: () => new Promise(() => undefined) });
    const pending = look();
    abort.abort();
    expect(await pending).toMatchObject({ ok: false });
    expect(await look()).toMatchObject({ ok: false, fault: { reason: 'timeout' } });
  });
});

describe('[discovery.resource-fits] the resource', () => {
  test.each([SERVER, ORIGIN, `${ORIGIN}/`, 'https://MCP.example:443/mcp'])(
    '%s is sent as it is spelled',
    async (name) => {
      const { look } = rig({ ...GOOD, [PATH]: resource({ resource: name }) });
      expect(await look()).toMatchObject({ ok: true, found: { resource: name } });
    },
  );

  test.each([
    'https://evil.example/mcp',
    'http://mcp.example/mcp',
    'https://mcp.example:8443/mcp',
    `${ORIGIN}/mc`,
    `${ORIGIN}/mcp/admin`,
    `${ORIGIN}/other`,
    `${SERVER}#part`,
  ])('%s is not that of this server, and nobody is signed in', async (name) => {
    const { look, urls } = rig({ ...GOOD, [PATH]: resource({ resource: name }) });
    const got = await look();
    expect(got).toMatchObject({ ok: false, fault: { reason: 'auth-server-misconfigured' } });
    expect(!got.ok && got.fault.detail).toContain('not this server');
    expect(urls()).toEqual([PATH]);
  });

  test('is none where there is no resource metadata', async () => {
    const { look } = rig({ [OWN_META]: json(authority(ORIGIN)) });
    const got = await look();
    expect(got).toMatchObject({ ok: true, found: { authority: { issuer: ORIGIN } } });
    expect(got.ok && got.found.resource).toBeUndefined();
  });

  test('comes with its scopes', async () => {
    const { look } = rig({ ...GOOD, [PATH]: resource({ scopes_supported: ['read', 7, 'write'] }) });
    expect(await look()).toMatchObject({ ok: true, found: { resourceScopes: ['read', 'write'] } });
  });
});

describe('[discovery.server-order] authorization server metadata', () => {
  test.each([
    ['https://a.example', ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration']],
    [
      'https://a.example/t/1',
      [
        '/.well-known/oauth-authorization-server/t/1',
        '/.well-known/openid-configuration/t/1',
        '/t/1/.well-known/openid-configuration',
      ],
    ],
  ])('of %s is looked for in the order of the specification', async (issuer, paths) => {
    const { look, urls } = rig({ [PATH]: resource({ authorization_servers: [issuer] }) });
    expect(await look()).toMatchObject({ ok: false, fault: { reason: 'auth-server-misconfigured' } });
    expect(urls().slice(1)).toEqual(paths.map((path) => `https://a.example${path}`));
  });

  test.each([
    'https://a.example',
    'https://a.example/',
    'https://a.example/t',
    'https://a.example/t/?q=1',
    'https://a.example:8/a/b',
  ])('of %s has the places that the SDK has', (issuer) => {
    expect(serverPlaces(new URL(issuer))).toEqual(buildDiscoveryUrls(issuer).map(({ url }) => url.href));
  });

  test('is read whole', async () => {
    const more = {
      registration_endpoint: undefined,
      revocation_endpoint: `${AS}/revoke`,
      device_authorization_endpoint: `${AS}/device`,
      scopes_supported: ['a'],
      grant_types_supported: ['authorization_code'],
      token_endpoint_auth_methods_supported: ['none'],
      client_id_metadata_document_supported: true,
      authorization_response_iss_parameter_supported: true,
      dpop_signing_alg_values_supported: ['ES256'],
      jwks_uri: 7,
    };
    const { look } = rig({ ...GOOD, [META]: json(authority(AS, more)) });
    expect(found(await look())).toEqual({
      issuer: AS,
      authorizationEndpoint: `${AS}/authorize`,
      tokenEndpoint: `${AS}/token`,
      revocationEndpoint: `${AS}/revoke`,
      deviceAuthorizationEndpoint: `${AS}/device`,
      scopesSupported: ['a'],
      grantTypesSupported: ['authorization_code'],
      tokenAuthMethods: ['none'],
      codeChallengeMethods: ['S256'],
      clientIdMetadataDocuments: true,
      issParameter: true,
      dpopAlgorithms: ['ES256'],
      by: 'metadata',
    });
  });

  test('is found behind a place that fails, because its issuer is what counts', async () => {
    for (const page of [status(500), html, json({})]) {
      const { look } = rig({ ...GOOD, [META]: page, [OIDC]: json(authority()) });
      expect(found(await look())).toMatchObject({ issuer: AS });
    }
  });

  test.each<[string, Page, string]>([
    ['a 503', status(503), 'http-5xx'],
    ['a 429', status(429), 'http-429'],
    ['a refused connection', () => networkError('ECONNREFUSED'), 'refused'],
    ['a certificate that is not trusted', () => networkError('SELF_SIGNED_CERT_IN_CHAIN'), 'tls'],
    ['nothing', status(404), 'auth-server-misconfigured'],
    ['a page', html, 'auth-server-misconfigured'],
    ['half a document', json({ issuer: AS }), 'auth-server-misconfigured'],
  ])('%s everywhere is a fault, and its own origin is not asked instead', async (_what, page, reason) => {
    const { look, urls } = rig({ [PATH]: resource(), [META]: page, [OIDC]: page, [OWN_META]: json(authority(ORIGIN)) });
    expect(await look()).toMatchObject({ ok: false, fault: { reason } });
    expect(urls()).not.toContain(OWN_META);
  });
});

describe('[discovery.issuer] the issuer', () => {
  test.each(['https://evil.example', `${AS}/`, `${AS}/x`, 'https://AUTH.example', 'https://auth.example:443'])(
    '%s is not the one that was promised',
    async (issuer) => {
      const { look } = rig({ ...GOOD, [META]: json(authority(issuer)) });
      const got = await look();
      expect(got).toMatchObject({ ok: false, fault: { reason: 'issuer-mismatch' } });
      expect(!got.ok && got.fault.detail).toContain(`"${issuer}"`);
      expect(!got.ok && got.fault.detail).toContain('set "issuer"');
    },
  );

  test.each([AS, `${AS}/`])('%s is right where the name has a slash that a library put there', async (issuer) => {
    const pages = { [PATH]: resource({ authorization_servers: [`${AS}/`] }), [META]: json(authority(issuer)) };
    expect(found(await rig(pages).look())?.issuer).toBe(issuer);
  });

  test('that the entry pins is the one, whatever the address says', async () => {
    const issuer = 'https://real.example/tenant';
    const pages = { ...GOOD, [META]: json(authority(issuer)) };
    expect(found(await rig(pages).look({ oauth: { issuer } }))?.issuer).toBe(issuer);
    expect(await rig(GOOD).look({ oauth: { issuer } })).toMatchObject({
      ok: false,
      fault: { reason: 'issuer-mismatch' },
    });
  });

  test('that is pinned is asked itself where the server names none', async () => {
    const { look, urls } = rig({ [META]: json(authority()) });
    expect(found(await look({ oauth: { issuer: AS } }))?.issuer).toBe(AS);
    expect(urls()).toEqual([PATH, ROOT, META]);
  });

  test('at the configured metadata URL is taken at its word, unless one is pinned', async () => {
    const url = 'https://login.example/custom.json';
    const pages = { [PATH]: resource(), [url]: json(authority('https://any.example')) };
    const { look, urls } = rig(pages);
    const oauth = { authServerMetadataUrl: url };
    expect(await look({ oauth })).toMatchObject({
      ok: true,
      found: { resource: SERVER, authority: { issuer: 'https://any.example' } },
    });
    expect(urls()).toEqual([PATH, url]);
    const pinned = await rig(pages).look({ oauth: { ...oauth, issuer: AS } });
    expect(pinned).toMatchObject({ ok: false, fault: { reason: 'issuer-mismatch' } });
  });

  test.each<[string, Page, string]>([
    ['a 404', status(404), 'auth-server-misconfigured'],
    ['a 503', status(503), 'http-5xx'],
    ['a page', html, 'auth-server-misconfigured'],
  ])('%s at the configured metadata URL is told with that URL', async (_what, page, reason) => {
    const url = 'https://login.example/custom.json';
    const got = await rig({ [PATH]: resource(), [url]: page }).look({ oauth: { authServerMetadataUrl: url } });
    expect(got).toMatchObject({ ok: false, fault: { reason } });
    expect(!got.ok && got.fault.detail).toContain(url);
  });

  test('of the origin counts in both spellings, because nobody has named it', async () => {
    for (const issuer of [ORIGIN, `${ORIGIN}/`])
      expect(found(await rig({ [OWN_META]: json(authority(issuer)) }).look())?.issuer).toBe(issuer);
    const got = await rig({ [OWN_META]: json(authority('https://vendor.example')) }).look();
    expect(got).toMatchObject({ ok: false, fault: { reason: 'issuer-mismatch' } });
  });
});

describe('[discovery.pkce] a server without S256', () => {
  test.each([undefined, [], ['plain'], 'S256'])(
    '(%j) is not signed in to, and the sentence says why',
    async (methods) => {
      const pages = { ...GOOD, [META]: json(authority(AS, { code_challenge_methods_supported: methods })) };
      const got = await rig(pages).look();
      expect(got).toMatchObject({ ok: false, fault: { reason: 'auth-server-misconfigured' } });
      expect(!got.ok && got.fault.detail).toMatch(/S256.*"pkce": "unverified"/);
      expect((await rig(pages).look({ oauth: { pkce: 'unverified' } })).ok).toBe(true);
      expect((await rig(pages).look({ oauth: { grant: 'client_credentials' } })).ok).toBe(true);
    },
  );

  test('nor one without an authorization endpoint, unless the grant needs none', async () => {
    const pages = { ...GOOD, [META]: json(authority(AS, { authorization_endpoint: undefined })) };
    const got = await rig(pages).look();
    expect(!got.ok && got.fault.detail).toContain('authorization_endpoint');
    expect((await rig(pages).look({ oauth: { grant: 'device_code' } })).ok).toBe(true);
  });
});

describe('[discovery.dpop] tokens bound to a key', () => {
  const required = { [PATH]: resource({ dpop_bound_access_tokens_required: true }), [META]: json(authority()) };
  test.each<[string, Pages, string, true | undefined]>([
    ['are wanted where the metadata says so', required, 'Bearer', true],
    ['are wanted where the only challenge is for DPoP', GOOD, 'DPoP algs="ES256"', true],
    ['are not wanted where Bearer would do', GOOD, 'DPoP algs="ES256", Bearer', undefined],
    ['are not wanted where nobody says so', GOOD, 'Bearer', undefined],
  ])('%s', async (_what, pages, header, expected) => {
    const got = await rig(pages).look({ header });
    expect(got.ok && got.found.bindsTokens).toBe(expected);
  });
});

describe('[discovery.several] of several authorization servers', () => {
  const SECOND = 'https://second.example';
  const pages: Pages = {
    [PATH]: resource({ authorization_servers: [AS, SECOND] }),
    [META]: json(authority()),
    [`${SECOND}/.well-known/oauth-authorization-server`]: json(authority(SECOND)),
  };

  test.each<[string, Look, string]>([
    ['the first is taken', {}, AS],
    ['the held one is taken', { held: [SECOND] }, SECOND],
    ['the pinned one is taken', { held: [AS], oauth: { issuer: SECOND } }, SECOND],
    ['a held one that is no longer named is not', { held: ['https://old.example'] }, AS],
  ])('%s', async (_what, about, issuer) => {
    expect(found(await rig(pages).look(about))?.issuer).toBe(issuer);
  });

  test('one that is no URL is passed over', async () => {
    const some = { ...pages, [PATH]: resource({ authorization_servers: ['x', 7, AS] }) };
    expect(found(await rig(some).look())?.issuer).toBe(AS);
  });
});

describe('[discovery.legacy] a server without any metadata', () => {
  test('has the fixed endpoints at its origin', async () => {
    const { look, urls } = rig({});
    expect(await look()).toEqual({
      ok: true,
      found: {
        resource: undefined,
        authority: {
          issuer: ORIGIN,
          authorizationEndpoint: `${ORIGIN}/authorize`,
          tokenEndpoint: `${ORIGIN}/token`,
          registrationEndpoint: `${ORIGIN}/register`,
          by: 'endpoints',
        },
      },
    });
    expect(urls()).toEqual([PATH, ROOT, OWN_META, OWN_OIDC]);
  });

  test.each<[string, Pages, Look]>([
    ['the entry forbids it', {}, { oauth: { legacyEndpoints: false } }],
    ['an issuer is pinned', {}, { oauth: { issuer: ORIGIN } }],
    ['there is resource metadata', { [PATH]: resource({ authorization_servers: undefined }) }, {}],
    ['a page stands where the resource metadata should be', { [PATH]: html }, {}],
    ['a page stands where the server metadata should be', { [OWN_META]: html }, {}],
    ['the metadata redirects away', { [ROOT]: status(302, { location: 'http://mcp.example/login' }) }, {}],
    ['the server names metadata that may not be asked', {}, { header: challenge('https://127.0.0.1/meta') }],
    ['the metadata is too large', { [PATH]: () => new Response(' '.repeat(1_048_577)) }, {}],
  ])('has none where %s', async (_what, pages, about) => {
    expect(await rig(pages).look(about)).toMatchObject({ ok: false, fault: { reason: 'auth-server-misconfigured' } });
  });

  test('and trouble there is trouble', async () => {
    expect(await rig({ [OWN_OIDC]: status(500) }).look()).toMatchObject({ ok: false, fault: { reason: 'http-5xx' } });
  });
});

describe('[discovery.https] endpoints', () => {
  test.each<[string, string]>([
    ['authorization_endpoint', 'http://auth.example/authorize'],
    ['authorization_endpoint', 'javascript:alert(1)'],
    ['authorization_endpoint', 'file:///etc/passwd'],
    ['authorization_endpoint', `${AS}/authorize#x`],
    ['token_endpoint', 'http://auth.example/token'],
    ['token_endpoint', 'https://u:p@auth.example/token'],
    ['token_endpoint', '/token'],
    ['token_endpoint', 'https://169.254.169.254/token'],
    ['token_endpoint', 'http://127.0.0.1:1/token'],
    ['registration_endpoint', 'http://auth.example/register'],
    ['registration_endpoint', 'https://[::ffff:127.0.0.1]/register'],
  ])('%s %s is not used', async (name, url) => {
    const got = await rig({ ...GOOD, [META]: json(authority(AS, { [name]: url })) }).look();
    expect(got).toMatchObject({ ok: false, fault: { reason: 'auth-server-misconfigured' } });
    expect(!got.ok && got.fault.detail).toContain(name);
  });

  test('that are a convenience are left out', async () => {
    const more = { revocation_endpoint: 'http://auth.example/r', device_authorization_endpoint: 'https://[::1]/d' };
    const got = found(await rig({ ...GOOD, [META]: json(authority(AS, more)) }).look());
    expect(got).toBeDefined();
    expect(got).not.toHaveProperty('revocationEndpoint');
    expect(got).not.toHaveProperty('deviceAuthorizationEndpoint');
  });

  test('of a server on this machine may be http', async () => {
    const local = 'http://localhost:8080';
    const pages = {
      [`${local}/.well-known/oauth-protected-resource/mcp`]: json({
        resource: `${local}/mcp`,
        authorization_servers: ['http://127.0.0.1:9090'],
      }),
      'http://127.0.0.1:9090/.well-known/oauth-authorization-server': json(authority('http://127.0.0.1:9090')),
    };
    expect((await rig(pages).look({ serverUrl: `${local}/mcp` })).ok).toBe(true);
    const hosted = await rig(pages, 'hosted').look({ serverUrl: `${local}/mcp` });
    expect(hosted).toMatchObject({ ok: false, fault: { reason: 'auth-server-misconfigured' } });
  });

  test.each(['http://mcp.example/mcp', 'ftp://mcp.example/', 'nonsense'])('%s has no sign-in', async (serverUrl) => {
    const { look, urls } = rig({});
    expect(await look({ serverUrl })).toMatchObject({ ok: false, fault: { reason: 'auth-server-misconfigured' } });
    expect(urls()).toEqual([]);
  });
});

describe('[security.hostile-metadata] a discovery', () => {
  test.each<[string, Page]>([
    ['redirects in a circle', status(302, { location: PATH })],
    ['resets every connection', () => networkError('ECONNRESET')],
    ['answers with what is too large', () => new Response('x'.repeat(1_048_577))],
  ])('of a server that %s makes at most six requests', async (_what, page) => {
    const { look, urls } = rig({ [PATH]: page, [ROOT]: page, [OWN_META]: page, [OWN_OIDC]: page });
    expect((await look()).ok).toBe(false);
    expect(urls().length).toBeLessThanOrEqual(6);
  });

  test('takes at most 15 s, whatever is silent', async () => {
    const slow: Page = async () => {
      await world.deps.clock.sleep(9_000);
      return new Response(null, { status: 404 });
    };
    const silent: Page = () => new Promise(() => undefined);
    const world = rig({ [PATH]: slow, [ROOT]: silent, [OWN_META]: silent, [OWN_OIDC]: silent });
    const pending = world.look();
    await world.deps.clock.advance(15_000);
    expect(await pending).toMatchObject({ ok: false, fault: { reason: 'timeout' } });
  });

  test('sends nothing that belongs to anybody', async () => {
    const { look, asked } = rig(GOOD);
    await look({ oauth: { clientId: 'CANARY' } });
    for (const { init } of asked) expect(init.headers).toEqual({ accept: 'application/json' });
    expect(JSON.stringify(asked)).not.toContain('CANARY');
  });

  test('tells texts of servers without their control characters', async () => {
    const issuer = 'https://evil.example/\u001b[31m\u202e';
    const got = await rig({ ...GOOD, [META]: json(authority(issuer)) }).look();
    expect(got).toMatchObject({ ok: false, fault: { reason: 'issuer-mismatch' } });
    expect(!got.ok && got.fault.detail).not.toMatch(/[\u0000-\u001f\u202e]/);
  });
});
