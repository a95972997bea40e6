/**
 * Which servers the list shows, and which of them has the focus.
 *
 * @module
 */
import type { Snapshot } from '../../core/snapshot.ts';
import type { ListScreen, Model } from './model.ts';

/** The row of the entries that are not loaded; no server can have this name. */
export const NOT_LOADED = '\u0000not-loaded';

const words = ({ name, status, reason, signIn, source, endpoint }: Snapshot): string =>
  [name, status, reason ?? '', signIn, source.file, source.scope, endpoint ?? ''].join(' ').toLowerCase();

/** Every word of the filter is somewhere in the name, the status, the reason, the sign-in, the file or the address. */
export function shownServers({ servers = [] }: Model, { filter }: ListScreen): readonly Snapshot[] {
  const wanted = filter.toLowerCase().split(/\s+/);
  return filter === '' ? servers : servers.filter((one) => wanted.every((word) => words(one).includes(word)));
}

/** Names in the order of the rows. */
export function rowNames(model: Model, screen: ListScreen): readonly string[] {
  const names = shownServers(model, screen).map(({ name }) => name);
  return model.notLoaded.length > 0 && screen.filter === '' ? [...names, NOT_LOADED] : names;
}

/** The row that has the focus; absent where there is none. */
export function focusOf(model: Model, screen: ListScreen): string | undefined {
  const names = rowNames(model, screen);
  return screen.focus !== undefined && names.includes(screen.focus) ? screen.focus : names[0];
}
