import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LARGEST, decode, encode } from '../../../src/store/envelope.ts';
import type { Envelope } from '../../../src/store/envelope.ts';

const ID = 'a1';
const envelope: Envelope = {
  kind: 'credential',
  id: ID,
  generation: 3,
  facts: { server: 'https://a.example' },
  secrets: { form: 'plain', values: { accessToken: 'x' } },
};
const expected = { kind: 'credential', id: ID } as const;
const TEXT = Buffer.from(encode(envelope)).toString('utf8');

const changed = (change: (file: Record<string, unknown> & { record: Record<string, unknown> }) => void): Buffer => {
  const file = JSON.parse(TEXT) as Record<string, unknown> & { record: Record<string, unknown> };
  change(file);
  return Buffer.from(JSON.stringify(file));
};

describe('a record as the text of a file', () => {
  test('is read as it was written', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.dictionary(fc.string(), fc.string({ unit: 'binary' })),
        fc.integer({ min: 1 }),
        (facts, values, generation) => {
          const plain = JSON.parse(JSON.stringify({ facts, values })) as typeof facts & {
            facts: object;
            values: object;
          };
          const one = { ...envelope, generation, facts, secrets: { form: 'plain', values } } as const;
          expect(decode(encode(one), expected)).toEqual({
            is: 'record',
            envelope: { ...one, facts: plain.facts, secrets: { form: 'plain', values: plain.values } },
          });
        },
      ),
    );
  });

  test('is read with a byte order mark before it and other blanks in it', () => {
    const pretty = `\uFEFF${JSON.stringify(JSON.parse(TEXT), null, 2)}`;
    expect(decode(Buffer.from(pretty), expected)).toEqual({ is: 'record', envelope });
  });

  test.each([
    ['an empty file', Buffer.from('')],
    ['zeros', Buffer.alloc(512)],
    ['null', Buffer.from('null')],
    ['an array', Buffer.from('[]')],
    ['a text', Buffer.from('"x"')],
    ['an object without anything', Buffer.from('{}')],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
    ['half a file', Buffer.from(TEXT.slice(0, TEXT.length / 2))],
    ['a file and a half', Buffer.from(TEXT + TEXT.slice(0, 9))],
    ['a schema of another kind', changed((file) => (file['schema'] = 'status/v1'))],
    ['a schema that is an object', changed((file) => (file['schema'] = { toString: 1 }))],
    ['a schema of version 0', changed((file) => (file['schema'] = 'record/v0'))],
    ['no checksum', changed((file) => delete file['sum'])],
    ['another generation under the old checksum', changed((file) => (file.record['generation'] = 4))],
    ['a record that is null', changed((file) => (file.record = null as never))],
    [
      'a thing nested 200 000 deep',
      Buffer.from(`{"schema":"record/v1","sum":"","record":${'['.repeat(200_000)}${']'.repeat(200_000)}}`),
    ],
    ['a thing larger than any record', Buffer.alloc(LARGEST * 2, ' ')],
  ])('%s is damage', (_what, bytes) => {
    expect(decode(bytes, expected)).toMatchObject({ is: 'damaged' });
  });

  test.each([
    ['generation', 0],
    ['generation', 1.5],
    ['generation', '3'],
    ['generation', 2 ** 60],
    ['facts', []],
    ['facts', null],
    ['secrets', null],
    ['secrets', { form: 'plain' }],
    ['secrets', { form: 'plain', values: { a: 1 } }],
    ['secrets', { form: 'rot13', values: {} }],
    ['secrets', { form: 'aes-256-gcm', key: 'k', nonce: 'n', tag: 't' }],
    ['secrets', { form: 'aes-256-gcm', key: 'k', nonce: 'n', tag: 't', text: 7 }],
  ])('a rightly summed record whose %s is %j is damage', (field, value) => {
    expect(decode(encode({ ...envelope, [field]: value }), expected)).toMatchObject({ is: 'damaged' });
  });

  test.each([
    ['id', { kind: 'credential', id: 'b2' }],
    ['kind', { kind: 'flow', id: ID }],
  ] as const)('a file put in the place of another %s is damage', (_what, other) => {
    expect(decode(encode(envelope), other)).toMatchObject({ is: 'damaged', why: 'is the file of another record' });
  });

  test.each(['record/v2', 'record/v17'])('[store.newer] %s is a later version, whatever else is in it', (schema) => {
    expect(decode(Buffer.from(JSON.stringify({ schema, anything: true })), expected)).toEqual({ is: 'newer', schema });
  });

  test('no byte that is changed, cut out or put in makes another record of it', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(
        fc.nat(TEXT.length - 1),
        fc.integer({ min: 0, max: 255 }),
        fc.constantFrom('flip', 'cut', 'insert', 'truncate'),
        (at, byte, how) => {
          const old = Buffer.from(TEXT);
          const bytes = {
            flip: () => Buffer.concat([old.subarray(0, at), Buffer.from([byte]), old.subarray(at + 1)]),
            cut: () => Buffer.concat([old.subarray(0, at), old.subarray(at + 1 + (byte % 8))]),
            insert: () => Buffer.concat([old.subarray(0, at), Buffer.from([byte]), old.subarray(at)]),
            truncate: () => old.subarray(0, at),
          }[how]();
          const found = decode(bytes, expected);
          seen.add(found.is);
          if (found.is === 'record') expect(found.envelope).toEqual(envelope);
        },
      ),
      { numRuns: 3_000 },
    );
    expect(seen).toContain('damaged');
  });
});
