/**
 * The last lines of a process's stderr.
 *
 * @module
 */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Redactor } from '../../../../src/base/secret.ts';
import { LineRing } from '../../../../src/transport/process/ring.ts';

const nothing = new Redactor();
const clock = { now: () => 7 };

/** Only the texts. */
function texts(ring: LineRing, redactor = nothing): readonly string[] {
  return ring.lines(redactor).map(({ text }) => text);
}

function ringOf(limit: number, ...chunks: readonly (string | Buffer)[]): LineRing {
  const ring = new LineRing(limit, clock);
  for (const chunk of chunks) ring.push(Buffer.from(chunk));
  return ring;
}

describe('the ring of stderr lines', () => {
  test('[transport.stdio-stderr] however the bytes are cut, the same lines come out, cut characters included', () => {
    const cases = fc.property(
      fc.array(fc.stringMatching(/^[a-zäß🚀]{1,12}$/u), { maxLength: 20 }),
      fc.array(fc.nat({ max: 500 }), { maxLength: 30 }),
      (lines, places) => {
        const bytes = Buffer.from(lines.map((each) => `${each}\n`).join(''));
        const marks = [0, ...places.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
        const cut = marks.slice(1).map((end, index) => bytes.subarray(marks[index], end));
        expect(texts(ringOf(65_536, ...cut))).toEqual(lines);
      },
    );
    fc.assert(cases, { numRuns: 300 });
  });

  test('[transport.stdio-stderr] after a flood the newest lines are there, and no more than the limit', () => {
    const ring = new LineRing(65_536, clock);
    for (let line = 0; line < 100_000; line += 1) ring.push(Buffer.from(`line ${line} ${'.'.repeat(90)}\n`));
    const lines = texts(ring);
    expect(lines.at(-1)).toMatch(/^line 99999 /);
    expect(Buffer.byteLength(lines.join('\n'))).toBeLessThanOrEqual(65_536);
    expect(lines.length).toBeGreaterThan(400);
  });

  test('a flood of empty lines is bounded too', () => {
    const ring = ringOf(1_024, '\n'.repeat(1_000_000), ' \n'.repeat(100_000), 'last\n');
    expect(texts(ring)).toEqual(['last']);
  });

  test('a line is cut at 8 KiB, before the word that does not fit whole', () => {
    const [line] = texts(ringOf(65_536, `${'x'.repeat(8_100)} token=abcdefghijklmnop${'y'.repeat(20_000)}\nnext\n`));
    expect(line).toBe(`${'x'.repeat(8_100)} …`);
  });

  test('an endless line without a blank is cut too, shorter than its cap', () => {
    const ring = new LineRing(65_536, clock);
    for (let count = 0; count < 1_000; count += 1) ring.push(Buffer.alloc(10_000, 'z'));
    const lines = texts(ring);
    expect(lines).toHaveLength(1);
    expect(lines[0]?.length).toBeLessThanOrEqual(8_192 - 1_000);
  });

  test('the unfinished last line is shown', () => {
    expect(texts(ringOf(100, 'one\nPassword: '))).toEqual(['one', 'Password:']);
  });

  test('[security.canaries] secrets are gone when the lines are read, those over several lines too', () => {
    const redactor = new Redactor();
    const ring = ringOf(10_000, 'key=canary-1234 ok\n-----BEGIN\nabcdef\n-----END\nafter\n');
    redactor.add('canary-1234', '-----BEGIN\nabcdef\n-----END');
    expect(texts(ring, redactor)).toEqual(['key=[secret] ok', '[secret]', 'after']);
  });

  test('escape sequences of the server do not reach a terminal', () => {
    expect(texts(ringOf(1_000, '\u001B[31mred\u001B[0m\u0007\u001B]0;title\u0007\r\n'))).toEqual(['red']);
  });

  test('[transport.stdio-stderr] every line has the time at which it began, also beside a secret that spans lines', () => {
    let now = 0;
    const ring = new LineRing(10_000, { now: () => now });
    for (const chunk of ['one\nsec', 'ret\n', 'first\nsecond\n', 'last']) {
      now += 1_000;
      ring.push(Buffer.from(chunk));
    }
    expect(ring.lines(nothing)).toEqual([
      { at: 1_000, text: 'one' },
      { at: 1_000, text: 'secret' },
      { at: 3_000, text: 'first' },
      { at: 3_000, text: 'second' },
      { at: 4_000, text: 'last' },
    ]);
    const redactor = new Redactor();
    redactor.add('first\nsecond');
    expect(ring.lines(redactor).at(-1)).toEqual({ at: 4_000, text: 'last' });
  });
});
