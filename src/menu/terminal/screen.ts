/**
 * Holds a terminal for the menu and gives it back: at the end, for a moment (editor, Ctrl-Z), and when all fails.
 *
 * @module
 */
import type { Clock, Timer } from '../../base/clock.ts';
import { Painter } from '../paint/painter.ts';
import type { Frame } from '../paint/painter.ts';
import { KeysIn } from './keys-in.ts';
import type { Input } from './keys-in.ts';
import { ENTER, LEAVE, OPENING } from './modes.ts';
import type { Size, Tty } from './tty.ts';

/** A key Escape alone is told from the beginning of another key by the silence after it. */
const ESCAPE_MS = 60;
/** A job that could not be stopped goes on. */
const NOT_STOPPED_MS = 300;

/** What the screen tells. */
export interface ScreenEars {
  input(input: Input): void;
  resized(size: Size): void;
  gone(): void;
}

/** A held terminal. */
export class Screen {
  readonly #tty: Tty;
  readonly #clock: Clock;
  readonly #ears: ScreenEars;
  readonly #painter: Painter;
  readonly #keys = new KeysIn();
  readonly #offs: (() => void)[] = [];
  #escape: Timer | undefined;
  #unguard: (() => void) | undefined;
  #held = false;
  #stopped = false;
  #lent = false;

  constructor(tty: Tty, ears: ScreenEars, about: { readonly clock: Clock; readonly color: boolean }) {
    this.#tty = tty;
    this.#clock = about.clock;
    this.#ears = ears;
    this.#painter = new Painter(about.color);
  }

  /** Takes the terminal. */
  open(): void {
    this.#offs.push(
      this.#tty.onData((text) => this.#data(text)),
      this.#tty.onResize(() => {
        this.#painter.forget();
        this.#ears.resized(this.#tty.size());
      }),
      this.#tty.onGone(() => this.#ears.gone()),
      this.#tty.onJob((what) => (what === 'stop' ? this.suspend() : this.#continued())),
    );
    this.#hold();
    this.#tty.write(OPENING);
  }

  /** The guard costs a process: it is begun when the first picture stands. */
  guard(): void {
    this.#unguard ??= this.#tty.guard(LEAVE);
  }

  paint(frame: Frame): void {
    if (!this.#held) return;
    const bytes = this.#painter.paint(frame, this.#tty.size().columns);
    if (bytes !== '') this.#tty.write(bytes);
  }

  /** The next frame is drawn whole. */
  forget(): void {
    this.#painter.forget();
  }

  /** Bytes that draw nothing. */
  send(bytes: string): void {
    if (this.#held) this.#tty.write(bytes);
  }

  /** Gives the terminal back, stops the job, and takes it again when the shell brings it back. */
  suspend(): void {
    if (this.#stopped) return;
    // Whoever has the terminal puts it right himself.
    if (this.#lent) {
      this.#tty.stop();
      return;
    }
    this.#stopped = true;
    this.#release();
    this.#tty.stop();
    this.#clock.after(NOT_STOPPED_MS, () => this.#resume());
  }

  /** Lends the terminal to another program for as long as `work` runs. */
  async lend<T>(work: () => Promise<T>): Promise<T> {
    this.#release();
    this.#lent = true;
    try {
      return await work();
    } finally {
      this.#lent = false;
      this.#hold();
      this.#ears.resized(this.#tty.size());
    }
  }

  /** Gives the terminal back for good. Idempotent. */
  close(): void {
    for (const off of this.#offs.splice(0)) off();
    this.#escape?.cancel();
    this.#release();
    this.#unguard?.();
    this.#unguard = undefined;
  }

  #hold(): void {
    if (this.#held) return;
    this.#held = true;
    this.#tty.raw(true);
    this.#tty.write(ENTER);
    this.#painter.forget();
  }

  #release(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#tty.write(LEAVE);
    this.#tty.raw(false);
  }

  #continued(): void {
    if (this.#lent) return;
    if (!this.#stopped) {
      // It was stopped by a signal that nobody hears: what the shell did to the terminal meanwhile is not known.
      this.#held = false;
      this.#tty.raw(false);
      this.#stopped = true;
    }
    this.#resume();
  }

  #resume(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.#hold();
    this.#ears.resized(this.#tty.size());
  }

  #data(text: string): void {
    if (!this.#held) return;
    this.#escape?.cancel();
    for (const input of this.#keys.feed(text)) this.#ears.input(input);
    if (!this.#keys.waiting) return;
    this.#escape = this.#clock.after(ESCAPE_MS, () => {
      for (const input of this.#keys.flush()) this.#ears.input(input);
    });
  }
}
