import { describe, expect, test } from 'vitest';
import { LightAbortController } from '../../../src/base/light-abort.ts';
import { lazilyLimited } from '../../../src/fleet/limit.ts';
import { createVirtualClock } from '../../../src/testing/virtual-clock.ts';

describe('a limit that most calls never need', () => {
  test('sets no timer until somebody asks for its signal, which then ends with what is left of the time', async () => {
    const clock = createVirtualClock();
    const limit = lazilyLimited(clock, 1_000, undefined);
    await clock.advance(400);
    expect(clock.pending).toBe(0);
    expect(limit.leftMs).toBe(600);
    const { signal } = limit;
    expect(limit.signal).toBe(signal);
    await clock.advance(599);
    expect(signal.aborted).toBe(false);
    await clock.advance(1);
    expect(signal.aborted).toBe(true);
    expect(limit.leftMs).toBe(1);
  });

  test("ends with the caller's signal, also where that ended before anybody asked", () => {
    const clock = createVirtualClock();
    const [early, late] = [new LightAbortController(), new LightAbortController()];
    const limits = [lazilyLimited(clock, 1_000, early.signal), lazilyLimited(clock, 1_000, late.signal)] as const;
    early.abort(new Error('gone'));
    expect(limits[0].signal.aborted).toBe(true);
    const { signal } = limits[1];
    expect(signal.aborted).toBe(false);
    late.abort(new Error('gone'));
    expect(signal).toMatchObject({ aborted: true, reason: new Error('gone') });
  });

  test('leaves nothing behind when it is over', async () => {
    const clock = createVirtualClock();
    const caller = new AbortController();
    const limit = lazilyLimited(clock, 1_000, caller.signal);
    const { signal } = limit;
    limit.end();
    caller.abort();
    await clock.advance(2_000);
    expect(signal.aborted).toBe(false);
    expect(clock.pending).toBe(0);
    expect(() => lazilyLimited(clock, 1, undefined).end()).not.toThrow();
  });
});
