/**
 * Responses byte by byte: what is read, what is refused, and that it does not matter how the bytes arrive.
 *
 * @module
 */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ResponseParser } from '../../../../src/net/h1/response-parser.ts';

interface Seen {
  heads: { status: number; fields: Record<string, string>; keepMs: number | undefined }[];
  body: string;
  ended: 'last' | 'more' | undefined;
  error: string | undefined;
}

/** What comes of pieces, and of the end of the connection behind them. */
function read(pieces: readonly Buffer[], { closes = false } = {}): Seen {
  const seen: Seen = { heads: [], body: '', ended: undefined, error: undefined };
  const parser = new ResponseParser();
  parser.begin({
    head: ({ status, fields, keepMs }) => seen.heads.push({ status, fields: Object.fromEntries(fields), keepMs }),
    data: (bytes) => (seen.body += bytes.toString('latin1')),
    end: (isLast) => (seen.ended = isLast ? 'last' : 'more'),
  });
  try {
    for (const piece of pieces) parser.push(piece);
    if (closes) parser.close();
  } catch (error) {
    seen.error = (error as { code?: string }).code ?? String(error);
  }
  return seen;
}

const whole = (text: string, options?: { closes: boolean }): Seen => read([Buffer.from(text, 'latin1')], options);
const lines = (...all: string[]): string => `${all.join('\r\n')}\r\n\r\n`;

