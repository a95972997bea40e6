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

/** Somebody who is told every event of every place, and finishes its work before the owner ends. */
export interface Hearer {
  tell(event: FleetEvent): void;
  close(): Promise<void>;
}

const KEPT = 1_000;

/** All events of an owner. */
export class Journal {
  readonly #clock: Clock;
  readonly #live: Emitter<Journaled>;
  readonly #kept: Journaled[] = [];
  readonly #hearers: Hearer[] = [];
  // Milliseconds: no owner makes a thousand events a second for its whole life, so a later one begins higher.
  #seq: number;

  constructor(clock: Clock, onListenerError: (error: unknown) => void) {
    this.#clock = clock;
    this.#seq = clock.now();
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

  attach(hearer: Hearer): void {
    this.#hearers.push(hearer);
    this.#live.on(({ event }) => hearer.tell(event));
  }

  /** Waits for those who hear. */
  async close(): Promise<void> {
    await Promise.all(this.#hearers.splice(0).map((hearer) => hearer.close()));
  }

  /** The number of the last event. */
  get seq(): number {
    return this.#seq;
  }

  /**
   * Kept events of the place after `since` (none without it), then every later one until `signal` aborts. Where events
   * may have been lost to the reader, an `events.gap` stands in their place: they are no longer kept, were of an earlier
   * owner, or came faster than they were read. `since` 0 asks for whatever is kept, and misses nothing.
   */
  async *read(place: string, signal: AbortSignal, since: number = this.#seq): AsyncGenerator<FleetEvent> {
    const left = new AbortController();
    const leave = (): void => left.abort();
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
    const live = this.#live.stream(left.signal);
    try {
      // The first `next()` starts listening; nothing that happens while the kept events are read is missed.
      let pending = live.next();
      const begin = this.#begin(since);
      if (begin.gap !== undefined) yield begin.gap;
      for (const { place: where, event } of begin.kept) if (where === place) yield event;
      let { last } = begin;
      for (;;) {
        const { value, done } = await pending;
        if (done === true) return;
        const { place: where, event } = value;
        if (event.seq > last + 1) yield this.#gap(last, event.seq);
        if (event.seq > last && where === place) yield event;
        last = Math.max(last, event.seq);
        pending = live.next();
      }
    } finally {
      signal.removeEventListener('abort', leave);
      // Wakes the stream where it waits for an event that may never come: only then does its end come through.
      leave();
      await live.return(undefined);
    }
  }

  /** The kept events after a number, the last number that a reader has then, and what it has missed. */
  #begin(since: number): { readonly kept: readonly Journaled[]; readonly last: number; readonly gap?: FleetEvent } {
    const oldest = this.#kept[0]?.event.seq ?? this.#seq + 1;
    const isForeign = since > this.#seq;
    const kept = isForeign ? this.#kept.slice() : this.#kept.filter(({ event }) => event.seq > since);
    const isMissed = since > 0 && (isForeign || since < oldest - 1);
    return { kept, last: this.#seq, ...(isMissed ? { gap: this.#gap(since, oldest) } : {}) };
  }

  /** Its own number is one that no event has that the reader will see. */
  #gap(after: number, next: number): FleetEvent {
    return { seq: next - 1, time: iso(this.#clock.now()), event: 'events.gap', after, next };
  }
}
