/**
 * The PATH with which a process is started. Callers whose PATHs lead to the same program share its process, though what
 * the program itself looks for may lie in one of them alone.
 *
 * @module
 */
import type { EffectiveEntry } from '../core/entry.ts';
import type { State } from '../core/state.ts';
import type { Connection } from './connection.ts';

/** Exit codes that say "command not found": of POSIX shells and `env` (XCU §2.8.2), and of cmd.exe. */
const NOT_FOUND: ReadonlySet<number | null> = new Set([127, 9009]);

/** Whether the process is started with another PATH than that of the caller whose entry this is. */
export function hasOtherPath(connection: Connection | undefined, meant: EffectiveEntry | undefined): boolean {
  const mine = meant?.endpoint;
  const used = connection?.entry.endpoint;
  return mine?.kind === 'stdio' && used?.kind === 'stdio' && mine.path !== used.path;
}

/** From the next start on the process has the PATH of this caller. Returns whether that is another one. */
export function takePath(connection: Connection, meant: EffectiveEntry | undefined): boolean {
  if (!hasOtherPath(connection, meant) || meant?.endpoint.kind !== 'stdio') return false;
  connection.usePath(meant.endpoint.path);
  return true;
}

/** Whether the process ended because it did not find a command. */
export function lacksCommand(state: State): boolean {
  return 'fault' in state && NOT_FOUND.has(state.fault?.exit?.code ?? null);
}

/** What is said of a process that has another PATH than the caller. */
export const OTHER_PATH = 'It was started with another PATH than that of this shell.';

/** What to do about it; no full stop. */
export const pathRemedy = (name: string): string =>
  `Run: holdfast reconnect ${name} (it then starts with the PATH of this shell)`;
