/**
 * The one name of a file, also where it does not exist yet.
 *
 * @module
 */
import { basename, dirname, join } from 'node:path';
import type { Files } from '../core/machine.ts';

/** The real path of the file, or of the nearest folder above it that exists with the rest appended. */
export async function realOrPlanned(files: Files, path: string): Promise<string> {
  const real = await files.real(path).catch(() => undefined);
  if (real !== undefined || dirname(path) === path) return real ?? path;
  return join(await realOrPlanned(files, dirname(path)), basename(path));
}
