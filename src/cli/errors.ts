/**
 * Errors as the command line tells them: a sentence and a hint for people, one JSON line for scripts.
 *
 * @module
 */
import { HoldfastError, messageOf } from '../base/errors.ts';
import { safeLine, safeText } from '../base/safe-text.ts';
import { REASONS } from '../core/reasons.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { EXIT, errorCodeOfExit, exitOfError, exitOfSnapshot } from './exit.ts';
import type { ExitCode } from './exit.ts';
import type { Io } from './io.ts';
import { nearest } from './text/suggest.ts';
import { styleOf } from './text/style.ts';

/** A name that no server has; the nearest names are in the hint and in `data.nearest`. */
export function unknownServer(name: string, known: readonly string[]): HoldfastError {
  const near = nearest(name, known);
  const all = known.length === 0 ? 'No server is configured here.' : 'Run "holdfast list" to see all names.';
  return new HoldfastError('ERR_SERVER_UNKNOWN', `no server is named "${safeLine(name)}"`, {
    hint: near.length === 0 ? all : `Did you mean ${near.map((one) => `"${one}"`).join(' or ')}?`,
    data: { server: name, nearest: near },
  });
}

/** Wrong usage, with what to do instead. */
export function usageError(message: string, hint?: string): HoldfastError {
  return new HoldfastError('ERR_USAGE', message, hint === undefined ? {} : { hint });
}

/** The exit code of anything that was thrown. */
export function exitOfThrown(error: unknown): ExitCode {
  return error instanceof HoldfastError ? exitOfError(error.code) : EXIT.unexpected;
}

// The nearest names that a fleet found, where its error has no hint of its own.
function hintOf(error: HoldfastError): string | undefined {
  const near = error.data['nearest'];
  if (error.code !== 'ERR_SERVER_UNKNOWN' || !Array.isArray(near) || near.length === 0) return error.hint;
  return `Did you mean ${near.map((name) => `"${String(name)}"`).join(' or ')}?`;
}

/** A hint may hold the whole address of a sign-in. */
const LONGEST_HINT = 20_000;

/** Tells an error on stderr. */
export function tellError(error: unknown, io: Io, options: { readonly json: boolean; readonly debug: boolean }): void {
  const known = error instanceof HoldfastError ? error : undefined;
  const hint = known === undefined ? 'This is a defect of Holdfast; HOLDFAST_DEBUG=1 shows where.' : hintOf(known);
  const exit = exitOfThrown(error);
  if (options.json) {
    const record = known?.toJSON() ?? { code: 'ERR_INTERNAL', message: messageOf(error) };
    io.err(JSON.stringify({ error: { ...record, ...(hint === undefined ? {} : { hint }), exit } }));
  } else {
    io.err(`${styleOf(io).red('holdfast:')} ${safeText(messageOf(error), 2_000)}`);
    if (hint !== undefined) for (const line of safeText(hint, LONGEST_HINT).split('\n')) io.err(`  ${line}`);
  }
  if (options.debug && error instanceof Error) io.err(safeText(error.stack ?? '', 8_000));
}

/** The sentence of a state: its message, else that of its reason. */
export function sentenceOf(snapshot: Snapshot): string {
  if (snapshot.message !== undefined) return safeLine(snapshot.message, 400);
  if (snapshot.reason !== undefined) return REASONS[snapshot.reason].sentence;
  return snapshot.stepUp === undefined
    ? ''
    : `It wants more rights: ${safeLine(snapshot.stepUp.scopes.join(' '), 200)}.`;
}

/** With `--json`, the line on stderr that goes with a bad end that is a state and not an error. */
export function tellStates(snapshots: readonly Snapshot[], exit: ExitCode, io: Io): void {
  const worst = snapshots.find((one) => exitOfSnapshot(one) === exit);
  if (exit === EXIT.ok || worst === undefined) return;
  const { name, status, reason } = worst;
  const word = reason === undefined ? status : `${status} (${reason})`;
  io.err(
    JSON.stringify({
      error: {
        code: errorCodeOfExit(exit),
        message: `${name} is ${word}: ${sentenceOf(worst)}`,
        ...(reason === undefined ? {} : { hint: REASONS[reason].remedy }),
        exit,
        data: { server: name, status, ...(reason === undefined ? {} : { reason }) },
      },
    }),
  );
}
