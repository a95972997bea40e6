/**
 * The daemon's note of itself, beside its socket: so that a daemon that does not answer can be named by its pid.
 * Nothing is ever ended because of what stands in it.
 *
 * @module
 */
import type { Owner } from '../core/fleet.ts';
import type { SocketFiles } from './socket-files.ts';

type LedgerFiles = Pick<SocketFiles, 'readText' | 'createText' | 'rename' | 'remove'>;

/** The owner that wrote the note, or `undefined` when there is none that can be read. */
export function readLedger(path: string, files: Pick<SocketFiles, 'readText'>): Owner | undefined {
  try {
    const value = JSON.parse(files.readText(path) ?? 'null') as Owner | null;
    return typeof value?.pid === 'number' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Writes the note; only for the process that holds the socket. */
export function writeLedger(path: string, owner: Owner, files: LedgerFiles): void {
  const temporary = `${path}.new`;
  files.remove(temporary);
  files.createText(temporary, `${JSON.stringify(owner)}\n`);
  files.rename(temporary, path);
}
