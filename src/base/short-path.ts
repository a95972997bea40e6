/**
 * Paths as a person reads them.
 *
 * @module
 */

/** Where a person stands: what paths are shortened by. */
export interface Place {
  readonly home: string;
  readonly cwd: string;
}

function below(path: string, folder: string): string | undefined {
  const base =
    folder.endsWith('/') || folder.endsWith('\\') ? folder : `${folder}${folder.includes('\\') ? '\\' : '/'}`;
  return base.length > 1 && path.startsWith(base) ? path.slice(base.length) : undefined;
}

/** The path relative to the working folder or to the home (`~/…`), whichever it is under. */
export function shortPath(path: string, place: Place): string {
  const local = place.cwd === place.home ? undefined : below(path, place.cwd);
  if (local !== undefined) return local;
  const own = below(path, place.home);
  return own === undefined ? path : `~/${own}`;
}
