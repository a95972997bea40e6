/**
 * Notices that the machine slept: a heartbeat that comes much too late (BEHAVIOUR §4, DESIGN §7).
 *
 * @module
 */
import type { Clock, Timer } from '../base/clock.ts';

const BEAT_MS = 2_000;

/** Calls `woke` after every gap of more than `gapMs` between two heartbeats. The result ends the watch. */
export function watchSleep(clock: Clock, gapMs: number, woke: (sleptMs: number) => void): () => void {
  let timer: Timer;
  let last = clock.now();
  const beat = (): void => {
    const now = clock.now();
    const slept = now - last - BEAT_MS;
    last = now;
    timer = clock.after(BEAT_MS, beat, { unref: true });
    if (slept > gapMs) woke(slept);
  };
  timer = clock.after(BEAT_MS, beat, { unref: true });
  return () => timer.cancel();
}
