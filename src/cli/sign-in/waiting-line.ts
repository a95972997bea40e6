/**
 * One line of talk that is written over once a second.
 *
 * @module
 */
import type { Clock, Timer } from '../../base/clock.ts';
import type { Io } from '../io.ts';
import { cutTo } from '../text/width.ts';

/** The line. `end()` takes it away. */
export interface WaitingLine {
  /** How much has been typed that is not shown. */
  typed(length: number): void;
  /** A line of talk above it. */
  say(text: string): void;
  end(): void;
}

const TICK_MS = 1_000;
const CLEAR = '\r\u001B[2K';

/** Shows `text` until it is ended; on a terminal that cannot be written over, once. */
export function waitingLine(io: Io, clock: Clock, text: (typed: number) => string): WaitingLine {
  const live = io.errIsTTY && io.animate;
  let timer: Timer | undefined;
  let length = 0;
  let over = false;
  const draw = (): void => {
    if (live && !over) io.errRaw(`${CLEAR}${cutTo(text(length), Math.max(20, io.columns - 1))}`);
  };
  const tick = (): void => {
    draw();
    timer = clock.after(TICK_MS, tick);
  };
  if (live) tick();
  else io.err(text(0));
  return {
    typed(now) {
      length = now;
      draw();
    },
    say(words) {
      if (live) io.errRaw(CLEAR);
      io.err(words);
      draw();
    },
    end() {
      timer?.cancel();
      over = true;
      if (live) io.errRaw(CLEAR);
    },
  };
}
