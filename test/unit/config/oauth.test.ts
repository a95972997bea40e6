import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { readEntry } from '../../../src/config/entry-read.ts';
import { variableNames } from '../../../src/config/entry-texts.ts';
import { isRemote } from '../../../src/core/entry.ts';
import type { EntrySource, OAuthSettings, ServerEntry } from '../../../src/core/entry.ts';
import type { Secret } from '../../../src/base/secret.ts';
import { MCP, OWN, PROJECT, configRig, viewOf } from '../../support/config-rig.ts';

const PEM = '-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\n-----END PRIVATE KEY-----';
const URL = 'https://mcp.example/mcp';
const PROVIDER = { issuer: 'https://idp', tokenEndpoint: 'https://idp/token', clientId: 'me', idToken: 'eyJ.canary' };
const source: EntrySource = { client: 'holdfast', scope: 'own', file: '/f', line: 1, pointer: 'mcpServers.x' };

const read = (oauth: unknown): ReturnType<typeof readEntry> => readEntry('x', source, { url: URL, oauth });
const wrong = (oauth: unknown): readonly string[] => {
  const found = read(oauth);
  return 'issues' in found ? found.issues.map(({ field, text }) => `${field.join('.')}: ${text}`) : [];
};
const entryOf = (oauth: unknown): ServerEntry => {
  const found = read(oauth);
  if ('entry' in found) return found.entry;
  throw new Error(JSON.stringify(found.issues));
};
const effective = async (
  oauth: unknown,
  variables: Readonly<Record<string, string>> = {},
): Promise<OAuthSettings<Secret>> => {
  const rig = configRig({ [OWN]: { mcpServers: { x: { url: URL, oauth } } } });
  const { endpoint } = await rig.effective('x', viewOf({ variables }));
  if (isRemote(endpoint) && endpoint.oauth !== undefined) return endpoint.oauth;
  throw new Error('no settings');
};

const WHOLE = {
  clientId: '${A}',
  clientSecret: '${B}',
  clientMetadataUrl: 'https://${C}/client.json',
  tokenEndpointAuthMethod: 'private_key_jwt',
  privateKey: '${D}',
  signingAlgorithm: 'RS256',
  callbackPort: 8_123,
  authServerMetadataUrl: 'https://${E}/.well-known/oauth-authorization-server',
  issuer: 'https://${F}',
  scopes: 'read ${G:-write}',
  pkce: 'unverified',
  legacyEndpoints: false,
  grant: 'jwt_bearer',
  assertion: '${H}',
  identityProvider: {
    issuer: 'https://${I}',
    tokenEndpoint: 'https://${J}/token',
    clientId: '${K}',
    idToken: '${L}',
  },
  dpop: true,
};
const VALUES = {
  A: 'client-a',
  B: 'canary-secret',
  C: 'c.example',
  D: PEM,
  E: 'e.example',
  F: 'f.example',
  H: 'canary-assertion',
  I: 'i.example',
  J: 'j.example',
  K: 'client-k',
  L: 'canary-id-token',
};

