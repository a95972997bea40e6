/**
 * Times as people read them. The script of the page keeps them moving.
 *
 * @module
 */
import { parseIso } from '../../base/clock.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';

/** A span in a unit that moves: `12 s`, `95 s`, `3 min`, `2 h`, `4 days`. The script says it in the same words. */
export function spanWords(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} days`;
}

/** How long ago. */
export function sinceTime(at: string, now: number): Html {
  const ms = now - parseIso(at);
  if (Number.isNaN(ms)) return html`some time ago`;
  const words = ms < 1_000 ? 'just now' : `${spanWords(ms)} ago`;
  return html`<time datetime="${at}" title="${clockWords(at)}" data-ago="">${words}</time>`;
}

/** How long it still takes. */
export function untilTime(at: string, now: number): Html {
  const ms = parseIso(at) - now;
  if (Number.isNaN(ms)) return html`soon`;
  const words = ms <= 0 ? 'now' : `in ${spanWords(Math.ceil(ms / 1_000) * 1_000)}`;
  return html`<time datetime="${at}" title="${clockWords(at)}" data-until="">${words}</time>`;
}

const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

/** Day and time of the machine's own zone. */
export function clockWords(at: string): string {
  const ms = parseIso(at);
  return Number.isNaN(ms) ? '' : `${DAY.format(ms)}, ${CLOCK.format(ms)}`;
}

/** The moment of something that has happened. */
export function clockTime(at: string): Html {
  const ms = parseIso(at);
  return html`<time datetime="${at}" title="${clockWords(at)}">${Number.isNaN(ms) ? '' : CLOCK.format(ms)}</time>`;
}
