/**
 * `Retry-After` in all its forms.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { parseRetryAfter } from '../../../src/net/retry-after.ts';

/** Sunday, 6 November 1994 is the date of RFC 9110's examples; the tests stand one minute before it. */
const NOW = Date.UTC(1994, 10, 6, 8, 48, 37);
const YEAR_MS = 366 * 86_400_000;

describe('[net.retry-after] Retry-After', () => {
  test.each([
    ['0', 0],
    ['120', 120_000],
    [' 7 ', 7_000],
    ['0003', 3_000],
    ['99999999999999999999', YEAR_MS],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 60_000],
    ['sun, 06 nov 1994 08:49:37 gmt', 60_000],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 60_000],
    ['Sun Nov  6 08:49:37 1994', 60_000],
    ['Sun, 06 Nov 1994 08:48:37 GMT', 0],
    ['Sat, 05 Nov 1994 08:49:37 GMT', 0],
    ['Thursday, 01-Jan-70 00:00:00 GMT', 0],
    ['Wed, 06 Nov 2044 08:49:37 GMT', YEAR_MS],
    ['Sun, 06 Nov 1994 23:59:60 GMT', 15 * 3_600_000 + 11 * 60_000 + 23_000],
  ])('"%s" means %d ms', (text, expected) => {
    expect(parseRetryAfter(text, NOW)).toBe(expected);
  });

  test.each([
    null,
    undefined,
    '',
    '-1',
    '+1',
    '1.5',
    '1e3',
    '0x10',
    'soon',
    '10 seconds',
    '10, 20',
    '1'.repeat(100),
    '1994-11-06T08:49:37Z',
    'Sun, 06 Nov 1994 08:49:37 +0000',
    'Sun, 06 Nov 1994 24:00:00 GMT',
    'Sun, 32 Nov 1994 08:49:37 GMT',
    'Sun, 00 Nov 1994 08:49:37 GMT',
    'Sun, 06 Foo 1994 08:49:37 GMT',
    '٣',
  ])('%j means nothing', (text) => {
    expect(parseRetryAfter(text, NOW)).toBeUndefined();
  });

  test('a two-digit year more than 50 years ahead is of the last century', () => {
    const now = Date.UTC(2026, 10, 21);
    expect(parseRetryAfter('Sunday, 06-Nov-94 08:49:37 GMT', now)).toBe(0);
    expect(parseRetryAfter('Saturday, 21-Nov-26 00:00:05 GMT', now)).toBe(5_000);
  });

  test('a date means the same instant as to the machine itself, leap days included', () => {
    for (const day of ['2024-02-29', '2026-12-31', '2027-03-01', '2100-02-28', '2000-02-29']) {
      const at = new Date(`${day}T12:34:56Z`);
      expect(parseRetryAfter(at.toUTCString(), at.getTime() - 1_000)).toBe(1_000);
    }
  });
});
