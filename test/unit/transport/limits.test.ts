import { describe, expect, test, vi } from 'vitest';
import { LightAbortController } from '../../../src/base/light-abort.ts';
import { Limits } from '../../../src/transport/limits.ts';
import type { LimitNumbers, LimitParts } from '../../../src/transport/limits.ts';
import { createVirtualClock } from '../../../src/testing/virtual-clock.ts';

const NUMBERS: LimitNumbers = { firstByteMs: 10_000, idleMs: 30_000, totalMs: 100_000 };

function made({
  numbers = NUMBERS,
  parts = {},
  signal,
  timeoutMs,
}: {
  numbers?: LimitNumbers;
  parts?: LimitParts;
  signal?: AbortSignal;
  timeoutMs?: number;
} = {}) {
  const clock = createVirtualClock();
  const options = { ...(signal === undefined ? {} : { signal }), ...(timeoutMs === undefined ? {} : { timeoutMs }) };
  return { clock, limits: new Limits(options, numbers, clock, parts) };
}

describe('the clocks of one call, which are one timer', () => {
  test.each([
    ['first-byte', 10_000, NUMBERS, () => {}],
    ['idle', 30_000, NUMBERS, (limits: Limits) => limits.began()],
    ['idle', 30_000, { ...NUMBERS, firstByteMs: 0 }, () => {}],
    ['total', 100_000, { ...NUMBERS, firstByteMs: 0, idleMs: 0 }, () => {}],
    ['total', 5_000, { ...NUMBERS, totalMs: 5_000 }, () => {}],
  ] as const)('strikes for %s after %d ms, and not before', async (stop, ms, numbers, then) => {
    const { clock, limits } = made({ numbers });
    limits.start();
    then(limits);
    await clock.advance(ms - 1);
    expect(limits.stopped).toBeUndefined();
    await clock.advance(1);
    expect(limits.stopped).toBe(stop);
    expect(limits.signal.aborted).toBe(true);
  });

  test('each sign of life begins the silence anew', async () => {
    const { clock, limits } = made();
    limits.start();
    limits.began();
    for (let heard = 0; heard < 3; heard += 1) {
      await clock.advance(29_999);
      limits.touch();
    }
    await clock.advance(100_000 - 3 * 29_999 - 1);
    expect(limits.stopped).toBeUndefined();
    await clock.advance(1);
    expect(limits.stopped).toBe('total');
  });

  test('before the request goes out only the whole time counts, and 0 is no limit', async () => {
    const { clock, limits } = made();
    await clock.advance(99_999);
    expect(limits.stopped).toBeUndefined();
    limits.end();
    const none = made({ numbers: { firstByteMs: 0, idleMs: 0, totalMs: 0 } });
    none.limits.start();
    await none.clock.advance(10_000_000);
    expect(none.limits.stopped).toBeUndefined();
    expect(none.clock.pending).toBe(0);
  });

  test('a call that goes out at once sets one timer, and no second one for that', () => {
    const clock = createVirtualClock();
    const after = vi.spyOn(clock, 'after');
    const limits = new Limits({}, NUMBERS, clock, { startsNow: true });
    limits.start();
    limits.began();
    expect(after).toHaveBeenCalledTimes(1);
    limits.end();
    expect(clock.pending).toBe(0);
  });

  test('a call that starts again waits for its first byte anew', async () => {
    const { clock, limits } = made();
    limits.start();
    await clock.advance(9_000);
    limits.start();
    await clock.advance(9_999);
    expect(limits.stopped).toBeUndefined();
    await clock.advance(1);
    expect(limits.stopped).toBe('first-byte');
  });

  test('while a person is asked the silence is not counted, the whole time is', async () => {
    let asking = true;
    const { clock, limits } = made({ parts: { isAsking: () => asking } });
    limits.start();
    await clock.advance(60_000);
    expect(limits.stopped).toBeUndefined();
    asking = false;
    await clock.advance(10_000);
    expect(limits.stopped).toBe('first-byte');
  });

  test("the caller's own end is told as such, also where it came first; another end is not overwritten", async () => {
    const caller = new LightAbortController();
    const { clock, limits } = made({ signal: caller.signal, parts: { cut: new LightAbortController() } });
    limits.start();
    caller.abort();
    await clock.advance(200_000);
    expect(limits.stopped).toBe('cancelled');
    expect(made({ signal: AbortSignal.abort() }).limits.stopped).toBe('cancelled');
  });

  test('nothing is left on the clock or on the caller when the call is over', async () => {
    const caller = new AbortController();
    const { clock, limits } = made({ signal: caller.signal, timeoutMs: 50 });
    limits.start();
    expect(clock.pending).toBe(1);
    limits.end();
    expect(clock.pending).toBe(0);
    caller.abort();
    await clock.advance(1_000);
    expect(limits.stopped).toBeUndefined();
  });
});
