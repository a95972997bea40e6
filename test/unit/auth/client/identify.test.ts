/**
 * Who we are for an authorization server, over a scripted `fetch` and a store in memory.
 *
 * @module
 */
import type { Identified } from '../../../../src/auth/client/configured.ts';
import { describe, expect, test } from 'vitest';
import {
  forgetRegistration,
  identify,
  registeredRedirects,
  type IdentifyAbout,
} from '../../../../src/auth/client/identify.ts';
import { Secret } from '../../../../src/base/secret.ts';
import type { Authority, ClientIdentity } from '../../../../src/core/credential.ts';
import { REASONS } from '../../../../src/core/reasons.ts';
import { networkError, oauthWorld, type Answering, type OAuthWorld } from '../../../support/oauth-world.ts';

const ISSUER = 'https://auth.example';
const REGISTER = `${ISSUER}/register`;
const REDIRECT = 'http://localhost:4444/callback';
const DOCUMENT = 'https://holdfast.example/client.json';
const AUTHORITY: Authority = {
  issuer: ISSUER,
  authorizationEndpoint: `${ISSUER}/authorize`,
  tokenEndpoint: `${ISSUER}/token`,
  registrationEndpoint: REGISTER,
  by: 'metadata',
};
const { registrationEndpoint: _, ...CLOSED } = AUTHORITY;

interface Rig extends OAuthWorld {
  readonly who: (more?: Partial<IdentifyAbout>) => Promise<Identified>;
  /** The documents that were registered. */
  readonly registered: () => readonly Record<string, unknown>[];
}

let made = 0;
/** Every registration gives a client of its own. */
const accepting = (): Response => {
  made += 1;
  return Response.json({ client_id: `client-${made}` }, { status: 201 });
};

function rig(answer: Answering = accepting): Rig {
  const world = oauthWorld(answer);
  return {
    ...world,
    who: (more = {}) =>
      identify(
        world.deps,
        { authority: AUTHORITY, redirectUri: REDIRECT, grant: 'authorization_code', serverUrl: ISSUER, ...more },
        world.ask,
      ),
    registered: () => world.asked.map(({ init }) => JSON.parse(init.body as string) as Record<string, unknown>),
  };
}

const clientOf = (got: Identified): ClientIdentity | undefined => (got.ok ? got.client : undefined);
const secret = new Secret('s3cret-CANARY');

describe('[client.order] who we are', () => {
  test('is the configured client, whatever else is possible', async () => {
    const { who, asked } = rig();
    const oauth = { clientId: 'mine', clientMetadataUrl: DOCUMENT };
    const authority = { ...AUTHORITY, clientIdMetadataDocuments: true };
    expect(clientOf(await who({ oauth, authority }))).toEqual({ clientId: 'mine', kind: 'configured', method: 'none' });
    expect(asked).toEqual([]);
  });

  test.each<[string, Authority, ClientIdentity['kind']]>([
    ['a server that takes documents', { ...AUTHORITY, clientIdMetadataDocuments: true }, 'metadata-document'],
    ['a server that registers nobody', CLOSED, 'metadata-document'],
    ['a server that only registers', AUTHORITY, 'dynamic'],
  ])('with a metadata document for %s', async (_what, authority, kind) => {
    const { who } = rig();
    const client = clientOf(await who({ oauth: { clientMetadataUrl: DOCUMENT }, authority }));
    expect(client?.kind).toBe(kind);
    if (kind === 'metadata-document') expect(client).toEqual({ clientId: DOCUMENT, kind, method: 'none' });
  });

  test('is never a document that nobody has configured', async () => {
    const { who } = rig();
    expect(clientOf(await who({ authority: { ...AUTHORITY, clientIdMetadataDocuments: true } }))?.kind).toBe('dynamic');
  });

  test('proves itself by its key where the document has one', async () => {
    const { who } = rig();
    const oauth = { clientMetadataUrl: DOCUMENT, privateKey: secret };
    expect(clientOf(await who({ oauth, authority: CLOSED }))).toMatchObject({
      method: 'private_key_jwt',
      signingAlgorithm: 'ES256',
    });
  });

  test.each(['http://holdfast.example/client.json', 'https://holdfast.example', 'https://holdfast.example/', 'x'])(
    'is not the document %s',
    async (clientMetadataUrl) => {
      const { who } = rig();
      const got = await who({ oauth: { clientMetadataUrl }, authority: CLOSED });
      expect(got).toMatchObject({ ok: false, fault: { reason: 'config-invalid' } });
    },
  );

  test.each<[string, Partial<IdentifyAbout>]>([
    ['registers nobody', { authority: CLOSED }],
    ['is asked without a person', { grant: 'client_credentials' }],
    ['is given an assertion', { grant: 'jwt_bearer' }],
    ['is to be shown a key', { oauth: { tokenEndpointAuthMethod: 'private_key_jwt' } }],
  ])('is asked of a person where the server %s', async (_what, about) => {
    const { who, asked } = rig();
    const got = await who(about);
    expect(got).toMatchObject({ ok: false, fault: { reason: 'client-registration-refused' } });
    expect(!got.ok && got.fault.detail).toContain('"clientId"');
    expect(asked).toEqual([]);
  });
});

