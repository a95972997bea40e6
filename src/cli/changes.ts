/**
 * The servers over time: again after every event, and once a second while times run.
 *
 * @module
 */
import type { Snapshot } from '../core/snapshot.ts';
import type { Context } from './context.ts';
import { chosen } from './settle.ts';

const TICK_MS = 1_000;
// Events come in bunches; one look shows them all.
const PAUSE_MS = 50;

interface Bell {
  ring: () => void;
}

// Resolves at the next event, at the next tick, or at the end.
function nextChange(context: Context, bell: Bell, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      timer.cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = context.clock.after(TICK_MS, done);
    signal.addEventListener('abort', done);
    bell.ring = done;
    if (signal.aborted) done();
  });
}

/** The servers of `names` (all without names) now and after every change, until `signal` aborts. */
export async function* overTime(
  context: Context,
  names: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<readonly Snapshot[]> {
  const fleet = await context.fleet();
  const view = await context.view();
  const look = async (): Promise<readonly Snapshot[]> => chosen(await fleet.snapshots(view), names);
  const bell: Bell = { ring: () => undefined };
  const stop = new AbortController();
  const listen = async (): Promise<void> => {
    for await (const _ of fleet.events(AbortSignal.any([stop.signal, signal]), { view })) bell.ring();
  };
  // When the owner goes away the next look says so, in its own words.
  const listening = listen().catch(() => undefined);
  try {
    yield await look();
    while (!signal.aborted) {
      await nextChange(context, bell, signal);
      await context.clock.sleep(PAUSE_MS, signal).catch(() => undefined);
      yield await look();
    }
  } finally {
    stop.abort();
    await listening;
  }
}

/** A signal that aborts with the command's own, or after `ms`. `end()` takes the timer away. */
export function limited(context: Context, ms: number): { readonly signal: AbortSignal; end(): void } {
  const limit = new AbortController();
  const timer = context.clock.after(ms, () => limit.abort());
  return { signal: AbortSignal.any([limit.signal, context.signal]), end: () => timer.cancel() };
}