describe('[login.settings] the sign-in settings of an entry', () => {
  test('every field comes to its place as it stands in the file', () => {
    expect(entryOf(WHOLE).endpoint).toMatchObject({ oauth: WHOLE });
    expect(variableNames(entryOf(WHOLE))).toEqual('A B C D E F G H I J K L'.split(' '));
  });

  test('[config.variables] variables are expanded in every text, nested ones too', async () => {
    const oauth = await effective(WHOLE, VALUES);
    expect(oauth).toMatchObject({
      clientId: 'client-a',
      clientMetadataUrl: 'https://c.example/client.json',
      authServerMetadataUrl: 'https://e.example/.well-known/oauth-authorization-server',
      issuer: 'https://f.example',
      scopes: 'read write',
      identityProvider: { issuer: 'https://i.example', tokenEndpoint: 'https://j.example/token', clientId: 'client-k' },
    });
    expect(oauth.clientSecret?.reveal()).toBe('canary-secret');
    expect(oauth.privateKey?.reveal()).toBe(PEM);
    expect(oauth.assertion?.reveal()).toBe('canary-assertion');
    expect(oauth.identityProvider?.idToken.reveal()).toBe('canary-id-token');
  });

  test('[security.canaries] secrets cannot print and are known to the redactor; addresses and ids stay readable', async () => {
    const rig = configRig({ [OWN]: { mcpServers: { x: { url: URL, oauth: WHOLE } } } });
    const found = await rig.effective('x', viewOf({ variables: VALUES }));
    expect(inspect(found, { depth: 9 }) + JSON.stringify(found)).not.toMatch(/canary|MIGHAgEAMBMGByqGSM49/);
    const text = `canary-secret canary-assertion canary-id-token MIGHAgEAMBMGByqGSM49 client-a https://f.example write`;
    expect(rig.redactor.redact(text)).toBe('[secret] [secret] [secret] [secret] client-a https://f.example write');
  });

  test('a text that comes out empty is as one that is not there', async () => {
    const oauth = await effective({ clientId: '${NONE:-}', clientSecret: '${NONE:-}', scopes: '' });
    expect(oauth).toEqual({});
  });

  test('a key in one line, as a variable holds it, gets its line breaks', async () => {
    const oneLine = PEM.replaceAll('\n', String.raw`\n`);
    const oauth = await effective({ clientId: 'c', privateKey: '${KEY}' }, { KEY: oneLine });
    expect(oauth.privateKey?.reveal()).toBe(PEM);
  });

  test('a setting that is not known is passed over and told', () => {
    const found = read({ clientId: 'c', client_secret: 'canary' });
    expect(found.notes).toEqual(['oauth.client_secret: is not known and is passed over']);
    expect('entry' in found && found.entry.endpoint).toMatchObject({ oauth: { clientId: 'c' } });
  });
});

