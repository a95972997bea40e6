import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EntrySource } from '../../../../src/core/entry.ts';
import type { ForwardingFleet } from '../../../../src/core/fleet.ts';
import { RateLimit, burstOf } from '../../../../src/gateway/limit/rate-limit.ts';
import { RateLimits, rateLimitsOf } from '../../../../src/gateway/limit/rate-limits.ts';
import { createVirtualClock } from '../../../../src/testing/virtual-clock.ts';

/** A clock that is set by hand. */
function handClock(start = 0): { at: number; monotonic: () => number } {
  const clock = { at: start, monotonic: () => clock.at };
  return clock;
}

/** How many calls go at this moment. */
function going(limit: RateLimit, most = 1_000): number {
  let count = 0;
  while (count < most && limit.take() === 0) count += 1;
  return count;
}

describe('[gateway.rate-limit] a limit', () => {
  test.each([
    [1, 1],
    [6, 1],
    [7, 2],
    [12, 2],
    [60, 10],
    [100, 17],
    [600, 100],
  ])('of %i a minute lets %i calls go at once', (perMinute, burst) => {
    expect(burstOf(perMinute)).toBe(burst);
    expect(going(new RateLimit(handClock(), perMinute))).toBe(burst);
  });

  test.each([
    [1, 60_000],
    [6, 10_000],
    [7, 8_572],
    [60, 1_000],
    [1_000_000, 1],
  ])('of %i a minute says after how long the next call may go (%i ms), and that is so', (perMinute, ms) => {
    const clock = handClock(123_456_789.123);
    const limit = new RateLimit(clock, perMinute);
    for (let taken = 0; taken < burstOf(perMinute); taken += 1) limit.take();
    expect(limit.take()).toBe(ms);
    // Asking again costs nothing.
    expect(limit.take()).toBe(ms);
    clock.at += ms;
    expect(limit.take()).toBe(0);
  });

  test('never lets more go in any time than a burst and what that time allows, and hardly fewer', () => {
    const waits = fc.array(fc.double({ min: 0, max: 5_000, noNaN: true }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), waits, (perMinute, gaps) => {
        const clock = handClock(1e9 + 0.1);
        const limit = new RateLimit(clock, perMinute);
        const began = clock.at;
        let gone = going(limit);
        for (const gap of gaps) {
          clock.at += gap;
          gone += going(limit);
        }
        const earned = ((clock.at - began) * perMinute) / 60_000;
        expect(gone).toBeLessThanOrEqual(burstOf(perMinute) + earned + 0.01);
        const isNeverFull = gaps.every((gap) => (gap * perMinute) / 60_000 < burstOf(perMinute) - 1);
        if (isNeverFull) expect(gone).toBeGreaterThan(burstOf(perMinute) + earned - 1.01);
      }),
    );
  });

  test('that is changed counts at once, and stays as full or as empty as it was', () => {
    const clock = handClock();
    const limit = new RateLimit(clock, 60);
    expect(going(limit)).toBe(10);
    expect(limit.take()).toBe(1_000);
    limit.change(6);
    expect(limit.perMinute).toBe(6);
    expect(limit.take()).toBe(10_000);
    limit.change(600);
    expect(limit.take()).toBe(100);
    clock.at += 60_000;
    limit.change(60);
    expect(going(limit)).toBe(10);
    clock.at += 60_000;
    limit.change(600);
    expect(going(limit)).toBe(100);
  });

  test('lets the rounds of a call go with it, and not without end', () => {
    const limit = new RateLimit(handClock(), 6);
    expect(limit.takeRound()).toBe(0);
    expect(limit.take()).toBe(10_000);
    for (let round = 0; round < 16; round += 1) expect(limit.takeRound()).toBe(0);
    expect(limit.takeRound()).toBe(10_000);
  });
});

const source = (file: string, pointer = 'mcpServers.a'): EntrySource => ({
  client: 'file',
  scope: 'file',
  file,
  line: 1,
  pointer,
});

test('[gateway.rate-limit] an entry has one limit, wherever it is asked for; other entries have others', () => {
  const limits = new RateLimits(handClock());
  const one = limits.of('a', source('/f'), 6);
  expect(limits.of('a', { ...source('/f'), line: 9 }, 6)).toBe(one);
  expect(limits.of('a', source('/g'), 6)).not.toBe(one);
  expect(limits.of('b', source('/f', 'mcpServers.b'), 6)).not.toBe(one);
  expect(going(one as RateLimit)).toBe(1);
  expect(limits.of('a', source('/f'), undefined)).toBeUndefined();
  // Taking the number away and back fills nothing.
  expect(going(limits.of('a', source('/f'), 12) as RateLimit)).toBe(0);
  expect(one?.perMinute).toBe(12);
});

test('[gateway.rate-limit] the limits of a fleet are the same for everybody who serves it', () => {
  const clock = createVirtualClock();
  const [one, other] = [{}, {}] as ForwardingFleet[] as [ForwardingFleet, ForwardingFleet];
  expect(rateLimitsOf(one, clock)).toBe(rateLimitsOf(one, clock));
  expect(rateLimitsOf(other, clock)).not.toBe(rateLimitsOf(one, clock));
});
