/**
 * Words as a shell takes them, and paths as a person reads them.
 *
 * @module
 */
export { shortPath } from '../../base/short-path.ts';
export type { Place } from '../../base/short-path.ts';

/** One word for a POSIX shell, quoted only when it must be. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
