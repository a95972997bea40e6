/**
 * What a caller asks before it makes its view: the daemon reads the files, so that the caller need not load what reads
 * them. Nothing is started and nothing is contacted.
 *
 * @module
 */
import type { ConfigPort } from '../core/config-model.ts';
import type { EntrySource } from '../core/entry.ts';
import type { View } from '../core/view.ts';

/** Which variables the entries of a place name, and where those entries stand. No value of anything is in it. */
export interface PlaceNames {
  readonly variables: readonly string[];
  readonly entries: readonly Pick<EntrySource, 'scope' | 'pointer'>[];
}

/** The names of a place; the values of the view are not looked at. */
export async function namesOf(config: Pick<ConfigPort, 'load'>, view: View): Promise<PlaceNames> {
  const { servers, notLoaded, variables } = await config.load(view);
  return {
    variables,
    entries: [...servers, ...notLoaded].map(({ source: { scope, pointer } }) => ({ scope, pointer })),
  };
}