describe('[client.registration] a registration', () => {
  test('says what we are, and carries nothing else', async () => {
    const { who, asked, registered } = rig();
    await who({ scopes: ['a', 'b'] });
    expect(asked[0]).toMatchObject({ url: REGISTER, init: { method: 'POST', redirect: 'manual' } });
    expect(asked[0]?.init.headers).toEqual({ accept: 'application/json', 'content-type': 'application/json' });
    expect(registered()).toEqual([
      {
        client_name: 'Holdfast',
        software_id: 'holdfast',
        application_type: 'native',
        redirect_uris: [REDIRECT],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: 'none',
        scope: 'a b',
      },
    ]);
  });

  test.each([
    ['http://localhost:1/callback', 'native'],
    ['http://127.0.0.1:1/callback', 'native'],
    ['http://[::1]:1/callback', 'native'],
    ['https://gateway.example/oauth/callback', 'web'],
  ])('for %s is that of a %s application', async (redirectUri, type) => {
    const { who, registered } = rig();
    await who({ redirectUri });
    expect(registered()[0]).toMatchObject({ application_type: type, redirect_uris: [redirectUri] });
  });

  test('for a device has its grant and no redirect', async () => {
    const { deps, ask, registered } = rig();
    await identify(deps, { authority: AUTHORITY, grant: 'device_code', serverUrl: ISSUER }, ask);
    expect(registered()[0]).toMatchObject({
      grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
      response_types: [],
    });
    expect(registered()[0]).not.toHaveProperty('redirect_uris');
  });

  test('names pinned scopes, and no scope where none is known', async () => {
    const { who, registered } = rig();
    await who({ oauth: { scopes: ' read  write ' } });
    await who({ redirectUri: 'http://localhost:2/other' });
    expect(registered().map((document) => document['scope'])).toEqual(['read write', undefined]);
  });

  test.each<[string, object, number]>([
    ['201', {}, 201],
    ['200', {}, 200],
    ['a secret that never ends', { client_secret: 'abcdefgh', client_secret_expires_at: 0 }, 201],
    ['a secret without a word on its end', { client_secret: 'abcdefgh' }, 201],
    ['fields of the wrong type', { redirect_uris: 7, client_secret_expires_at: 'never' }, 201],
  ])('is accepted with %s', async (_what, more, status) => {
    const { who } = rig(() => Response.json({ client_id: 'c', ...more }, { status }));
    expect(clientOf(await who())).toMatchObject({ clientId: 'c', kind: 'dynamic' });
  });

  test('keeps its secret out of every text', async () => {
    const { who, deps } = rig(() => Response.json({ client_id: 'c', client_secret: 'the-secret-CANARY' }));
    const client = clientOf(await who());
    expect(JSON.stringify(client)).not.toContain('CANARY');
    expect(client?.clientSecret?.reveal()).toBe('the-secret-CANARY');
    expect(deps.redactor.redact('x the-secret-CANARY y')).toBe('x [secret] y');
    const [record] = await deps.store.list('registration');
    expect(JSON.stringify(record?.facts)).not.toContain('CANARY');
    expect(record?.secrets).toEqual({ clientSecret: 'the-secret-CANARY' });
  });
});

