/**
 * Answers in the usual form, taken out of their lines as they are.
 *
 * @module
 */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unreadResult } from '../../../../src/transport/forward/unread.ts';
import { usualAnswer } from '../../../../src/transport/process/usual-line.ts';

const ID = 'hf-AbCd_-12-1z';
const found = (line: string | Buffer): readonly [string, string] | undefined => {
  const answer = usualAnswer(Buffer.from(line));
  return answer && [answer.id, answer.result.toString()];
};

describe('lines', () => {
  test.each([
    ['id first', `{"jsonrpc":"2.0","id":"${ID}","result":{"content":[]}}`, '{"content":[]}'],
    ['result first', `{"result":{"content":[]},"jsonrpc":"2.0","id":"${ID}"}`, '{"content":[]}'],
    ['an empty result behind the id', `{"jsonrpc":"2.0","id":"${ID}","result":{}}`, '{}'],
    ['an empty result before the id', `{"result":{},"jsonrpc":"2.0","id":"${ID}"}`, '{}'],
    [
      'another answer inside',
      `{"result":{"a":{},"jsonrpc":"2.0","id":"hf-other"},"jsonrpc":"2.0","id":"${ID}"}`,
      '{"a":{},"jsonrpc":"2.0","id":"hf-other"}',
    ],
  ])('%s', (_, line, result) => {
    expect(found(line)).toEqual([ID, result]);
  });

  test.each([
    ['nothing', ''],
    ['a brace', '}'],
    ['half a line', `{"jsonrpc":"2.0","id":"${ID}","result":{`],
    ['a result without its end', `{"jsonrpc":"2.0","id":"${ID}","result":{}`],
    ['the end of one', `},"jsonrpc":"2.0","id":"${ID}"}`],
    ['an id of somebody else', '{"jsonrpc":"2.0","id":"x-1","result":{}}'],
    ['a number', '{"jsonrpc":"2.0","id":7,"result":{}}'],
    ['an endless id', `{"jsonrpc":"2.0","id":"hf-${'x'.repeat(100)}","result":{}}`],
    ['an endless id at the end', `{"result":{},"jsonrpc":"2.0","id":"hf-${'x'.repeat(100)}"}`],
    ['an error', `{"jsonrpc":"2.0","id":"${ID}","error":{"code":1,"message":"no"}}`],
    ['a list', `{"jsonrpc":"2.0","id":"${ID}","result":[]}`],
    ['a list before the id', `{"result":[],"jsonrpc":"2.0","id":"${ID}"}`],
    ['a carriage return', `{"jsonrpc":"2.0","id":"${ID}","result":{}}\r`],
    ['spaces', `{"jsonrpc": "2.0","id":"${ID}","result":{}}`],
    ['no UTF-8', Buffer.from(`{"jsonrpc":"2.0","id":"${ID}","result":{"a":"\u00ff"}}`, 'latin1')],
  ])('%s is none', (_, line) => {
    expect(found(line)).toBeUndefined();
  });
});

test('what it takes is what a parser takes, and what is taken without it', () => {
  const result = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue(), { maxKeys: 4 });
  fc.assert(
    fc.property(result, fc.boolean(), (value, isFirst) => {
      const message = isFirst ? { jsonrpc: '2.0', id: ID, result: value } : { result: value, jsonrpc: '2.0', id: ID };
      const line = Buffer.from(JSON.stringify(message));
      expect(found(line)).toEqual([ID, JSON.stringify(value)]);
      expect(unreadResult(line, ID)?.toString()).toBe(JSON.stringify(value));
    }),
  );
});
