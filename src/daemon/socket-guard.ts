/**
 * Whether a control socket can be trusted: it and its folder belong to this user, nobody else may enter, and neither is
 * a symlink (BEHAVIOUR §11).
 *
 * @module
 */
import { dirname } from 'node:path';
import { HoldfastError } from '../base/errors.ts';
import type { SocketFacts, SocketFiles } from './socket-files.ts';

/** Who asks. */
export interface Guard {
  /** `undefined` on Windows: there is nothing to compare, the challenge stands in for it. */
  readonly uid: number | undefined;
  readonly files: Pick<SocketFiles, 'facts'>;
}

const octal = (mode: number): string => `0${mode.toString(8).padStart(3, '0')}`;

function unsafe(path: string, what: string, hint: string): HoldfastError {
  return new HoldfastError('ERR_SOCKET_UNSAFE', `${path} ${what}; Holdfast does not use it`, { hint, data: { path } });
}

function check(path: string, found: SocketFacts, want: { kind: 'socket' | 'folder'; mode: number; uid: number }): void {
  const look = `Look who made it; if it is yours, remove it and try again.`;
  if (found.kind === 'symlink') throw unsafe(path, 'is a symlink', look);
  if (found.kind !== want.kind) throw unsafe(path, `is not a ${want.kind}`, look);
  if (found.uid !== want.uid) throw unsafe(path, `belongs to user ${found.uid}, not to you (${want.uid})`, look);
  if (found.mode !== want.mode)
    throw unsafe(
      path,
      `has the mode ${octal(found.mode)} and must have ${octal(want.mode)}`,
      `Run: chmod ${octal(want.mode)} '${path}'`,
    );
}

/** Errors: `ERR_SOCKET_UNSAFE` when the folder of the socket is not this user's alone; a missing one is no error. */
export function checkFolder(socketPath: string, { uid, files }: Guard): SocketFacts | undefined {
  const folder = dirname(socketPath);
  const found = uid === undefined ? undefined : files.facts(folder);
  if (found !== undefined && uid !== undefined) check(folder, found, { kind: 'folder', mode: 0o700, uid });
  return found;
}

/** Whether there is a socket, safe to connect to. Errors: `ERR_SOCKET_UNSAFE`. */
export function checkSocket(socketPath: string, guard: Guard): 'absent' | 'safe' {
  const { uid, files } = guard;
  if (uid === undefined) return 'safe';
  if (checkFolder(socketPath, guard) === undefined) return 'absent';
  const found = files.facts(socketPath);
  if (found === undefined) return 'absent';
  check(socketPath, found, { kind: 'socket', mode: 0o600, uid });
  return 'safe';
}