describe('a response', () => {
  test('has its status, its fields by their names in lower case, and its body', () => {
    const seen = whole(
      `${lines('HTTP/1.1 200 OK', 'Content-Type:  text/plain ', 'X-A: 1', 'x-a: 2', 'Content-Length: 3')}abc`,
    );
    expect(seen).toEqual({
      heads: [
        {
          status: 200,
          fields: { 'content-type': 'text/plain', 'x-a': '1, 2', 'content-length': '3' },
          keepMs: undefined,
        },
      ],
      body: 'abc',
      ended: 'more',
      error: undefined,
    });
  });

  test.each([
    ['a status line without a reason', 'HTTP/1.1 204\r\n\r\n', 204, ''],
    ['no body after 204, whatever it says', 'HTTP/1.1 204 No\r\ncontent-length: 0\r\n\r\n', 204, ''],
    ['a body of no bytes', 'HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n', 202, ''],
    [
      'informational ones before it',
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nlink: a\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx',
      200,
      'x',
    ],
    [
      'chunks',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\nA ; ext="1"\r\n0123456789\r\n0\r\n\r\n',
      200,
      'abc0123456789',
    ],
    [
      'chunks with a trailer',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n1\r\na\r\n000\r\nx: y\r\n\r\n',
      200,
      'a',
    ],
    ['bytes above ASCII in a field', 'HTTP/1.1 200 OK\r\nx: \u00e4\r\ncontent-length: 0\r\n\r\n', 200, ''],
    ['an empty field', 'HTTP/1.1 200 OK\r\nx:\r\ncontent-length: 0\r\n\r\n', 200, ''],
  ])('may have %s', (_, text, status, body) => {
    const seen = whole(text);
    expect([seen.heads.map((head) => head.status), seen.body, seen.ended, seen.error]).toEqual([
      [status],
      body,
      'more',
      undefined,
    ]);
  });

  test('without a length ends with its connection, which cannot be used again', () => {
    const text = 'HTTP/1.1 200 OK\r\n\r\nabc';
    expect(whole(text)).toMatchObject({ body: 'abc', ended: undefined, error: undefined });
    expect(whole(text, { closes: true })).toMatchObject({ body: 'abc', ended: 'last', error: undefined });
  });

  test.each([
    ['nothing', ''],
    ['a part of a head', 'HTTP/1.1 200 OK\r\ncontent-le'],
    ['a part of a body', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nabc'],
    ['a part of a chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nabc'],
    ['chunks without their end', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n'],
  ])('of which %s came before the connection was closed is an error', (_, text) => {
    expect(whole(text, { closes: true })).toMatchObject({ ended: undefined, error: 'UND_ERR_SOCKET' });
  });

  test.each([
    ['what is no HTTP', 'SSH-2.0-OpenSSH_9.6\r\n\r\n'],
    ['a version that is not spoken', 'HTTP/2.0 200 OK\r\n\r\n'],
    ['a status of other than three digits', 'HTTP/1.1 2000 OK\r\n\r\n'],
    ['a status below 100', 'HTTP/1.1 099 OK\r\n\r\n'],
    ['another protocol', 'HTTP/1.1 101 Switching\r\nupgrade: x\r\n\r\n'],
    ['a field without a colon', 'HTTP/1.1 200 OK\r\nabc\r\n\r\n'],
    ['a field without a name', 'HTTP/1.1 200 OK\r\n: abc\r\n\r\n'],
    ['a blank behind a name', 'HTTP/1.1 200 OK\r\nx : abc\r\n\r\n'],
    ['a field that goes on in the next line', 'HTTP/1.1 200 OK\r\nx: a\r\n b\r\n\r\n'],
    ['a line feed alone in a field', 'HTTP/1.1 200 OK\r\nx: a\ny: b\r\n\r\n'],
    ['a zero byte in a field', 'HTTP/1.1 200 OK\r\nx: a\0b\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 1\r\n\r\nx'],
    ['two lengths that differ', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx'],
    ['a length and chunks', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a length with a sign', 'HTTP/1.1 200 OK\r\ncontent-length: +1\r\n\r\nx'],
    ['a length behind a blank of another kind', 'HTTP/1.1 200 OK\r\ncontent-length: \u00a01\r\n\r\nx'],
    ['a coding behind a blank of another kind', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\u00a0\r\n\r\n0\r\n\r\n'],
    ['an empty length', 'HTTP/1.1 200 OK\r\ncontent-length:\r\n\r\n'],
    ['a length that no number holds', `HTTP/1.1 200 OK\r\ncontent-length: ${'9'.repeat(20)}\r\n\r\n`],
    ['a coding that was not asked for', 'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n'],
    ['a coding without chunks', 'HTTP/1.1 200 OK\r\ntransfer-encoding: identity\r\n\r\nx'],
    ['a chunk without a size', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n\r\n'],
    ['a chunk of a size that is no number', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0x3\r\nabc\r\n'],
    [
      'a chunk of a size that no number holds',
      `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${'f'.repeat(17)}\r\n`,
    ],
    [
      'a chunk that is longer than it says',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n',
    ],
    [
      'a size that ends with a line feed alone',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\nx\r\n0\r\n\r\n',
    ],
  ])('with %s is refused', (_, text) => {
    const seen = whole(text);
    expect([seen.error, seen.ended]).toEqual(['HPE_INVALID_RESPONSE', undefined]);
  });

  test.each(['SSH-2.0-OpenSSH_9.6\r\n', '-ERR unknown command\r\n', '\u0015\u0003\u0001\u0000\u0002\u0002', 'HTTX'])(
    'that begins with %j is refused at once: whoever says that may wait for us to go on',
    (text) => {
      expect(whole(text).error).toBe('HPE_INVALID_RESPONSE');
      expect(whole(`HTTP/1.1 100 Continue\r\n\r\n${text}`).error).toBe('HPE_INVALID_RESPONSE');
      expect(read([...Buffer.from(text, 'latin1')].map((byte) => Buffer.from([byte]))).error).toBe(
        'HPE_INVALID_RESPONSE',
      );
    },
  );

  test('with a head, a size line or a trailer that never ends is refused', () => {
    const long = 'x'.repeat(20_000);
    expect(whole(`HTTP/1.1 200 OK\r\nx: ${long}`).error).toBe('UND_ERR_HEADERS_OVERFLOW');
    expect(whole(`HTTP/1.1 200 OK\r\nx: ${long}\r\n\r\n`).error).toBe('UND_ERR_HEADERS_OVERFLOW');
    const chunked = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';
    expect(whole(`${chunked}1;${long}`).error).toBe('HPE_INVALID_RESPONSE');
    expect(whole(`${chunked}0\r\n${`a: ${'y'.repeat(900)}\r\n`.repeat(30)}`).error).toBe('HPE_INVALID_RESPONSE');
  });

  test('that came with more than itself is whole, and the last one of its connection', () => {
    expect(whole('HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nxHTTP/1.1 200 OK\r\n\r\n')).toMatchObject({
      body: 'x',
      ended: 'last',
    });
    expect(whole('HTTP/1.1 204 No\r\ncontent-length: 2\r\n\r\nab')).toMatchObject({ body: '', ended: 'last' });
  });

  test('that nobody has asked for is refused', () => {
    expect(() => new ResponseParser().push(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'))).toThrow(
      expect.objectContaining({ code: 'HPE_INVALID_RESPONSE' }),
    );
  });
});

describe('whether a connection may be used again', () => {
  test.each([
    ['HTTP/1.1 200 OK', undefined],
    ['HTTP/1.1 200 OK\r\nconnection: Close', 0],
    ['HTTP/1.1 200 OK\r\nconnection: keep-alive\r\nkeep-alive: timeout=5', 5_000],
    ['HTTP/1.1 200 OK\r\nkeep-alive: max=100, timeout = 7', 7_000],
    ['HTTP/1.0 200 OK', 0],
    ['HTTP/1.0 200 OK\r\nconnection: keep-alive', undefined],
  ])('%j: %s', (head, keepMs) => {
    expect(whole(`${head}\r\ncontent-length: 0\r\n\r\n`).heads[0]?.keepMs).toBe(keepMs);
  });
});

describe('bytes in pieces', () => {
  const texts = [
    `${lines('HTTP/1.1 200 OK', 'Content-Type: application/json', 'Content-Length: 11')}{"a":"bcd"}`,
    `${lines('HTTP/1.1 100 Continue')}${lines('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked')}3\r\nabc\r\n1f;a=b\r\n${'z'.repeat(31)}\r\n0\r\nt: u\r\n\r\n`,
    `${lines('HTTP/1.1 200 OK', 'connection: close')}until the end\r\n\r\n`,
    `${lines('HTTP/1.1 200 OK', 'content-length: 2')}abc`,
    `${lines('HTTP/1.1 200 OK', 'transfer-encoding: chunked')}2\r\nab0\r\n\r\n`,
    'HTTP/1.1 200 OK\r\nbad\r\n\r\n',
  ];

  test('mean the same however they are cut', () => {
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.array(fc.nat(200), { maxLength: 30 }), (text, cuts) => {
        const bytes = Buffer.from(text, 'latin1');
        const places = [...new Set(cuts.map((cut) => cut % bytes.length))].toSorted((a, b) => a - b);
        const pieces = [0, ...places].map((from, n) => bytes.subarray(from, places[n] ?? bytes.length));
        const one = whole(text, { closes: true });
        const many = read(
          pieces.filter((piece) => piece.length > 0),
          { closes: true },
        );
        // Where what is behind the response comes later, it is refused when it comes.
        expect({ ...many, ended: many.ended === undefined ? undefined : 'x', error: undefined }).toEqual({
          ...one,
          ended: one.ended === undefined ? undefined : 'x',
          error: undefined,
        });
        if (one.ended === undefined) expect(many.error).toBe(one.error);
      }),
      { numRuns: 400 },
    );
  });

  test('of any kind never break the parser', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 6 }), (pieces) => {
        const seen = read([Buffer.from('HTTP/1.1 200 OK\r\n'), ...pieces.map((piece) => Buffer.from(piece))], {
          closes: true,
        });
        expect(seen.error === undefined || /^(?:HPE_|UND_ERR_)/.test(seen.error)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });
});
