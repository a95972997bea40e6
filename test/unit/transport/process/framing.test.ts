/**
 * Messages out of bytes that are cut anywhere.
 *
 * @module
 */
import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/client';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FrameReader } from '../../../../src/transport/process/framing.ts';

interface Heard {
  readonly messages: JSONRPCMessage[];
  readonly strays: string[];
  readonly dropped: { readonly bytes: number; readonly answered: RequestId | undefined }[];
  readonly reader: FrameReader;
}

function read(chunks: readonly (string | Buffer)[], limit = 1_000): Heard {
  const heard = { messages: [] as JSONRPCMessage[], strays: [] as string[], dropped: [] as Heard['dropped'] };
  const reader = new FrameReader(limit, {
    message: (message) => heard.messages.push(message),
    stray: (line) => heard.strays.push(line),
    dropped: (bytes, answered) => heard.dropped.push({ bytes, answered }),
  });
  for (const chunk of chunks) reader.push(Buffer.from(chunk));
  return { ...heard, reader };
}

function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const marks = [0, ...places.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return marks.slice(1).map((end, index) => bytes.subarray(marks[index], end));
}

const ping = (id: number): JSONRPCMessage => ({ jsonrpc: '2.0', id, method: 'ping' });
const line = (message: unknown): string => `${JSON.stringify(message)}\n`;

const arbitraryMessage = fc.record({
  jsonrpc: fc.constant('2.0' as const),
  id: fc.integer({ min: 0 }),
  result: fc.record({ text: fc.string({ unit: 'binary', maxLength: 20 }) }),
});
/** What stands between messages on real servers' stdout. No line of it is a message. */
const arbitraryNoise = fc.constantFrom(
  '',
  '   ',
  'Server läuft 🚀',
  '{"a":1}',
  '[]',
  '[1]',
  'null',
  '{"jsonrpc":"2.0"}',
  '\u0000',
);
const arbitraryLine = fc.oneof(arbitraryMessage, arbitraryNoise);

describe('newline-delimited messages', () => {
  test('[transport.stdio-lines] however the bytes are cut, the same messages and the same stray lines come out', () => {
    const cases = fc.property(
      fc.array(arbitraryLine, { maxLength: 8 }),
      fc.constantFrom('\n', '\r\n'),
      fc.array(fc.nat({ max: 5_000 }), { maxLength: 40 }),
      (lines, end, places) => {
        const text = lines.map((each) => (typeof each === 'string' ? each : JSON.stringify(each)) + end).join('');
        const bytes = Buffer.from(text);
        const cut = read(cutAt(bytes, places), 100_000);
        expect(cut.messages).toEqual(lines.filter((each) => typeof each !== 'string'));
        expect(cut.reader.strays).toBe(lines.filter((each) => typeof each === 'string' && each.trim() !== '').length);
        expect(cut.strays).toEqual(read([bytes], 100_000).strays);
      },
    );
    fc.assert(cases, { numRuns: 300 });
  });

  test('one byte at a time is enough', () => {
    const bytes = Buffer.from(line({ jsonrpc: '2.0', method: 'notifications/message', params: { data: 'grüße 🚀' } }));
    expect(read([...bytes].map((byte) => Buffer.from([byte]))).messages).toEqual(read([bytes]).messages);
    expect(read([bytes]).messages).toHaveLength(1);
  });

  test('a byte order mark and CRLF are no part of a message', () => {
    expect(read([`\uFEFF${JSON.stringify(ping(1))}\r\n\r\n`]).messages).toEqual([ping(1)]);
  });

  test('a last line without an end is not read yet', () => {
    expect(read([JSON.stringify(ping(1))]).messages).toEqual([]);
  });

  test('several messages in one array are taken one by one (revision 2025-03-26)', () => {
    const heard = read([line([ping(1), 'noise', ping(2)])]);
    expect(heard.messages).toEqual([ping(1), ping(2)]);
    expect(heard.reader.strays).toBe(1);
  });

  test('[transport.stdio-lines] what is nested too deep to be passed on is no message', () => {
    const nested = (levels: number): string =>
      `{"jsonrpc":"2.0","method":"x","params":${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}}\n`;
    const heard = read([nested(900), nested(1_100), line(ping(1))], 100_000);
    expect(heard.messages).toMatchObject([{ method: 'x' }, ping(1)]);
    expect(heard.reader.strays).toBe(1);
  });

  test('[transport.stdio-lines] of stray lines the first five are shown, all are counted, none ends the reading', () => {
    const heard = read([...Array.from({ length: 50 }, (_, index) => `noise ${index}\n`), line(ping(1))]);
    expect(heard.strays).toEqual(['noise 0', 'noise 1', 'noise 2', 'noise 3', 'noise 4']);
    expect(heard.reader.strays).toBe(50);
    expect(heard.messages).toEqual([ping(1)]);
  });

  test('a long stray line is shown in part', () => {
    expect(read([`${'x'.repeat(900)}\n`]).strays).toEqual(['x'.repeat(512)]);
  });
});

