/**
 * What went wrong with a file, as an error that names the path and says what can be done.
 *
 * @module
 */
import { HoldfastError, errnoOf, messageOf } from '../base/errors.ts';
import { refusedBecause } from './disk.ts';

const HINTS: Readonly<Record<string, string>> = {
  ENOSPC: 'Free some space on that disk.',
  EDQUOT: 'Free some of your quota on that disk.',
  EROFS: 'Set HOLDFAST_STATE_DIR to a folder that can be written.',
  EACCES: 'Give yourself write access to that folder, or set HOLDFAST_STATE_DIR to one that you can write.',
  EPERM: 'Give yourself write access to that folder, or set HOLDFAST_STATE_DIR to one that you can write.',
  EREFUSED: 'Look who made it; then move it away, or give it to yourself with chown.',
};

function failed(code: 'ERR_STORE_UNWRITABLE' | 'ERR_STORE_UNREADABLE', path: string, error: unknown): HoldfastError {
  const errno = errnoOf(error);
  const refused = refusedBecause(error);
  const own = error instanceof HoldfastError ? error : undefined;
  const verb = code === 'ERR_STORE_UNWRITABLE' ? 'written' : 'read';
  const why = own?.message ?? errno ?? messageOf(error);
  const text = refused === undefined ? `${path} cannot be ${verb}: ${why}` : `${refused.path} ${refused.why}`;
  const hint = own?.hint ?? HINTS[errno ?? ''];
  return new HoldfastError(code, text, {
    ...(hint === undefined ? {} : { hint }),
    cause: error,
    data: { path: refused?.path ?? path, ...(errno === undefined ? {} : { errno }) },
  });
}

/** The error of a write to `path`. One that says so already is passed on. */
export function unwritable(path: string, error: unknown): HoldfastError {
  if (error instanceof HoldfastError && (error.code === 'ERR_STORE_UNWRITABLE' || error.code === 'ERR_INTERNAL'))
    return error;
  return failed('ERR_STORE_UNWRITABLE', path, error);
}

/** The error of a reading of `path`. Errors of ours are passed on. */
export function unreadable(path: string, error: unknown): HoldfastError {
  return error instanceof HoldfastError ? error : failed('ERR_STORE_UNREADABLE', path, error);
}

/** The error for a file that a later version has written. */
export function newerFile(path: string, schema: string): HoldfastError {
  return new HoldfastError('ERR_STORE_UNREADABLE', `${path} was written by a newer Holdfast (${schema})`, {
    hint: 'Use that version, or sign in with this one in a state folder of its own (HOLDFAST_STATE_DIR).',
    data: { path, schema, newer: true },
  });
}

/** Whether an error is that of `newerFile`. */
export const isNewerFile = (error: unknown): boolean => error instanceof HoldfastError && error.data['newer'] === true;
