/**
 * How something is rendered: colours, the person's place, the time and the width.
 *
 * @module
 */
import type { Context } from '../context.ts';
import type { Io } from '../io.ts';
import { styleOf } from '../text/style.ts';
import type { Style } from '../text/style.ts';
import type { Place } from '../text/shell.ts';

/** What every renderer is given. */
export interface Rendering {
  readonly style: Style;
  readonly place: Place;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Cells of a line; absent = as wide as needed, because no terminal shows it. */
  readonly columns?: number;
}

/** The rendering for this terminal, now. */
export function renderingOf(context: Context, io: Io): Rendering {
  return {
    style: styleOf(io),
    place: context.place,
    now: context.clock.now(),
    ...(io.isTTY ? { columns: io.columns } : {}),
  };
}
