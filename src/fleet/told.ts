/**
 * What a connection tells those who show it.
 *
 * @module
 */
import type { FleetEventBody } from '../core/events.ts';
import type { State } from '../core/state.ts';
import type { TimelineNote } from './timeline.ts';

/** A change of state, an event, a line for the timeline, or the end of it all. */
export type Told =
  | { readonly kind: 'state'; readonly from: State; readonly to: State }
  | { readonly kind: 'event'; readonly body: FleetEventBody }
  | { readonly kind: 'note'; readonly note: TimelineNote }
  /** The server said something by itself. */
  | { readonly kind: 'notification'; readonly method: string; readonly params: Readonly<Record<string, unknown>> }
  /** Nobody holds the connection any more: its state never changes again. */
  | { readonly kind: 'closed' };
