/**
 * Reads the files of a place for the callers of a daemon, and lets the fleet see at once what a caller has just written.
 *
 * @module
 */
import { namesOf } from './config/view.ts';
import type { ConfigPort, LoadedConfig, PlaceNames } from './core/config-model.ts';
import { samePlace } from './core/view.ts';
import type { View } from './core/view.ts';

const MOST_PLACES = 500;

/**
 * Tells the names of a place. Where its files differ from the last reading, `refresh` is awaited first: a command that is
 * typed right after a file was written must not be faster than the watch of that file.
 */
export function placeReader(
  config: Pick<ConfigPort, 'load'>,
  refresh: (view: View) => Promise<void>,
): (view: View) => Promise<PlaceNames> {
  const seen = new Map<string, string>();
  return async (view) => {
    let loaded: LoadedConfig | undefined;
    const load = async (asked: View): Promise<LoadedConfig> => (loaded = await config.load(asked));
    const names = await namesOf({ load }, view);
    const place = samePlace(view);
    const now = JSON.stringify(loaded);
    if (seen.get(place) !== now) {
      await refresh(view);
      seen.delete(place);
      seen.set(place, now);
      const [oldest] = seen.keys();
      if (seen.size > MOST_PLACES && oldest !== undefined) seen.delete(oldest);
    }
    return names;
  };
}