describe('lines over the limit', () => {
  const filler = 'x'.repeat(2_000);

  test('[transport.bounded] a line over the limit is dropped and told, and the next one is read', () => {
    const big = line({ jsonrpc: '2.0', method: 'big', params: { filler } });
    const heard = read([big, line(ping(1))]);
    expect(heard.dropped).toEqual([{ bytes: big.length - 1, answered: undefined }]);
    expect(heard.messages).toEqual([ping(1)]);
  });

  test('the limit itself is allowed, one byte more is not', () => {
    const of = (bytes: number): string => line({ jsonrpc: '2.0', method: 'x'.repeat(bytes - 29) });
    expect(read([of(1_000)]).messages).toHaveLength(1);
    expect(read([of(1_001)]).dropped.map(({ bytes }) => bytes)).toEqual([1_001]);
  });

  const answers: readonly (readonly [string, unknown, RequestId | undefined])[] = [
    ['id first', { jsonrpc: '2.0', id: 7, result: { filler } }, 7],
    ['id first, without order', { id: 7, jsonrpc: '2.0', result: { filler } }, 7],
    ['id last', { result: { filler }, jsonrpc: '2.0', id: 8 }, 8],
    ['id before jsonrpc at the end', { result: { filler }, id: 8, jsonrpc: '2.0' }, 8],
    ['an id that is text', { result: { filler }, jsonrpc: '2.0', id: 'a"b' }, 'a"b'],
    ['an error answer', { jsonrpc: '2.0', id: 9, error: { code: -1, message: filler } }, 9],
    [
      'a request of the server',
      { jsonrpc: '2.0', id: 7, method: 'sampling/createMessage', params: { filler } },
      undefined,
    ],
    ['a request with its id last', { jsonrpc: '2.0', method: 'ping', params: { filler }, id: 7 }, undefined],
    ['an id inside the result', { jsonrpc: '2.0', result: { filler, id: 7 } }, undefined],
  ];
  test.each(answers)(
    'the request that a lost answer belongs to is named only when it is sure: %s',
    (_, message, id) => {
      expect(read([line(message)]).dropped.map(({ answered }) => answered)).toEqual([id]);
      expect(read([line(message).replace('\n', '\r\n')]).dropped.map(({ answered }) => answered)).toEqual([id]);
    },
  );

  test('[transport.bounded] an endless line costs no memory', () => {
    const heard = read([], 1_048_576);
    const before = process.memoryUsage().arrayBuffers;
    for (let count = 0; count < 8_000; count += 1) heard.reader.push(Buffer.alloc(65_536, 'x'));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(150 * 1_048_576);
    heard.reader.push(Buffer.from(`\n${line(ping(1))}`));
    expect(heard.messages).toEqual([ping(1)]);
  });
});
