/**
 * Whether a person can be asked now.
 *
 * @module
 */
import type { Context } from './context.ts';
import type { Io } from './io.ts';
import { isCi } from './session.ts';

/** A person sits at the terminal, and neither `--json`, `--no-input` nor `CI` says that a script does. */
export function mayAsk(context: Context, io: Io): boolean {
  return !context.json && !context.noInput && !isCi(context.ports.env) && io.stdinIsTTY && io.errIsTTY;
}
