import { array, assert, constantFrom, nat, property, tuple } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AnswerError } from '../../../../src/transport/answer-error.ts';
import { SseParser } from '../../../../src/transport/http/sse-parser.ts';
import type { SseEvent } from '../../../../src/transport/http/sse-parser.ts';

const parse = (text: string, limit = 1_000): readonly SseEvent[] => new SseParser(limit).push(Buffer.from(text));

describe('an event stream', () => {
  const CASES: readonly (readonly [string, string, readonly SseEvent[]])[] = [
    ['one event', 'data: a\n\n', [{ type: 'message', data: 'a' }]],
    ['several lines of data', 'data: a\ndata: b\n\n', [{ type: 'message', data: 'a\nb' }]],
    ['a named event with an id', 'event: endpoint\nid: 7\ndata: /x\n\n', [{ type: 'endpoint', data: '/x', id: '7' }]],
    ['an id without data', 'id: 7\ndata:\n\n', [{ type: 'message', data: '', id: '7' }]],
    ['no blank after the colon', 'data:a\n\n', [{ type: 'message', data: 'a' }]],
    ['only the first blank goes', 'data:  a\n\n', [{ type: 'message', data: ' a' }]],
    ['comments and unknown fields', ': keep-alive\nfoo: bar\ndata: a\n\n', [{ type: 'message', data: 'a' }]],
    ['a field without a colon', 'data\n\n', [{ type: 'message', data: '' }]],
    [
      'carriage returns',
      'data: a\r\rdata: b\r\r',
      [
        { type: 'message', data: 'a' },
        { type: 'message', data: 'b' },
      ],
    ],
    ['pairs', 'data: a\r\n\r\n', [{ type: 'message', data: 'a' }]],
    ['a byte order mark', '\uFEFFdata: a\n\n', [{ type: 'message', data: 'a' }]],
    ['an event that never ends', 'data: a\n', []],
    ['blank lines', '\n\n\n', []],
    ['an id with NUL is none', 'id: a\0b\ndata: a\n\n', [{ type: 'message', data: 'a' }]],
  ];
  test.each(CASES)('%s', (_, text, events) => {
    expect(parse(text)).toEqual(events);
  });

  test('retry is kept only as a whole number', () => {
    const parser = new SseParser(100);
    parser.push(Buffer.from('retry: 250\n\n'));
    parser.push(Buffer.from('retry: soon\nretry: -1\n\n'));
    expect(parser.retryMs).toBe(250);
  });

  test('it reads the same however the bytes are cut', () => {
    const line = constantFrom('data: ä€😀', 'data:', ': c', 'id: 1', 'event: e', '', 'retry: 5');
    const end = constantFrom('\n', '\r\n', '\r');
    assert(
      property(array(tuple(line, end), { maxLength: 20 }), array(nat(8)), (lines, cuts) => {
        const bytes = Buffer.from(lines.map(([text, eol]) => text + eol).join(''));
        const whole = new SseParser(10_000).push(bytes);
        const parser = new SseParser(10_000);
        const pieces: SseEvent[] = [];
        let at = 0;
        for (const cut of cuts) {
          pieces.push(...parser.push(bytes.subarray(at, at + cut)));
          at += cut;
        }
        pieces.push(...parser.push(bytes.subarray(at)));
        expect(pieces).toEqual(whole);
      }),
    );
  });
});

describe('[transport.bounded] an event stream is bounded', () => {
  test.each([
    ['an endless line', () => 'data: ' + 'x'.repeat(60)],
    ['an endless comment', () => ': ' + 'x'.repeat(60)],
    ['endless lines of one event', () => 'data: 0123456789\n'.repeat(6)],
  ])('%s', (_, text) => {
    const parser = new SseParser(50);
    expect(() => parser.push(Buffer.from(text()))).toThrow(AnswerError);
  });

  test('but not in the number of its events', () => {
    expect(parse('data: 0123456789\n\n'.repeat(1_000), 50)).toHaveLength(1_000);
  });
});
