import { isUtf8 } from 'node:buffer';
import {
  assert as check,
  constantFrom,
  dictionary,
  jsonValue,
  nat,
  option,
  property,
  record,
  string,
  boolean,
} from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rememberedJson } from '../../../../src/base/json-bytes.ts';
import { readLarge } from '../../../../src/gateway/rpc/large.ts';

const LONG = 'a "quoted" line with a \\ and {braces}\n'.repeat(200);
const params = (args: unknown, more: object = {}): object => ({ name: 's__echo', arguments: args, ...more });
const META = {
  progressToken: 7,
  'io.modelcontextprotocol/clientInfo': { name: 'c', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': { elicitation: { url: {} } },
};

interface Read {
  readonly params: { readonly arguments: unknown };
}

describe('large requests', () => {
  test.each([
    [
      'as hand-written clients order it',
      { jsonrpc: '2.0', id: 1, method: 'tools/call', params: params({ text: LONG }) },
    ],
    ['as the SDKs order it', { method: 'tools/call', params: params({ text: LONG }), jsonrpc: '2.0', id: 'seven' }],
    [
      'with _meta behind',
      { method: 'tools/call', params: params({ text: LONG }, { _meta: META }), jsonrpc: '2.0', id: 3 },
    ],
    ['with _meta before', { id: 3, method: 'tools/call', params: { _meta: META, ...params({ text: LONG }) } }],
    ['with characters of several bytes', { id: 3, method: 'tools/call', params: params({ a: `ä€😀${LONG}` }) }],
    ['with nested arguments', { id: 3, method: 'tools/call', params: params({ a: { b: [{ c: LONG }] } }) }],
  ])('are read in two parts, the JSON of the arguments remembered: %s', (_, message) => {
    const text = JSON.stringify(message);
    const read = readLarge(text) as Read;
    expect(read).toEqual(message);
    const json = rememberedJson(read.params.arguments)?.toString() ?? '';
    expect(JSON.parse(json)).toEqual(read.params.arguments);
    expect(text).toContain(json);
    const again = readLarge(text, Buffer.from(text)) as Read;
    expect(rememberedJson(again.params.arguments)?.toString()).toBe(json);
  });

  const whole = `{"text":${JSON.stringify(LONG)}}`;
  test.each([
    ['a small one', JSON.stringify({ id: 1, params: params({ text: 'x' }) })],
    [
      'two params, the second one with another name',
      `{"id":1,"params":{"name":"a","arguments":${whole}},"params":{"name":"b","arguments":{}}}`,
    ],
    ['params behind the arguments', `{"id":1,"params":{"name":"a","arguments":${whole}},"x":{}}`],
    ['two arguments', `{"id":1,"params":{"name":"a","arguments":${whole},"arguments":{}}}`],
    ['arguments of something else', `{"id":1,"other":{"arguments":${whole}},"params":{"arguments":null}}`],
    ['arguments that are no object', `{"id":1,"params":{"name":"a","arguments":[${whole}]}}`],
    ['line ends between tokens', `{"id":1,"params":{"name":"a","arguments":{\n"text":${JSON.stringify(LONG)}}}}`],
    ['a text that breaks off', `{"id":1,"params":{"name":"a","arguments":{"text":${JSON.stringify(LONG)}}}`],
    ['a bracket too many', `{"id":1,"params":{"name":"a","arguments":${whole}}}}`],
    ['no JSON inside', `{"id":1,"params":{"name":"a","arguments":{"text":${JSON.stringify(LONG)},}}}`],
  ])('are left to the usual reader: %s', (_, text) => {
    expect(readLarge(text)).toBeUndefined();
  });

  test('pass on no byte that is no UTF-8', () => {
    const [head, tail] = JSON.stringify({ id: 1, method: 'tools/call', params: params({ text: `${LONG}|` }) }).split(
      '|',
    );
    const bytes = Buffer.concat([Buffer.from(head ?? ''), Buffer.from([0xff, 0x80]), Buffer.from(tail ?? '')]);
    const read = readLarge(bytes.toString(), bytes) as Read;
    expect(read.params.arguments).toEqual({ text: `${LONG}\uFFFD\uFFFD` });
    const json = rememberedJson(read.params.arguments);
    expect(json === undefined || isUtf8(json)).toBe(true);
  });

  test('are never read otherwise than by JSON.parse, whatever is put into or taken out of their text', () => {
    const part = constantFrom(
      '{',
      '}',
      '"',
      ',',
      ':',
      '"arguments":',
      '"params":{',
      '"arguments":{}',
      ' ',
      '\\',
      '1',
      '"_meta":{}',
    );
    const message = record({
      args: dictionary(string(), jsonValue()),
      meta: option(dictionary(string(), jsonValue(), { maxKeys: 3 }), { nil: undefined }),
      at: nat(),
      cut: nat({ max: 3 }),
      part: option(part, { nil: '' }),
      sdk: boolean(),
    });
    let seen = 0;
    check(
      property(message, ({ args, meta, at, cut, part: put, sdk }) => {
        const inner = params({ ...args, pad: LONG }, meta === undefined ? {} : { _meta: meta });
        const head = { jsonrpc: '2.0', id: 5 };
        const text = JSON.stringify(sdk ? { params: inner, ...head } : { ...head, params: inner });
        // At the ends, where the envelope is.
        const place = at % 2 === 0 ? (at >> 1) % 120 : text.length - ((at >> 1) % 200);
        const changed = text.slice(0, place) + put + text.slice(place + cut);
        const read = readLarge(changed);
        if (read === undefined) return;
        seen += 1;
        expect(read).toEqual(JSON.parse(changed));
      }),
      { numRuns: 3_000 },
    );
    expect(seen).toBeGreaterThan(100);
  });
});
