import { describe, expect, test } from 'vitest';
import { LineReader } from '../../../../src/gateway/front/line-reader.ts';
import { sketchOf } from '../../../../src/gateway/front/sketch.ts';

describe('[serve.stdout] lines of a client', () => {
  const read = (chunks: readonly (string | Buffer)[], longest?: number): readonly string[] => {
    const lines: string[] = [];
    const reader = new LineReader(
      { line: (text) => lines.push(text), tooLong: () => lines.push('(too long)') },
      longest,
    );
    for (const chunk of chunks) reader.feed(Buffer.from(chunk));
    reader.end();
    return lines;
  };

  test.each<[string, readonly (string | Buffer)[], readonly string[]]>([
    ['whole ones', ['a\nb\n'], ['a', 'b']],
    ['cut anywhere', ['a', 'b\nc', 'd', 'e\n'], ['ab', 'cde']],
    ['cut inside a character', [Buffer.from([0xc3]), Buffer.from([0xa4, 0x0a])], ['ä']],
    ['without a last line end', ['a\nb'], ['a', 'b']],
    ['empty ones are dropped', ['\n \n\r\na\n'], ['a']],
  ])('%s', (_what, chunks, lines) => {
    expect(read(chunks)).toEqual(lines);
  });

  test('one over the bound is told and dropped, the next is read', () => {
    expect(read(['12345', '678901\nok\n', '12345678901'], 10)).toEqual(['(too long)', 'ok', '(too long)']);
  });
});

describe('[serve.bridge] what a bridge reads of a line', () => {
  test.each<[string, object]>([
    ['{"jsonrpc":"2.0","result":{"id":9,"x":",\\"id\\":8}"},"id":5}', { id: 5 }],
    [`{"jsonrpc":"2.0","result":{"text":"${'x'.repeat(1_000)}","id":5}}`, {}],
    [`{"jsonrpc":"2.0","result":{"text":"${'x'.repeat(1_000)}"},"id":"a\\"b"}`, { id: 'a"b' }],
    ['{"jsonrpc":"2.0","error":{"code":1,"message":""},"id":"x"}', { id: 'x' }],
    ['{"id":-3,"jsonrpc":"2.0","result":{}}', { id: -3 }],
    ['{"method":"tools/call","params":{},"jsonrpc":"2.0","id":1}', { id: 1, method: 'tools/call' }],
    [
      '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"r"}}',
      { method: 'notifications/cancelled', about: 'r' },
    ],
    ['{"jsonrpc":"2.0","error":{"code":-32700,"message":""},"id":null}', {}],
    ['not JSON', {}],
    ['[1]', {}],
    ['{"id":{},"method":7}', {}],
  ])('%s', (line, sketch) => {
    expect(sketchOf(line)).toEqual(sketch);
  });
});
