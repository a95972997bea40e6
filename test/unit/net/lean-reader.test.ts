/**
 * A body is taken at once only where nothing more of it is to come.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { LeanReader } from '../../../src/net/lean-reader.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);
const control = { pause: () => {}, resume: () => {}, abort: () => {} };
const LIMIT = 8;

const fed = (...chunks: string[]): LeanReader => {
  const reader = new LeanReader(control);
  for (const chunk of chunks) reader.push(bytes(chunk));
  return reader;
};

describe('a body that is asked for at once', () => {
  test.each([
    ['of one piece', ['abc'], 'abc'],
    ['of several pieces', ['abc', 'de'], 'abcde'],
    ['without bytes', [], ''],
    ['of as many bytes as it may have', ['abcd', 'efgh'], 'abcdefgh'],
  ])('%s is there when it has ended', (_, chunks, text) => {
    const reader = fed(...chunks);
    reader.end();
    expect(Buffer.from(reader.ready(LIMIT) ?? 'none').toString()).toBe(text);
  });

  test('is not there while more may come, and is read whole later', async () => {
    const reader = fed('abc');
    expect(reader.ready(LIMIT)).toBeUndefined();
    const whole = reader.whole(LIMIT);
    reader.push(bytes('de'));
    reader.end();
    expect(Buffer.from((await whole) ?? 'none').toString()).toBe('abcde');
  });

  test('that is too large is not there, and is refused by who reads it whole', async () => {
    const reader = fed('abcdefghi');
    reader.end();
    expect(reader.ready(LIMIT)).toBeUndefined();
    expect(await reader.whole(LIMIT)).toBeUndefined();
  });

  test('that broke off is not there, and fails for who reads it whole', async () => {
    const reader = fed('abc');
    reader.fail(new Error('broken'));
    expect(reader.ready(LIMIT)).toBeUndefined();
    await expect(reader.whole(LIMIT)).rejects.toThrow('broken');
  });
});

describe('a body of very many very small pieces', () => {
  const COUNT = 20_000;
  const feed = (reader: LeanReader, count: number): void => {
    for (let at = 0; at < count; at += 1) reader.push(bytes(String.fromCharCode(97 + (at % 26))));
  };
  const text = (count: number): string =>
    Array.from({ length: count }, (_, at) => String.fromCharCode(97 + (at % 26))).join('');

  test('waits for its reader in a few', async () => {
    const reader = fed();
    feed(reader, COUNT);
    let pieces = 0;
    let read = '';
    for await (const piece of reader) {
      pieces += 1;
      read += Buffer.from(piece).toString();
      if (pieces === 1) feed(reader, COUNT);
      if (pieces === 30) reader.end();
    }
    expect(pieces).toBeLessThan(3_000);
    expect(read).toBe(text(COUNT) + text(COUNT));
  });

  test('is whole all the same', async () => {
    const reader = fed();
    const whole = reader.whole(COUNT);
    feed(reader, COUNT);
    reader.end();
    expect(Buffer.from((await whole) ?? []).toString()).toBe(text(COUNT));
  });
});
