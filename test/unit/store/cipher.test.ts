import * as fc from 'fast-check';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { seal, unseal } from '../../../src/store/cipher.ts';
import type { SealedFor } from '../../../src/store/cipher.ts';
import { keyOf } from '../../support/store-rig.ts';

const about: SealedFor = {
  kind: 'credential',
  id: 'a1',
  generation: 3,
  facts: { tokenEndpoint: 'https://as.example/t' },
};
const secrets = { accessToken: 'the-access-token', refreshToken: 'the-refresh-token' };
const key = keyOf(1);

const flipped = (base64: string, at: number): string => {
  const bytes = Buffer.from(base64, 'base64');
  bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ 1;
  return bytes.toString('base64');
};

describe('[store.cipher] sealed secrets', () => {
  test('open with their key beside their record, whatever they are', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string({ unit: 'binary' })), (texts) => {
        expect(unseal(key, seal(key, texts, about), about)).toEqual(JSON.parse(JSON.stringify(texts)));
      }),
    );
  });

  test('show nothing of themselves, and differ each time', () => {
    const [one, two] = [seal(key, secrets, about), seal(key, secrets, about)];
    const shown = JSON.stringify(one) + Buffer.from(one.text, 'base64').toString('latin1');
    expect(shown).not.toMatch(/the-(?:access|refresh)-token/);
    expect([one.nonce === two.nonce, one.text === two.text]).toEqual([false, false]);
    expect(Buffer.from(one.nonce, 'base64')).toHaveLength(12);
  });

  test.each<[string, Partial<SealedFor>]>([
    ['kind', { kind: 'flow' }],
    ['id', { id: 'b2' }],
    ['generation', { generation: 4 }],
    ['facts', { facts: { tokenEndpoint: 'https://evil.example/t' } }],
  ])('do not open beside another %s', (_what, other) => {
    expect(unseal(key, seal(key, secrets, about), { ...about, ...other })).toBeUndefined();
  });

  test('do not open with another key, and keys have different ids', () => {
    expect(unseal(keyOf(2), seal(key, secrets, about), about)).toBeUndefined();
    expect(keyOf(2).id).not.toBe(key.id);
  });

  test.each(['nonce', 'tag', 'text'] as const)('do not open when one bit of the %s is another', (field) => {
    const sealed = seal(key, secrets, about);
    for (let at = 0; at < 12; at += 1)
      expect(unseal(key, { ...sealed, [field]: flipped(sealed[field], at) }, about)).toBeUndefined();
  });

  test.each(['', 'AAAA', '!!'])('do not open with %j for a tag or a nonce', (text) => {
    const sealed = seal(key, secrets, about);
    expect(unseal(key, { ...sealed, tag: text }, about)).toBeUndefined();
    expect(unseal(key, { ...sealed, nonce: text }, about)).toBeUndefined();
  });

  test('a key does not print', () => {
    expect(inspect(key, { depth: 9 }) + JSON.stringify(key)).not.toMatch(/01 01 01|AQEB|0101/);
  });
});
