/**
 * The event stream of one owner: strictly rising numbers, the last ones kept for readers that come back.
 *
 * @module
 */
import { iso } from '../base/clock.ts';
import { Emitter } from '../base/emitter.ts';
import type { Clock } from '../base/clock.ts';
import type { FleetEvent, FleetEventBody } from '../core/events.ts';

/** An event and the place (view without values) it belongs to. */
export interface Journaled {
  readonly place: string;
  readonly event: FleetEvent;
}

const KEPT = 1_000;

/** All events of an owner. */
export class Journal {
  readonly #clock: Clock;
  readonly #live: Emitter<Journaled>;
  readonly #kept: Journaled[] = [];
  #seq = 0;

  constructor(clock: Clock, onListenerError: (error: unknown) => void) {
    this.#clock = clock;
    this.#live = new Emitter(onListenerError);
  }

  /** Adds one event; `server` is absent for events of the whole view. */
  add(place: string, body: FleetEventBody, server?: string): void {
    this.#seq += 1;
    const event: FleetEvent = {
      seq: this.#seq,
      time: iso(this.#clock.now()),
      ...(server === undefined ? {} : { server }),
      ...body,
    };
    const entry = { place, event };
    this.#kept.push(entry);
    if (this.#kept.length > KEPT) this.#kept.shift();
    this.#live.emit(entry);
  }

  /** The number of the last event. */
  get seq(): number {
    return this.#seq;
  }

  /**
   * Kept events of the place after `since` (none without it), then every later one until `signal` aborts. A number that
   * was not given out yet is one of an earlier owner: then every kept event is new to the reader.
   */
  async *read(place: string, signal: AbortSignal, since: number = this.#seq): AsyncGenerator<FleetEvent> {
    let last = since > this.#seq ? 0 : since;
    const left = new AbortController();
    const leave = (): void => left.abort();
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
    const live = this.#live.stream(left.signal);
    try {
      // The first `next()` starts listening; nothing that happens while the kept events are read is missed.
      let pending = live.next();
      for (const { place: where, event } of this.#kept.slice()) {
        if (where !== place || event.seq <= last) continue;
        last = event.seq;
        yield event;
      }
      for (;;) {
        const { value, done } = await pending;
        if (done === true) return;
        if (value.place === place && value.event.seq > last) {
          last = value.event.seq;
          yield value.event;
        }
        pending = live.next();
      }
    } finally {
      signal.removeEventListener('abort', leave);
      // Wakes the stream where it waits for an event that may never come: only then does its end come through.
      leave();
      await live.return(undefined);
    }
  }
}
