/**
 * The reader of HTTP answers: whole however they are cut, and never fooled by broken ones.
 *
 * @module
 */
import { array, assert, asyncProperty, boolean, nat, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HttpAnswer } from '../../../src/daemon/http-answer.ts';

interface Read {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
}

async function read(pieces: readonly Buffer[]): Promise<Read> {
  const left = [...pieces];
  const answer = new HttpAnswer(() => Promise.resolve(left.shift()));
  const head = await answer.head();
  let text = '';
  for await (const part of answer.body(head)) text += part;
  return { ...head, text };
}

const whole = (text: string): Promise<Read> => read([Buffer.from(text)]);

function cutUp(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return places
    .slice(1)
    .map((end, index) => bytes.subarray(places[index], end))
    .filter((part) => part.length > 0);
}

function encode(parts: readonly string[], chunked: boolean): Buffer {
  const bodies = parts.map((part) => Buffer.from(part)).filter((part) => part.length > 0);
  const head = 'HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\nX-Thing:  a b \r\n';
  if (!chunked) {
    const body = Buffer.concat(bodies);
    return Buffer.concat([Buffer.from(`${head}Content-Length: ${body.length}\r\n\r\n`), body]);
  }
  const chunks = bodies.flatMap((part) => [Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]);
  return Buffer.concat([Buffer.from(`${head}Transfer-Encoding: chunked\r\n\r\n`), ...chunks, Buffer.from('0\r\n\r\n')]);
}

describe('an answer of the daemon', () => {
  test('is read whole, in whatever pieces it arrives', async () => {
    await assert(
      asyncProperty(array(string({ unit: 'grapheme' })), boolean(), array(nat(5_000)), async (parts, chunked, cuts) => {
        const found = await read(cutUp(encode(parts, chunked), cuts));
        expect(found.status).toBe(200);
        expect(found.headers.get('x-thing')).toBe('a b');
        expect(found.text).toBe(parts.join(''));
      }),
    );
  });

  test.each([
    ['nothing', ''],
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['another version of HTTP', 'HTTP/1.0 200 OK\r\n\r\n'],
    ['a status that is none', 'HTTP/1.1 2000 OK\r\n\r\n'],
    ['an endless line', 'x'.repeat(40_000)],
    ['too many headers', `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(300)}\r\n`],
    ['a head without an end', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n'],
    ['no length', 'HTTP/1.1 200 OK\r\n\r\nhello'],
    ['a length that is none', 'HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n'],
    ['a body that is too short', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhello'],
    ['a chunk without a size', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'],
    [
      'a chunk that is longer than its size',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n',
    ],
    ['chunks without an end', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n'],
  ])('that is broken is refused: %s', async (_what, text) => {
    await expect(whole(text)).rejects.toThrow(/answer|line|chunk/);
  });
});
