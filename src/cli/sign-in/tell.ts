/**
 * How a sign-in that has ended well is told.
 *
 * @module
 */
import type { ActionReport } from '../../core/fleet.ts';
import type { Context } from '../context.ts';
import { tellStates } from '../errors.ts';
import { exitOfSnapshot } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import type { Io } from '../io.ts';
import { outJson } from '../record.ts';
import { outcomeLines } from '../render/outcome.ts';
import { renderingOf } from '../render/rendering.ts';
import { completedRecord } from './record.ts';

/** Tells it; the exit code is that of the server's state after the contact that followed. */
export function tellDone(report: ActionReport, on: { readonly context: Context; readonly io: Io }): ExitCode {
  const { context, io } = on;
  const exit = exitOfSnapshot(report.snapshot);
  if (context.json) {
    outJson(completedRecord(report), io);
    tellStates([report.snapshot], exit, io);
  } else for (const line of outcomeLines(report, context.typed, renderingOf(context, io))) io.out(line);
  return exit;
}
