/**
 * When a token is renewed.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { isDead, isDue, marginMs, remainingMs, renewInMs } from '../../../../src/auth/vault/due.ts';
import { DEFAULT_NUMBERS } from '../../../../src/core/numbers.ts';

const T0 = 1_767_225_600_000;
const HOUR = 3_600_000;
const about = (roll: number) => ({ numbers: DEFAULT_NUMBERS, roll });
const life = (ms: number) => ({ obtainedAt: T0, expiresAt: T0 + ms });

describe('[refresh.due] how long before its end a token is renewed', () => {
  test.each([
    ['an hour: 60 s', HOUR, 0.5, 60_000],
    ['five minutes: 60 s are 20 % of its life', 300_000, 0.5, 60_000],
    ['100 s: 20 %', 100_000, 0.5, 20_000],
    ['3 s: 20 %', 3_000, 0.5, 600],
    ['an hour, the earliest process: 10 % more', HOUR, 1, 66_000],
    ['an hour, the latest process: 10 % less', HOUR, 0, 54_000],
  ])('%s', (_title, ms, roll, margin) => {
    expect(marginMs(life(ms), DEFAULT_NUMBERS, roll)).toBeCloseTo(margin, 6);
    expect(isDue(life(ms), T0 + ms - margin - 1, about(roll))).toBe(false);
    expect(isDue(life(ms), T0 + ms - margin + 1, about(roll))).toBe(true);
  });

  test('a timer that waits as long as it is told finds the token due', () => {
    for (const ms of [1, 10, 3_000, 100_000, 250_000])
      for (const roll of [0, 0.3, 0.999]) {
        const wait = renewInMs(life(ms), T0, about(roll)) ?? Number.NaN;
        expect(isDue(life(ms), T0 + wait, about(roll))).toBe(true);
        expect(wait).toBeLessThanOrEqual(ms + 1);
      }
  });
});

test.each([
  ['without expires_in', { obtainedAt: T0 }],
  ['with an expires_in of 0', { obtainedAt: T0, expiresAt: T0 }],
])('[refresh.no-end] a token %s is never due, never dead, and no timer is set', (_title, endless) => {
  expect(isDue(endless, T0 + 1000 * HOUR, about(0.5))).toBe(false);
  expect(isDead(endless, T0 + 1000 * HOUR)).toBe(false);
  expect(renewInMs(endless, T0, about(0.5))).toBeUndefined();
});

describe('[refresh.clock-jump] the wall clock is set', () => {
  test('back by a day: the token lives no longer than its whole life', () => {
    expect(remainingMs(life(HOUR), T0 - 24 * HOUR)).toBe(HOUR);
    expect(isDue(life(HOUR), T0 - 24 * HOUR, about(0.5))).toBe(false);
  });
  test('forth by a day: the token is due, and dead', () => {
    expect(isDue(life(HOUR), T0 + 24 * HOUR, about(0.5))).toBe(true);
    expect(isDead(life(HOUR), T0 + 24 * HOUR)).toBe(true);
    expect(renewInMs(life(HOUR), T0 + 24 * HOUR, about(0.5))).toBe(1);
  });
  test('a timer looks again within five minutes', () => {
    expect(renewInMs(life(24 * HOUR), T0, about(0.5))).toBe(300_000);
  });
});
