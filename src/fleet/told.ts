/**
 * What a connection tells those who show it.
 *
 * @module
 */
import type { FleetEventBody } from '../core/events.ts';
import type { State } from '../core/state.ts';
import type { TimelineNote } from './timeline.ts';

/** A change of state, an event, or a line for the timeline. */
export type Told =
  | { readonly kind: 'state'; readonly from: State; readonly to: State }
  | { readonly kind: 'event'; readonly body: FleetEventBody }
  | { readonly kind: 'note'; readonly note: TimelineNote };
