import { describe, expect, test } from 'vitest';
import { Secret } from '../../../../src/base/secret.ts';
import { exportedLogin } from '../../../../src/auth/portable/exported.ts';
import { importedLogin } from '../../../../src/auth/portable/imported.ts';
import type { ImportAbout } from '../../../../src/auth/portable/imported.ts';
import type { Authority, Credential } from '../../../../src/core/credential.ts';

const NOW = 1_767_225_600_000;
const SERVER = 'https://mcp.example/mcp';
const AUTHORITY: Authority = {
  issuer: 'https://as.example',
  tokenEndpoint: 'https://as.example/token',
  revocationEndpoint: 'https://as.example/revoke',
  by: 'metadata',
};
const CREDENTIAL: Credential = {
  id: 'ab12',
  generation: 7,
  key: {
    issuer: AUTHORITY.issuer,
    resource: SERVER,
    client: 'client-7',
    profile: 'work',
    serverUrl: SERVER,
    lane: '',
  },
  authority: AUTHORITY,
  client: {
    clientId: 'client-7',
    clientSecret: new Secret('canary-secret'),
    method: 'client_secret_post',
    kind: 'dynamic',
  },
  tokens: {
    accessToken: new Secret('canary-access'),
    tokenType: 'dpop',
    refreshToken: new Secret('canary-refresh'),
    obtainedAt: NOW,
    expiresAt: NOW + 3_600_000,
    scopes: ['read'],
  },
  requestedScopes: ['read', 'write'],
  grant: 'authorization_code',
  status: 'live',
  dpopKey: new Secret('{"kty":"EC"}'),
};

const about = (more: Partial<ImportAbout> = {}): ImportAbout => ({
  now: NOW,
  find: () => Promise.reject(new Error('nobody is looked for')),
  ...more,
});
const open = (parts: Awaited<ReturnType<typeof importedLogin>>): object => ({
  ...parts,
  client: { ...parts.client, clientSecret: parts.client.clientSecret?.reveal() },
  tokens: {
    ...parts.tokens,
    accessToken: parts.tokens.accessToken.reveal(),
    refreshToken: parts.tokens.refreshToken?.reveal(),
  },
  dpopKey: parts.dpopKey?.reveal(),
});

describe('[login.portable] an exported login', () => {
  test('is imported as it was', async () => {
    const { id: _, generation: __, ...parts } = CREDENTIAL;
    expect(open(await importedLogin(exportedLogin(CREDENTIAL), about()))).toEqual(open(parts));
  });

  test('goes to another address or account where that is said', async () => {
    const serverUrl = 'https://other.example/mcp';
    const found = await importedLogin(exportedLogin(CREDENTIAL), about({ serverUrl, profile: 'home' }));
    expect(found.key).toMatchObject({ serverUrl, profile: 'home', client: 'client-7' });
  });

  test.each([
    ['without its token', { secrets: {} }],
    ['without its facts', { facts: {} }],
    ['with secrets that are no texts', { secrets: { accessToken: 5 } }],
    ['of a later version', { schema: 'exported-login/v9' }],
  ])('%s is refused', async (_what, change) => {
    const text = JSON.stringify({ ...(JSON.parse(exportedLogin(CREDENTIAL)) as object), ...change });
    await expect(importedLogin(text, about())).rejects.toMatchObject({ code: 'ERR_USAGE' });
  });
});

describe('[login.portable] a token answer', () => {
  const plain = (value: object, more: Partial<ImportAbout> = {}): ReturnType<typeof importedLogin> =>
    importedLogin(JSON.stringify(value), about({ serverUrl: SERVER, ...more }));

  test('with an access token alone becomes a login that lives as long as that', async () => {
    expect(
      open(await plain({ access_token: 'canary', expires_in: 60, scope: 'a  b', token_type: 'Bearer' })),
    ).toMatchObject({
      key: { issuer: 'https://mcp.example', client: '', profile: 'default', serverUrl: SERVER, lane: '', resource: '' },
      tokens: { accessToken: 'canary', obtainedAt: NOW, expiresAt: NOW + 60_000, scopes: ['a', 'b'] },
      grant: 'imported',
      status: 'live',
    });
  });

  test.each([
    [1_767_229_200, 1_767_229_200_000],
    [1_767_229_200_000, 1_767_229_200_000],
  ])('the end at %i is understood in seconds and in milliseconds', async (at, expected) => {
    expect((await plain({ access_token: 'x', expires_at: at })).tokens.expiresAt).toBe(expected);
  });

  test('with a refresh token asks who renews it', async () => {
    const asked: string[] = [];
    const find: ImportAbout['find'] = async (serverUrl) => {
      asked.push(serverUrl);
      return { authority: AUTHORITY, resource: 'https://mcp.example' };
    };
    const found = await plain({ access_token: 'a', refresh_token: 'r', client_id: 'c', client_secret: 's' }, { find });
    expect(asked).toEqual([SERVER]);
    expect(open(found)).toMatchObject({
      authority: AUTHORITY,
      key: { issuer: 'https://as.example', resource: 'https://mcp.example', client: 'c' },
      client: { clientId: 'c', clientSecret: 's', method: 'client_secret_basic', kind: 'configured' },
      tokens: { refreshToken: 'r' },
    });
  });

  test('that names its token endpoint is taken at its word', async () => {
    const found = await plain({
      access_token: 'a',
      refresh_token: 'r',
      client_id: 'c',
      issuer: 'https://as.example',
      token_endpoint: 'https://as.example/token',
      resource: SERVER,
    });
    expect(found.key).toMatchObject({ issuer: 'https://as.example', resource: SERVER });
    expect(found.authority.tokenEndpoint).toBe('https://as.example/token');
  });

  test.each<[string, object, Partial<ImportAbout>]>([
    ['has no access token', { refresh_token: 'canary' }, {}],
    ['has an access token that is none', { access_token: { canary: 1 } }, {}],
    ['says no client for its refresh token', { access_token: 'canary', refresh_token: 'canary' }, {}],
    ['is of another kind', { access_token: 'canary', token_type: 'mac' }, {}],
    ['has an end that is no number', { access_token: 'canary', expires_in: 'canary' }, {}],
    [
      'would send its refresh token in clear',
      { access_token: 'canary', refresh_token: 'r', client_id: 'c', token_endpoint: 'http://canary.example/t' },
      {},
    ],
    [
      'is of another issuer than the server has',
      { access_token: 'a', refresh_token: 'canary', client_id: 'c', issuer: 'https://evil.example' },
      { find: async () => ({ authority: AUTHORITY, resource: '' }) },
    ],
  ])('that %s is refused, and nothing of it is repeated', async (_what, value, more) => {
    const error: unknown = await plain(value, more).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'ERR_USAGE' });
    expect(String(error)).not.toContain('canary');
    expect(JSON.stringify(error)).not.toContain('canary');
  });

  test.each(['canary', '["canary"]', '"canary"', '{"canary":'])('%j is no login', async (text) => {
    const error: unknown = await importedLogin(text, about({ serverUrl: SERVER })).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'ERR_USAGE' });
    expect(String(error)).not.toContain('canary');
  });

  test('without a server is refused with what to say', async () => {
    await expect(importedLogin('{"access_token":"a"}', about())).rejects.toMatchObject({
      hint: 'Name it: --server URL.',
    });
  });
});
