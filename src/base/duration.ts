/**
 * Durations as people write and read them: `20s`, `1m30s`, `500ms`.
 *
 * @module
 */
import { parseIso } from './clock.ts';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const WHOLE = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/;
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g;

/** Milliseconds, or `undefined` when the text is no duration. A number without a unit is none, but `0` is. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  if (!WHOLE.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(PART)) total += Number(amount) * (UNITS[unit ?? ''] ?? 0);
  return Math.round(total);
}

/** An age or a wait in its largest unit: `850ms`, `12s`, `3m`, `2h`, `4d`. Never negative. */
export function shortDuration(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  if (whole < 1_000) return `${whole}ms`;
  if (whole < 60_000) return `${Math.floor(whole / 1_000)}s`;
  if (whole < 3_600_000) return `${Math.floor(whole / 60_000)}m`;
  if (whole < 172_800_000) return `${Math.floor(whole / 3_600_000)}h`;
  return `${Math.floor(whole / 86_400_000)}d`;
}

/** How long ago an ISO time was: `12s`, under one second `now`; `–` where there is none. */
export function age(at: string | undefined, now: number): string {
  if (at === undefined) return '–';
  const ms = now - parseIso(at);
  return Number.isNaN(ms) ? '–' : ms < 1_000 ? 'now' : shortDuration(ms);
}

/** How long until an ISO time, rounded up to whole seconds: `in 4s`, `now` when it is due. */
export function until(at: string, now: number): string {
  const ms = parseIso(at) - now;
  if (Number.isNaN(ms)) return 'soon';
  return ms <= 0 ? 'now' : `in ${shortDuration(Math.ceil(ms / 1_000) * 1_000)}`;
}
