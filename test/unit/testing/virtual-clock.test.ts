import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { createVirtualClock } from '../../../src/testing/virtual-clock.ts';

const START = Date.UTC(2026, 0, 1);

describe('the virtual clock', () => {
  test('starts at a fixed time and stands still until it is moved', async () => {
    const clock = createVirtualClock();
    expect(clock.now()).toBe(START);
    await clock.settle();
    expect(clock.now()).toBe(START);
    expect(clock.monotonic()).toBe(0);
  });

  test('fires timers in the order in which they are due, each at its own time', async () => {
    const clock = createVirtualClock(1_000);
    const seen: [string, number][] = [];
    for (const [name, wait] of [
      ['c', 30],
      ['a', 10],
      ['b', 10],
      ['d', 31],
    ] as const)
      clock.after(wait, () => seen.push([name, clock.now()]));
    await clock.advance(30);
    expect(seen).toEqual([
      ['a', 1_010],
      ['b', 1_010],
      ['c', 1_030],
    ]);
    expect(clock.pending).toBe(1);
    expect(clock.nextIn).toBe(1);
  });

  test('lets promise chains settle between two timers, so that a chain may set the next one', async () => {
    const clock = createVirtualClock(0);
    const seen: number[] = [];
    const chain = async (): Promise<void> => {
      for (let turn = 0; turn < 3; turn += 1) {
        await clock.sleep(10);
        await Promise.resolve().then(() => Promise.resolve());
        seen.push(clock.now());
      }
    };
    const done = chain();
    clock.after(15, () => seen.push(-clock.now()));
    await clock.advance(30);
    await done;
    expect(seen).toEqual([10, -15, 20, 30]);
  });

  test('a cancelled timer never fires, and cancelling one that fired changes nothing', async () => {
    const clock = createVirtualClock(0);
    let fired = 0;
    const first = clock.after(5, () => (fired += 1));
    const second = clock.after(6, () => (fired += 10));
    second.cancel();
    second.cancel();
    expect(clock.pending).toBe(1);
    await clock.advance(10);
    first.cancel();
    expect(clock.pending).toBe(0);
    expect(fired).toBe(1);
  });

  test('an aborted sleep rejects with the reason and leaves no timer behind', async () => {
    const clock = createVirtualClock(0);
    const stop = new AbortController();
    const sleeping = clock.sleep(1_000, stop.signal);
    stop.abort(new Error('enough'));
    await expect(sleeping).rejects.toThrow('enough');
    expect(clock.pending).toBe(0);
  });

  test('runs until no timer is left, and tells how long that took', async () => {
    const clock = createVirtualClock(0);
    let left = 4;
    const again = (): void => {
      left -= 1;
      if (left > 0) clock.after(250, again);
    };
    clock.after(250, again);
    expect(await clock.runUntilIdle()).toBe(1_000);
    expect(clock.pending).toBe(0);
  });

  test('says that timers never end instead of running for ever', async () => {
    const clock = createVirtualClock(0);
    const tick = (): void => void clock.after(1_000, tick);
    tick();
    await expect(clock.runUntilIdle(10_000)).rejects.toMatchObject({ code: 'ERR_INTERNAL' });
  });

  test('in a sleep of the machine wall time jumps, no timer fires, and the rest of each wait is kept', async () => {
    const clock = createVirtualClock(0);
    let firedAt = -1;
    clock.after(100, () => (firedAt = clock.now()));
    await clock.advance(40);
    clock.jump(3_600_000);
    await clock.settle();
    expect(firedAt).toBe(-1);
    expect(clock.monotonic()).toBe(40);
    await clock.advance(60);
    expect(firedAt).toBe(3_600_100);
  });

  test('where the monotonic clock moves in a sleep, overdue timers fire late at the next moment', async () => {
    const clock = createVirtualClock(0);
    const seen: number[] = [];
    clock.after(200, () => seen.push(2));
    clock.after(100, () => seen.push(1));
    clock.jump(5_000, { monotonic: 'moves' });
    expect(clock.nextIn).toBe(0);
    await clock.advance(0);
    expect(seen).toEqual([1, 2]);
    expect(clock.monotonic()).toBe(5_000);
  });

  test('wall time can be set back; monotonic time cannot', () => {
    const clock = createVirtualClock(10_000);
    clock.jump(-5_000);
    expect([clock.now(), clock.monotonic()]).toEqual([5_000, 0]);
    expect(() => clock.jump(-1, { monotonic: 'moves' })).toThrow('never goes back');
  });

  test('moving time twice at once, or back, is refused', async () => {
    const clock = createVirtualClock(0);
    clock.after(1, () => {});
    const first = clock.advance(10);
    await expect(clock.advance(1)).rejects.toMatchObject({ code: 'ERR_USAGE' });
    await first;
    await expect(clock.advance(-1)).rejects.toMatchObject({ code: 'ERR_USAGE' });
  });

  test('what a timer throws is thrown by the one who moves time, and the clock stays usable', async () => {
    const clock = createVirtualClock(0);
    clock.after(1, () => {
      throw new Error('boom');
    });
    await expect(clock.advance(5)).rejects.toThrow('boom');
    await clock.advance(5);
    expect(clock.monotonic()).toBe(6);
  });

  test('keeps its order with ten thousand timers of which most are cancelled', async () => {
    const clock = createVirtualClock(0);
    const random = seededRandom(7);
    const fired: number[] = [];
    const expected: number[] = [];
    for (let index = 0; index < 10_000; index += 1) {
      const wait = Math.floor(random.next() * 1_000);
      const timer = clock.after(wait, () => fired.push(wait));
      if (index % 10 === 0) expected.push(wait);
      else timer.cancel();
    }
    expect(clock.pending).toBe(1_000);
    await clock.advance(1_000);
    expect(fired).toEqual(expected.toSorted((a, b) => a - b));
    expect(clock.pending).toBe(0);
  });
});
