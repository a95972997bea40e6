/**
 * A terminal that writes down what is done to it.
 *
 * @module
 */
import type { Size, Tty } from '../../../src/menu/terminal/tty.ts';

/** A terminal, and the person before it. */
export interface FakeTty extends Tty {
  readonly written: string;
  readonly isRaw: boolean;
  readonly stops: number;
  /** What the guards that watch would write. */
  readonly guards: readonly string[];
  /** Listeners that are left. */
  readonly listeners: number;
  /** Types. */
  say(text: string): void;
  resize(size: Size): void;
  job(what: 'stop' | 'continue'): void;
  hangUp(): void;
  /** Ends the line that a program waits for. */
  enter(): void;
  /** Hears every byte. */
  onWrite: (bytes: string) => void;
}

export function fakeTty(size: Size = { columns: 80, rows: 24 }): FakeTty {
  const data = new Set<(text: string) => void>();
  const sizes = new Set<() => void>();
  const ends = new Set<() => void>();
  const jobs = new Set<(what: 'stop' | 'continue') => void>();
  const guards: string[] = [];
  const lines: (() => void)[] = [];
  const listen =
    <T>(set: Set<T>) =>
    (listener: T): (() => void) => {
      set.add(listener);
      return () => void set.delete(listener);
    };
  let now = size;
  const state = { written: '', isRaw: false, stops: 0 };
  const tty: FakeTty = {
    onWrite: () => undefined,
    get written() {
      return state.written;
    },
    get isRaw() {
      return state.isRaw;
    },
    get stops() {
      return state.stops;
    },
    guards,
    get listeners() {
      return data.size + sizes.size + ends.size + jobs.size;
    },
    size: () => now,
    write(bytes) {
      state.written += bytes;
      tty.onWrite(bytes);
    },
    raw(on) {
      state.isRaw = on;
    },
    onData: listen(data),
    onResize: listen(sizes),
    onGone: listen(ends),
    onJob: listen(jobs),
    line: () => new Promise((resolve) => lines.push(resolve)),
    stop: () => void (state.stops += 1),
    guard(leave) {
      guards.push(leave);
      return () => void guards.pop();
    },
    say: (text) => data.forEach((listener) => listener(text)),
    resize(next) {
      now = next;
      for (const listener of sizes) listener();
    },
    job: (what) => jobs.forEach((listener) => listener(what)),
    hangUp: () => ends.forEach((listener) => listener()),
    enter: () => lines.shift()?.(),
  };
  return tty;
}