describe('[config.bad-input] bad sign-in settings are told field by field', () => {
  test.each([
    [{ clientId: 5 }, 'oauth.clientId: must be a string'],
    [{ callbackPort: 70_000 }, 'oauth.callbackPort: must be a whole number of at least 1 and at most 65535'],
    [{ pkce: 'off' }, 'oauth.pkce: "off" is not supported; known are required, unverified'],
    [{ grant: 'password' }, 'oauth.grant: "password" is not supported'],
    [{ signingAlgorithm: 'none' }, 'oauth.signingAlgorithm: "none" is not supported'],
    [{ dpop: 'yes' }, 'oauth.dpop: must be true or false'],
    [{ legacyEndpoints: 1 }, 'oauth.legacyEndpoints: must be true or false'],
    [{ issuer: 'http://as.example' }, 'oauth.issuer: must be https; http is for this machine only'],
    [{ issuer: 'as.example' }, 'oauth.issuer: is not a url'],
    [{ issuer: 'https://a:b@as.example' }, 'oauth.issuer: must not hold a user or a password'],
    [{ authServerMetadataUrl: 'http://as.example/x' }, 'oauth.authServerMetadataUrl: must be https'],
    [{ authServerMetadataUrl: 'ftp://as.example/x' }, 'oauth.authServerMetadataUrl: has ftp:'],
    [{ clientMetadataUrl: 'http://localhost/c.json' }, 'oauth.clientMetadataUrl: must be https'],
    [{ clientMetadataUrl: 'https://host' }, 'oauth.clientMetadataUrl: needs a path'],
    [{ clientMetadataUrl: 'https://host/c.json#x' }, 'oauth.clientMetadataUrl: must not hold a fragment'],
    [{ clientSecret: 's' }, 'oauth.clientSecret: needs "clientId" beside it'],
    [{ privateKey: PEM }, 'oauth.privateKey: needs "clientId" or "clientMetadataUrl" beside it'],
    [{ clientId: 'c', privateKey: 'MIGH' }, 'oauth.privateKey: must be a PKCS #8 key in PEM form'],
    [{ clientId: 'c', tokenEndpointAuthMethod: 'private_key_jwt' }, 'private_key_jwt needs "privateKey" beside it'],
    [{ clientId: 'c', tokenEndpointAuthMethod: 'client_secret_post' }, 'needs "clientSecret" beside it'],
    [{ grant: 'jwt_bearer' }, 'oauth.grant: jwt_bearer needs "assertion" or "identityProvider" beside it'],
    [{ grant: 'jwt_bearer', identityProvider: 'x' }, 'oauth.identityProvider: must be an object'],
    [{ identityProvider: { ...PROVIDER, idToken: undefined } }, 'oauth.identityProvider.idToken: is missing'],
    [
      { identityProvider: { ...PROVIDER, tokenEndpoint: 'http://idp/token' } },
      'oauth.identityProvider.tokenEndpoint: must be https',
    ],
  ])('%j', (oauth, text) => {
    expect(wrong(oauth).join('\n')).toContain(text);
  });

  test.each([
    {},
    { clientId: 'c' },
    { issuer: 'http://localhost:9000', authServerMetadataUrl: 'http://127.0.0.1:9000/x' },
    { clientMetadataUrl: 'https://host/client.json' },
    { tokenEndpointAuthMethod: 'client_secret_post' },
    { clientId: 'c', clientSecret: 's', tokenEndpointAuthMethod: 'client_secret_basic', grant: 'client_credentials' },
    { clientMetadataUrl: 'https://host/c.json', privateKey: PEM, tokenEndpointAuthMethod: 'private_key_jwt' },
    { grant: 'jwt_bearer', assertion: 'a' },
    { grant: 'jwt_bearer', identityProvider: PROVIDER },
    { issuer: '${ISSUER}', clientMetadataUrl: '${DOC}', privateKey: '${KEY}', clientId: '${ID}' },
  ])('%j is right', (oauth) => {
    expect(wrong(oauth)).toEqual([]);
  });

  test.each([
    [{ issuer: '${U}' }, { U: 'http://canary.example' }, 'oauth.issuer must be https'],
    [{ clientMetadataUrl: '${U}' }, { U: 'https://canary.example' }, 'oauth.clientMetadataUrl needs a path'],
    [{ clientId: 'c', privateKey: '${U}' }, { U: 'canary' }, 'oauth.privateKey must be a PKCS #8 key'],
    [{ clientId: '${U:-}', clientSecret: 'canary' }, {}, 'oauth.clientSecret needs \\"clientId\\" beside it'],
    [{ grant: 'jwt_bearer', assertion: '${U:-}' }, {}, 'oauth.grant jwt_bearer needs'],
  ])('what comes out wrong is told with file, line and path, without its value: %j', async (oauth, variables, text) => {
    const entry = JSON.stringify({ url: URL, oauth });
    const rig = configRig({ [OWN]: `{"mcpServers": {\n"x": ${entry}}}` });
    const fault = await rig.resolve('x', viewOf({ variables }));
    expect(fault).toMatchObject({ reason: 'config-invalid', at: { file: OWN, line: 2 } });
    expect(JSON.stringify(fault)).toContain('mcpServers.x.oauth.');
    expect(JSON.stringify(fault)).toContain(text);
    expect(JSON.stringify(fault)).not.toContain('canary');
  });
});

test('[security.approval] what a project would sign in with is shown before it is approved', async () => {
  const oauth = { ...WHOLE, authServerMetadataUrl: 'https://as.example/m?k=canary', clientSecret: 'canary' };
  const rig = configRig({ [`${PROJECT}/x`]: '', [MCP]: { mcpServers: { x: { url: URL, oauth } } } });
  const { approval } = await rig.server('x');
  const text = approval.summary.join('\n');
  expect(text).toContain('signs in with the metadata of: https://as.example/m?…');
  expect(text).toContain('signs in at: https://${F}');
  expect(text).toContain('sends the id token to: https://${J}/token');
  expect(text).not.toContain('canary');
});
