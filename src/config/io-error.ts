/**
 * Errors of the file system in words, with what a person can do.
 *
 * @module
 */
import { HoldfastError, errnoOf } from '../base/errors.ts';

const WORDS: Readonly<Record<string, readonly [what: string, remedy: string]>> = {
  ENOSPC: ['the disk is full', 'Free some space, then try again.'],
  EDQUOT: ['the quota of the disk is used up', 'Free some space, then try again.'],
  EFBIG: ['it is too big', 'Make it smaller.'],
  EROFS: [
    'the file system is read-only',
    'Make it writable, or point HOLDFAST_CONFIG_DIR and HOLDFAST_STATE_DIR elsewhere.',
  ],
  EACCES: ['access is denied', 'Look at the owner and mode of the file and of its folder.'],
  EPERM: ['it is not permitted', 'Look at the owner and mode of the file and of its folder.'],
  EISDIR: ['it is a folder', 'Move the folder away.'],
  ENOTDIR: ['a part of its path is no folder', 'Correct the path.'],
  EINVAL: ['it is not a regular file', 'Name a regular file.'],
  ELOOP: ['its symbolic links go in a circle', 'Mend the links.'],
  EBUSY: ['it is in use or mounted by itself', 'Edit it where it is mounted from.'],
  EIO: ['the disk reports an error', 'Look at the disk.'],
  EMFILE: ['too many files are open', 'Close programs, or raise the limit.'],
};

/** Why a file could not be used, in a few words with the system's code. */
export function ioWords(error: unknown): string {
  const code = errnoOf(error);
  const [what] = WORDS[code ?? ''] ?? ['the system refused'];
  return code === undefined ? what : `${what} (${code})`;
}

/** The error of a write that failed. Errors of ours pass through. */
export function unwritable(file: string, error: unknown): HoldfastError {
  if (error instanceof HoldfastError) return error;
  const code = errnoOf(error);
  const [, hint] = WORDS[code ?? ''] ?? ['', 'Look at the file and its folder.'];
  return new HoldfastError('ERR_CONFIG_UNWRITABLE', `${file} was not changed: ${ioWords(error)}`, {
    hint,
    cause: error,
    data: { file, ...(code === undefined ? {} : { errno: code }) },
  });
}

/** The error of a read that failed. */
export function unreadable(file: string, error: unknown): HoldfastError {
  if (error instanceof HoldfastError) return error;
  const code = errnoOf(error);
  const [, hint] = WORDS[code ?? ''] ?? ['', 'Look at the file and its folder.'];
  return new HoldfastError('ERR_CONFIG_UNREADABLE', `${file} cannot be read: ${ioWords(error)}`, {
    hint,
    cause: error,
    data: { file, ...(code === undefined ? {} : { errno: code }) },
  });
}
