/**
 * Keeps the list true: one look after every bunch of events, and one now and then.
 *
 * @module
 */
import type { Clock } from '../../base/clock.ts';
import type { NotLoaded } from '../../core/config-model.ts';
import type { FleetEvent } from '../../core/events.ts';
import type { View } from '../../core/view.ts';
import type { Msg } from '../state/messages.ts';
import type { Connected } from './ports.ts';

/** Events come in bunches. */
const PAUSE_MS = 40;
/** A look without an event, for what no event tells. */
const LOOK_MS = 5_000;

/** What the watch is given. */
export interface Watching {
  readonly connected: Connected;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly hear: (msg: Msg) => void;
}

/** The view that commands go by; made anew when the files have changed. */
export class LiveView {
  readonly #connected: Connected;
  #view: Promise<View>;

  constructor(connected: Connected) {
    this.#connected = connected;
    this.#view = connected.view();
  }

  now(): Promise<View> {
    return this.#view;
  }

  renew(): void {
    const before = this.#view;
    this.#view = this.#connected.view().catch(() => before);
  }
}

/** Tells the servers until `signal` aborts. Rejects when the owner of the connections is gone. */
export async function watch(about: Watching, live: LiveView): Promise<void> {
  const { connected, clock, signal, hear } = about;
  const { fleet } = connected;
  let notLoaded: readonly NotLoaded[] | undefined = connected.notLoaded;
  const look = async (): Promise<void> => {
    const view = await live.now();
    const servers = await fleet.snapshots(view);
    notLoaded ??= (await fleet.sources(view)).notLoaded;
    if (!signal.aborted) hear({ kind: 'servers', servers, notLoaded });
  };
  const bell = { rings: false, wake: (): void => undefined };
  const ring = (event: FleetEvent): void => {
    if (event.event === 'config.changed') {
      notLoaded = undefined;
      live.renew();
    }
    bell.rings = true;
    bell.wake();
  };
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  const listen = async (): Promise<void> => {
    // The first picture goes before everything; what happens meanwhile is seen by a look of its own.
    await look();
    bell.rings = true;
    bell.wake();
    for await (const event of fleet.events(both, { view: await live.now() })) ring(event);
  };
  const looks = async (): Promise<void> => {
    for (;;) {
      await nextLook(clock, bell, both);
      await clock.sleep(PAUSE_MS, both).catch(() => undefined);
      if (both.aborted) return;
      bell.rings = false;
      await look();
      if (both.aborted) return;
    }
  };
  try {
    // Whichever ends first says that the owner is gone; without an abort neither ends well.
    await Promise.race([listen(), looks()]);
  } finally {
    stop.abort();
    bell.wake();
  }
}

function nextLook(clock: Clock, bell: { rings: boolean; wake: () => void }, signal: AbortSignal): Promise<void> {
  if (bell.rings || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      timer.cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = clock.after(LOOK_MS, done);
    signal.addEventListener('abort', done);
    bell.wake = done;
  });
}
