/**
 * What the page says after an action: kept for a while under an id, so that the address of the next page can name it.
 *
 * @module
 */
import type { Clock } from '../../base/clock.ts';

/** How an action went. */
export interface Note {
  readonly tone: 'done' | 'working' | 'problem';
  /** Plain sentences. */
  readonly lines: readonly string[];
}

const KEPT_MS = 600_000;
const MOST = 50;

/** The notes of one session. */
export class Notes {
  readonly #clock: Clock;
  readonly #kept = new Map<string, { note: Note; readonly at: number }>();
  #last = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Keeps a note and gives its id. */
  add(note: Note): string {
    this.#last += 1;
    const id = String(this.#last);
    this.#kept.set(id, { note, at: this.#clock.now() });
    for (const key of this.#kept.keys()) {
      if (this.#kept.size <= MOST) break;
      this.#kept.delete(key);
    }
    return id;
  }

  /** Says something else under the same id: what was under way has ended. */
  replace(id: string, note: Note): void {
    const kept = this.#kept.get(id);
    if (kept !== undefined) kept.note = note;
  }

  find(id: string | null): Note | undefined {
    const kept = id === null ? undefined : this.#kept.get(id);
    return kept === undefined || this.#clock.now() - kept.at > KEPT_MS ? undefined : kept.note;
  }
}
