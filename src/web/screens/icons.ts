/**
 * The signs of the page: every status has a shape of its own, so that colour is never the only difference.
 *
 * @module
 */
import type { Status } from '../../core/snapshot.ts';
import { Html, html } from '../html.ts';

const SHAPES = {
  // A tick in a ring.
  connected: '<circle cx="12" cy="12" r="9"/><path d="m8 12.4 2.7 2.7L16.2 9.5"/>',
  // An hour-glass.
  pending:
    '<path d="M7 3.5h10M7 20.5h10M8 3.5v3.2c0 1.3.6 2.4 1.7 3.2L12 12l2.3-2.1A4.3 4.3 0 0 0 16 6.7V3.5M8 20.5v-3.2c0-1.3.6-2.4 1.7-3.2L12 12l2.3 2.1a4.3 4.3 0 0 1 1.7 3.2v3.2"/>',
  // A key.
  'needs-auth': '<circle cx="8" cy="15.5" r="4.5"/><path d="m11.3 12.3 8.2-8.3M16 7.5l3 3M13.5 10l2 2"/>',
  // A cross in an octagon.
  failed: '<path d="M8.3 3h7.4L21 8.3v7.4L15.7 21H8.3L3 15.7V8.3z"/><path d="m9.3 9.3 5.4 5.4m0-5.4-5.4 5.4"/>',
  // A ring with a bar.
  disabled: '<circle cx="12" cy="12" r="9"/><path d="M8 12h8"/>',
  // A ship's rope round a post: the sign of the program.
  mark: '<path d="M12 3v18M12 3a2.6 2.6 0 1 1 0 5.2M7 9.5h10M4 14c0 4 3.6 7 8 7s8-3 8-7M4 14l-1.5 2.5M4 14l2.7 1.3M20 14l1.5 2.5M20 14l-2.7 1.3"/>',
  file: '<path d="M6 3h8l4 4v14H6zM14 3v4h4"/>',
  arrow: '<path d="M5 12h14m-5.5-5.5L19 12l-5.5 5.5"/>',
} as const;

/** The name of a sign. */
export type IconId = keyof typeof SHAPES;

/** A sign; a reader of the screen passes over it, because words stand beside it. */
export function icon(id: IconId | Status): Html {
  const shape = Html.trusted(SHAPES[id]);
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${shape}</svg>`;
}

/** The status in its one word, with its sign. */
export function statusBadge(status: Status): Html {
  return html`<span class="badge is-${status}">${icon(status)}<span>${status}</span></span>`;
}