describe('[client.once] a registration', () => {
  test('is used again, by another process too, and names its redirect', async () => {
    const { who, asked, deps } = rig();
    const first = clientOf(await who());
    expect(clientOf(await who())).toEqual(first);
    expect(asked).toHaveLength(1);
    expect(await registeredRedirects(deps, ISSUER)).toEqual([REDIRECT]);
    expect(await registeredRedirects(deps, 'https://other.example')).toEqual([]);
  });

  test('is one, however many ask at once', async () => {
    const world = rig(async () => {
      await world.deps.clock.sleep(100);
      return accepting();
    });
    const pending = Promise.all(Array.from({ length: 20 }, () => world.who()));
    await world.deps.clock.runUntilIdle();
    const clients = (await pending).map((got) => clientOf(got)?.clientId);
    expect(new Set(clients).size).toBe(1);
    expect(world.asked).toHaveLength(1);
  });

  test.each<[string, Partial<IdentifyAbout>]>([
    ['another issuer', { authority: { ...AUTHORITY, issuer: 'https://other.example' } }],
    ['another grant', { grant: 'device_code' }],
    ['another redirect', { redirectUri: 'https://gateway.example/cb' }],
    ['another port', { redirectUri: 'http://localhost:5555/callback' }],
    ['another way to prove itself', { oauth: { tokenEndpointAuthMethod: 'client_secret_post' } }],
  ])('for %s is another one', async (_what, about) => {
    const { who, asked } = rig();
    const first = clientOf(await who());
    expect(clientOf(await who(about))?.clientId).not.toBe(first?.clientId);
    expect(asked).toHaveLength(2);
  });

  test('for another port of this machine replaces the old one, so that they do not pile up', async () => {
    const { who, deps } = rig();
    for (let port = 1_000; port < 1_010; port += 1) await who({ redirectUri: `http://localhost:${port}/callback` });
    expect(await registeredRedirects(deps, ISSUER)).toEqual(['http://localhost:1009/callback']);
  });

  test('whose secret ends within a minute is made anew', async () => {
    const { who, asked, deps } = rig(() =>
      Response.json({
        client_id: 'c',
        client_secret: 'abcdefgh',
        client_secret_expires_at: Math.floor(deps.clock.now() / 1_000) + 3_600,
      }),
    );
    await who();
    await deps.clock.advance(3_539_000);
    await who();
    expect(asked).toHaveLength(1);
    await deps.clock.advance(1_000);
    await who();
    expect(asked).toHaveLength(2);
  });

  test('that the server has forgotten is forgotten here, and only that one', async () => {
    const { who, deps } = rig();
    const first = clientOf(await who());
    expect(await forgetRegistration(deps, ISSUER, 'somebody-else')).toBe(false);
    expect(await forgetRegistration(deps, 'https://other.example')).toBe(false);
    expect(clientOf(await who())).toEqual(first);
    expect(await forgetRegistration(deps, ISSUER, first?.clientId)).toBe(true);
    expect(await forgetRegistration(deps, ISSUER, first?.clientId)).toBe(false);
    expect(clientOf(await who())?.clientId).not.toBe(first?.clientId);
  });

  test('that makes no sense any more is as if it were not there', async () => {
    const { who, deps } = rig();
    const first = clientOf(await who());
    const [record] = await deps.store.list('registration');
    deps.store.plant('registration', { ...record!, facts: { ...record?.facts, clientId: 7 } });
    expect(clientOf(await who())?.clientId).not.toBe(first?.clientId);
  });

  test('that cannot be kept is an error of the store, which names it', async () => {
    const { who, deps } = rig();
    deps.store.break('write', 'registration');
    await expect(who()).rejects.toMatchObject({ code: 'ERR_STORE_UNWRITABLE' });
  });
});

describe('[client.refused] a registration that fails', () => {
  test.each<[string, () => Response, string]>([
    [
      'its error',
      () =>
        Response.json({ error: 'invalid_redirect_uri', error_description: 'no\u001b[31m loopback' }, { status: 400 }),
      'invalid_redirect_uri: no loopback',
    ],
    ['an error with 200', () => Response.json({ error: 'access_denied', client_id: 'x' }), 'access_denied'],
    ['401', () => new Response('', { status: 401 }), 'HTTP 401'],
    ['403 and a page', () => new Response('<html>', { status: 403 }), 'HTTP 403'],
    ['404', () => new Response('', { status: 404 }), 'HTTP 404'],
    ['501', () => new Response('', { status: 501 }), 'HTTP 501'],
    ['a page', () => new Response('<html>'), 'without a client id'],
    ['no client id', () => Response.json({}), 'without a client id'],
    ['an empty client id', () => Response.json({ client_id: '' }), 'without a client id'],
    ['too much', () => new Response('x'.repeat(65_537)), 'larger than'],
    ['a redirect', () => new Response(null, { status: 307, headers: { location: 'https://x.example/' } }), 'redirects'],
  ])('with %s asks for a client id in the entry', async (_what, answer, said) => {
    const { who, asked, deps } = rig(answer);
    const got = await who();
    expect(got).toMatchObject({ ok: false, fault: { reason: 'client-registration-refused' } });
    expect(!got.ok && got.fault.detail).toContain(said);
    expect(!got.ok && got.fault.detail).toContain('"clientId"');
    expect(asked).toHaveLength(1);
    expect(await deps.store.list('registration')).toEqual([]);
  });

  test('at endpoints that were only assumed says that nothing describes a sign-in', async () => {
    const { who } = rig(() => new Response('<html>'));
    const got = await who({ authority: { ...AUTHORITY, by: 'endpoints' } });
    expect(!got.ok && got.fault.detail).toContain('describes no sign-in');
  });

  test.each<[string, Answering, string]>([
    ['500', () => new Response('', { status: 500 }), 'http-5xx'],
    ['503', () => new Response('<html>', { status: 503, headers: { 'retry-after': '5' } }), 'http-5xx'],
    ['429', () => new Response('', { status: 429 }), 'http-429'],
    ['a reset', () => networkError('ECONNRESET'), 'reset'],
    ['nobody there', () => networkError('ECONNREFUSED', 'connect'), 'refused'],
  ])('with %s may work later', async (_what, answer, reason) => {
    const { who } = rig(answer);
    const got = await who();
    expect(got).toMatchObject({ ok: false, fault: { reason } });
    expect(!got.ok && REASONS[got.fault.reason].persistence).toBe('transient');
  });

  test('by silence ends after 8 s', async () => {
    const { who, deps } = rig(() => new Promise(() => undefined));
    const pending = who();
    await deps.clock.advance(8_000);
    expect(await pending).toMatchObject({ ok: false, fault: { reason: 'timeout' } });
  });
});

