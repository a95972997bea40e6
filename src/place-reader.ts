/**
 * Reads the files of a place for the callers of a daemon, and lets the fleet see at once what a caller has just written.
 *
 * @module
 */
import { namesOf } from './config/view.ts';
import type { ConfigPort, LoadedConfig, PlaceNames } from './core/config-model.ts';
import type { Files } from './core/machine.ts';
import { placeOf } from './core/view.ts';
import type { View } from './core/view.ts';

const MOST_PLACES = 500;

/** What was read, and how the files looked before they were. */
interface Reading {
  readonly paths: readonly string[];
  readonly stamp: string;
  readonly loaded: string;
  readonly names: PlaceNames;
}

/** What a reader works with. */
export interface PlaceWorld {
  readonly config: Pick<ConfigPort, 'load'>;
  readonly files: Pick<Files, 'facts'>;
  /** Lets the fleet read the place again. */
  readonly refresh: (view: View) => Promise<void>;
}

/**
 * Tells the names of a place; files that look as they did are not read again. Where they differ from the last reading,
 * `refresh` is awaited first: a command that is typed right after a file was written must not be faster than the watch
 * of that file.
 */
export function placeReader({ config, files, refresh }: PlaceWorld): (view: View) => Promise<PlaceNames> {
  const readings = new Map<string, Reading>();
  const stampOf = async (paths: readonly string[]): Promise<string> => {
    const facts = await Promise.all(paths.map((path) => files.facts(path).catch(() => undefined)));
    return JSON.stringify(facts.map((one) => (one === undefined ? null : [one.mtimeMs, one.size])));
  };
  const read = async (view: View, known: readonly string[]): Promise<Reading> => {
    const stamp = await stampOf(known);
    let loaded: LoadedConfig | undefined;
    const load = async (asked: View): Promise<LoadedConfig> => (loaded = await config.load(asked));
    const names = await namesOf({ load }, view);
    const paths = loaded?.files.map(({ path }) => path) ?? [];
    // Only files whose looks were taken before they were read are known to be as they were read.
    return { paths, stamp: paths.join('\0') === known.join('\0') ? stamp : '', loaded: JSON.stringify(loaded), names };
  };
  return async (view) => {
    const place = placeOf(view);
    const before = readings.get(place);
    if (before !== undefined && before.stamp !== '' && before.stamp === (await stampOf(before.paths)))
      return before.names;
    const now = await read(view, before?.paths ?? []);
    if (before?.loaded !== now.loaded) await refresh(view);
    readings.delete(place);
    readings.set(place, now);
    const [oldest] = readings.keys();
    if (readings.size > MOST_PLACES && oldest !== undefined) readings.delete(oldest);
    return now.names;
  };
}
