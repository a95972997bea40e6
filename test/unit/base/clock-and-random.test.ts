/**
 * Waits can be ended, times are ISO-8601, and one seed gives one sequence.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { iso, parseIso, sleepOn, systemClock } from '../../../src/base/clock.ts';
import { seededRandom, systemRandom } from '../../../src/base/random.ts';
import { createVirtualClock } from '../../../src/testing/virtual-clock.ts';

describe('a wait', () => {
  test('ends in its time', async () => {
    const clock = createVirtualClock();
    let over = false;
    const wait = sleepOn(clock, 1_000).then(() => (over = true));
    await clock.advance(999);
    expect(over).toBe(false);
    await clock.advance(1);
    await wait;
    expect(over).toBe(true);
  });

  test('ends with its signal and leaves no timer behind', async () => {
    const clock = createVirtualClock();
    const end = new AbortController();
    const wait = sleepOn(clock, 1_000, end.signal);
    end.abort(new Error('enough'));
    await expect(wait).rejects.toThrow('enough');
    expect(clock.pending).toBe(0);
  });

  test('does not begin when its signal is over already', async () => {
    const clock = createVirtualClock();
    await expect(sleepOn(clock, 1, AbortSignal.abort(new Error('late')))).rejects.toThrow('late');
    expect(clock.pending).toBe(0);
  });

  test('of the real clock fires once, or never when cancelled', async () => {
    const fired: string[] = [];
    systemClock.after(1, () => fired.push('cancelled')).cancel();
    await new Promise<void>((resolve) => {
      systemClock.after(-5, resolve);
    });
    await systemClock.sleep(2);
    expect(fired).toEqual([]);
  });
});

test('[status.times] a time leaves the program as ISO-8601 UTC, and is read back', () => {
  expect(iso(0)).toBe('1970-01-01T00:00:00.000Z');
  expect(parseIso(iso(1_763_719_200_123))).toBe(1_763_719_200_123);
  expect(parseIso('soon')).toBeNaN();
});

test('equal seeds give equal sequences in [0, 1), different ones do not', () => {
  const draw = (seed: number): number[] => {
    const random = seededRandom(seed);
    return Array.from({ length: 1_000 }, () => random.next());
  };
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
  const all = [...draw(7), systemRandom.next()];
  expect(Math.min(...all)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...all)).toBeLessThan(1);
});