describe('[client.method] how the client proves itself', () => {
  const BASIC = 'client_secret_basic';
  const POST = 'client_secret_post';
  type Methods = readonly string[] | undefined;

  test.each<[Methods, boolean, ClientIdentity['method']]>([
    [undefined, false, 'none'],
    [undefined, true, BASIC],
    [[], true, BASIC],
    [['none'], false, 'none'],
    [[BASIC, POST, 'none'], true, BASIC],
    [[POST, 'none'], true, POST],
    [[BASIC], false, 'none'],
    [['tls_client_auth'], true, POST],
  ])('a configured one at a server with %j and a secret %s: %s', async (tokenAuthMethods, held, method) => {
    const { who } = rig();
    const authority = { ...AUTHORITY, ...(tokenAuthMethods === undefined ? {} : { tokenAuthMethods }) };
    const oauth = { clientId: 'mine', ...(held ? { clientSecret: secret } : {}) };
    expect(clientOf(await who({ oauth, authority }))?.method).toBe(method);
  });

  test('is what the entry says', async () => {
    const { who } = rig();
    const oauth = { clientId: 'mine', clientSecret: secret, tokenEndpointAuthMethod: POST } as const;
    const authority = { ...AUTHORITY, tokenAuthMethods: [BASIC] };
    expect(clientOf(await who({ oauth, authority }))).toMatchObject({ method: POST, clientSecret: secret });
  });

  test('is its key where the entry has one', async () => {
    const { who } = rig();
    const oauth = { clientId: 'mine', privateKey: secret, signingAlgorithm: 'RS256' };
    expect(clientOf(await who({ oauth, grant: 'client_credentials' }))).toEqual({
      clientId: 'mine',
      kind: 'configured',
      method: 'private_key_jwt',
      privateKey: secret,
      signingAlgorithm: 'RS256',
    });
  });

  test.each([
    [BASIC, 'clientSecret'],
    [POST, 'clientSecret'],
    ['private_key_jwt', 'privateKey'],
  ] as const)('%s without a %s is a fault of the entry', async (tokenEndpointAuthMethod, missing) => {
    const { who } = rig();
    const got = await who({ oauth: { clientId: 'mine', tokenEndpointAuthMethod } });
    expect(got).toMatchObject({ ok: false, fault: { reason: 'config-invalid' } });
    expect(!got.ok && got.fault.detail).toContain(missing);
  });

  test.each<[Methods, string]>([
    [undefined, 'none'],
    [['none', BASIC], 'none'],
    [[POST, BASIC], BASIC],
    [[POST], POST],
    [['private_key_jwt'], 'none'],
  ])('a server with %j is asked to register %s', async (tokenAuthMethods, method) => {
    const { who, registered } = rig();
    await who({ authority: { ...AUTHORITY, ...(tokenAuthMethods === undefined ? {} : { tokenAuthMethods }) } });
    expect(registered()[0]?.['token_endpoint_auth_method']).toBe(method);
  });

  test.each<[string | undefined, boolean, Methods, string]>([
    ['none', false, undefined, 'none'],
    ['none', true, undefined, 'none'],
    [POST, true, undefined, POST],
    [BASIC, true, [POST], BASIC],
    [POST, false, undefined, 'none'],
    [undefined, true, [POST], POST],
    [undefined, true, undefined, BASIC],
    [undefined, false, undefined, 'none'],
    ['private_key_jwt', true, undefined, BASIC],
  ])('a registration that says %s (secret: %s, server: %j) uses %s', async (said, held, tokenAuthMethods, method) => {
    const answer = { client_id: 'c', token_endpoint_auth_method: said, ...(held ? { client_secret: 'abcdefgh' } : {}) };
    const { who } = rig(() => Response.json(answer, { status: 201 }));
    const authority = { ...AUTHORITY, ...(tokenAuthMethods === undefined ? {} : { tokenAuthMethods }) };
    expect(clientOf(await who({ authority }))?.method).toBe(method);
  });
});
