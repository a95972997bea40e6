/**
 * The history of one server: the last 200 entries, kept small.
 *
 * @module
 */
import { iso } from '../base/clock.ts';
import type { TimelineEntry } from '../core/snapshot.ts';

/** An entry before its time is written. */
export type TimelineNote = Omit<TimelineEntry, 'at'>;

const LIMIT = 200;

/** A ring of notes. */
export class Timeline {
  readonly #notes: { readonly at: number; readonly note: TimelineNote }[] = [];

  add(at: number, note: TimelineNote): void {
    this.#notes.push({ at, note });
    if (this.#notes.length > LIMIT) this.#notes.shift();
  }

  /** The last `count` entries (default all), oldest first. */
  entries(count = LIMIT): readonly TimelineEntry[] {
    return this.#notes.slice(Math.max(0, this.#notes.length - count)).map(({ at, note }) => ({ at: iso(at), ...note }));
  }
}
