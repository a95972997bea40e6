/**
 * How a client proves itself.
 *
 * @module
 */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import * as fc from 'fast-check';
import { importSPKI, jwtVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import { ClientKeyError, plainBasicDiffers, proveClient } from '../../../../src/auth/token/client-auth.ts';
import { Secret } from '../../../../src/base/secret.ts';
import type { Authority, ClientIdentity } from '../../../../src/core/credential.ts';
import { AUTHORITY, CLIENT, secretClient } from '../../../support/token-rig.ts';

const NOW = Date.parse('2026-11-21T10:00:00Z');

async function prove(client: ClientIdentity, authority: Authority = AUTHORITY, plainBasic = false) {
  const { headers, params } = await proveClient({ client, authority, nowMs: NOW, plainBasic });
  const plain = (value: string | Secret) => (value instanceof Secret ? value.reveal() : value);
  const open = (values: Readonly<Record<string, string | Secret>>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, plain(value)]));
  return { headers: open(headers), params: open(params) };
}

const basicOf = (header: string | undefined) => Buffer.from(header?.slice('Basic '.length) ?? '', 'base64').toString();

describe('[token.client-auth] a client', () => {
  test('without a secret names itself', async () => {
    expect(await prove(CLIENT)).toEqual({ headers: {}, params: { client_id: 'client-1' } });
  });

  test('without an id sends nothing: its assertion says who it is', async () => {
    expect(await prove({ ...CLIENT, clientId: '' })).toEqual({ headers: {}, params: {} });
  });

  test('whose secret is missing names itself', async () => {
    expect(await prove({ ...CLIENT, method: 'client_secret_basic' })).toEqual({
      headers: {},
      params: { client_id: 'client-1' },
    });
  });

  test('sends its secret in the form, and nowhere else', async () => {
    expect(await prove(secretClient('client_secret_post', 'id', 's&=+ ü'))).toEqual({
      headers: {},
      params: { client_id: 'id', client_secret: 's&=+ ü' },
    });
  });

  test.each([
    ['id', 'secret', 'id:secret'],
    ['a-b_c.d~e', 'x-y_z.1~2', 'a-b_c.d~e:x-y_z.1~2'],
    ['https://c.example/m.json', 's', 'https%3A%2F%2Fc.example%2Fm.json:s'],
    ['id', 'a+b/c==', 'id:a%2Bb%2Fc%3D%3D'],
    ['id', 'p:w d%', 'id:p%3Aw%20d%25'],
    ['id', 'ключ', 'id:%D0%BA%D0%BB%D1%8E%D1%87'],
    ['id', '\uD800x', 'id:%EF%BF%BDx'],
  ])('sends %s and %s in Basic, encoded as little as possible, and not in the form', async (id, secret, pair) => {
    const { headers, params } = await prove(secretClient('client_secret_basic', id, secret));
    expect(basicOf(headers['authorization'])).toBe(pair);
    expect(params).toEqual({});
  });

  test('in Basic is read back by every decoder', async () => {
    const text = fc.string({ unit: 'binary', minLength: 1 }).filter((value) => Buffer.from(value).toString() === value);
    await fc.assert(
      fc.asyncProperty(text, text, async (id, secret) => {
        const { headers } = await prove(secretClient('client_secret_basic', id, secret));
        const [first = '', second = '', ...rest] = basicOf(headers['authorization']).split(':');
        expect(rest).toEqual([]);
        const formDecoded = new URLSearchParams(`a=${first}&b=${second}`);
        expect([decodeURIComponent(first), decodeURIComponent(second)]).toEqual([id, secret]);
        expect([formDecoded.get('a'), formDecoded.get('b')]).toEqual([id, secret]);
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ['client_secret_basic', 'id', 'plain-secret', false],
    ['client_secret_basic', 'id', 'a+b', true],
    ['client_secret_basic', 'i:d', 'a+b', false],
    ['client_secret_post', 'id', 'a+b', false],
  ] as const)(
    '%s, %s, %s can be meant otherwise by servers that do not decode: %s',
    async (method, id, secret, differs) => {
      expect(plainBasicDiffers(secretClient(method, id, secret))).toBe(differs);
    },
  );

  test('can send Basic as it is', async () => {
    const { headers } = await prove(secretClient('client_secret_basic', 'id', 'a+b ü'), AUTHORITY, true);
    expect(basicOf(headers['authorization'])).toBe('id:a+b ü');
  });
});

const pem = (key: KeyObject) => new Secret(key.export({ type: 'pkcs8', format: 'pem' }) as string);
const spki = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }) as string;
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ec384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ed = generateKeyPairSync('ed25519');

const signer = (privateKey: Secret, signingAlgorithm?: string): ClientIdentity => ({
  clientId: 'signer',
  method: 'private_key_jwt',
  kind: 'configured',
  privateKey,
  ...(signingAlgorithm === undefined ? {} : { signingAlgorithm }),
});

describe('[token.client-auth] a signed assertion', () => {
  test.each([
    ['ES256', ec, undefined],
    ['ES384', ec384, undefined],
    ['RS256', rsa, undefined],
    ['PS256', rsa, 'PS256'],
    ['EdDSA', ed, undefined],
  ])('by %s is one that the issuer can verify', async (alg, { privateKey, publicKey }, configured) => {
    const { headers, params } = await prove(signer(pem(privateKey), configured));
    expect(headers).toEqual({});
    expect(params).toMatchObject({
      client_id: 'signer',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    });
    const key = await importSPKI(spki(publicKey), alg);
    const { payload, protectedHeader } = await jwtVerify(params['client_assertion'] ?? '', key, {
      audience: AUTHORITY.issuer,
      issuer: 'signer',
      subject: 'signer',
      currentDate: new Date(NOW),
    });
    expect(protectedHeader.alg).toBe(alg);
    expect(payload).toMatchObject({ aud: AUTHORITY.issuer, iat: NOW / 1_000, exp: NOW / 1_000 + 300 });
    expect(payload.jti).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('is another one each time', async () => {
    const jwts = await Promise.all([1, 2].map(() => prove(signer(pem(ec.privateKey)))));
    expect(jwts[0]?.params['client_assertion']).not.toBe(jwts[1]?.params['client_assertion']);
  });

  test('is for the endpoint where the server has no metadata, and so no issuer of its own', async () => {
    const { params } = await prove(signer(pem(ec.privateKey)), { ...AUTHORITY, by: 'endpoints' });
    const key = await importSPKI(spki(ec.publicKey), 'ES256');
    const options = { audience: AUTHORITY.tokenEndpoint, currentDate: new Date(NOW) };
    await expect(jwtVerify(params['client_assertion'] ?? '', key, options)).resolves.toBeDefined();
  });

  test.each([
    ['no key at all', { ...signer(new Secret('x')), privateKey: undefined }],
    ['a key that cannot be read', signer(new Secret('very secret text'))],
    ['a key for another algorithm', signer(pem(rsa.privateKey), 'ES256')],
    ['an algorithm that nobody knows', signer(pem(ec.privateKey), 'XX999')],
  ])('with %s is an error that does not quote the key', async (_, client) => {
    const error: unknown = await prove(client as ClientIdentity).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ClientKeyError);
    expect(`${(error as Error).message} ${String((error as Error).cause)}`).not.toContain('very secret');
  });
});
