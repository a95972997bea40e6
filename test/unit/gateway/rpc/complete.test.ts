import { describe, expect, test } from 'vitest';
import { modernResult } from '../../../../src/gateway/rpc/complete.ts';

const INFO = { name: 'holdfast', version: '1' };
const OURS = { 'io.modelcontextprotocol/serverInfo': INFO };
const read = (result: string | Buffer): unknown => JSON.parse(modernResult(result, INFO).toString());
const ASKS = '"inputRequests":{"a":{"method":"elicitation/create","params":{}}},"requestState":"theirs"';

describe('[gateway.rounds] a result for a stateless client', () => {
  test.each([
    ['without members', '{}', {}],
    ['with content', '{"content":[]}', { content: [] }],
    ['with a text that tells of an escape', String.raw`{"content":["\u001b \u00e4"]}`, { content: ['\u001B ä'] }],
    ['that says what it is', '{"content":[],"resultType":"complete"}', { content: [] }],
    ['with a member of its own of that name', '{"content":[],"resultType":"table"}', { content: [] }],
    ['with an unknown second type', String.raw`{"resultType":"complete","\u0072esultType":"x"}`, {}],
  ])('says that it is one, and from whom: %s', (_, text, more) => {
    expect(read(Buffer.from(text))).toEqual({ ...more, resultType: 'complete', _meta: OURS });
  });

  test.each([
    [
      'in another way of writing',
      '{"_m\\u0065ta":{"io.modelcontextprotocol/serverInfo":{"name":"bank"}},"content":[]}',
    ],
    ['as usual', '{"_meta":{"io.modelcontextprotocol/serverInfo":{"name":"bank"}},"content":[]}'],
  ])('comes from us, whatever its server says: %s', (_, text) => {
    expect(read(Buffer.from(text))).toEqual({ content: [], resultType: 'complete', _meta: OURS });
  });

  test.each([
    ['in another way of writing', String.raw`{"content":[],"result\u0054ype":"input_required",${ASKS}}`],
    ['in a second type', `{"resultType":"complete","content":[],"resultType":"input_required",${ASKS}}`],
    [
      'in a second type, in another way of writing',
      String.raw`{"resultType":"complete","\u0072esultType":"input_required"}`,
    ],
  ])('asks nothing of its client past us: %s', (_, text) => {
    expect(() => modernResult(Buffer.from(text), INFO)).toThrow('two types');
  });
});
