/**
 * The clock of a redemption in a process that was frozen.
 *
 * @module
 */
import { expect, test } from 'vitest';
import { patientClock } from '../../../../src/auth/vault/attempts.ts';
import { createVirtualClock } from '../../../../src/testing/virtual-clock.ts';

test('a timer in time fires in time', async () => {
  const clock = createVirtualClock();
  const fired: number[] = [];
  patientClock(clock).after(8_000, () => fired.push(clock.monotonic()));
  await clock.advance(20_000);
  expect(fired).toEqual([8_000]);
});

test('a timer of a process that stood still gives what has arrived meanwhile one more second', async () => {
  const clock = createVirtualClock();
  const fired: number[] = [];
  patientClock(clock).after(8_000, () => fired.push(clock.monotonic()));
  clock.jump(30_000, { monotonic: 'moves' });
  await clock.advance(999);
  expect(fired).toEqual([]);
  await clock.advance(1);
  expect(fired).toEqual([31_000]);
});

test('a timer that was cancelled never fires, before and after it came late', async () => {
  const clock = createVirtualClock();
  let fired = 0;
  const patient = patientClock(clock);
  const timers = [patient.after(8_000, () => (fired += 1)), patient.after(8_000, () => (fired += 1))];
  timers[0]?.cancel();
  clock.jump(30_000, { monotonic: 'moves' });
  await clock.advance(0);
  timers[1]?.cancel();
  await clock.advance(60_000);
  expect(fired).toBe(0);
});
