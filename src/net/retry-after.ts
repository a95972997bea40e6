/**
 * Reads `Retry-After` (RFC 9110 §10.2.3): seconds, or one of the three forms of an HTTP date (§5.6.7).
 *
 * @module
 */

const DAY_MS = 86_400_000;
const LONGEST_MS = 366 * DAY_MS;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

const IMF_FIXDATE = /^[a-z]{3}, (?<day>\d{2}) (?<month>[a-z]{3}) (?<year>\d{4}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/i;
const RFC850 = /^[a-z]{6,9}, (?<day>\d{2})-(?<month>[a-z]{3})-(?<year>\d{2}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/i;
const ASCTIME = /^[a-z]{3} (?<month>[a-z]{3}) (?<day>[ \d]\d) (?<time>\d{2}:\d{2}:\d{2}) (?<year>\d{4})$/i;

/**
 * Milliseconds to wait from `nowMs` (wall clock); 0 for a date that is past, at most one year. `undefined` for anything
 * that is neither whole seconds nor an HTTP date: negative numbers, other date forms, text.
 */
export function parseRetryAfter(value: string | null | undefined, nowMs: number): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d{1,64}$/.test(text)) return Math.min(Number(text) * 1_000, LONGEST_MS);
  const at = text.length <= 64 ? parseHttpDate(text, nowMs) : undefined;
  return at === undefined ? undefined : Math.min(Math.max(0, at - nowMs), LONGEST_MS);
}

function parseHttpDate(text: string, nowMs: number): number | undefined {
  const parts = (IMF_FIXDATE.exec(text) ?? RFC850.exec(text) ?? ASCTIME.exec(text))?.groups;
  if (parts === undefined) return undefined;
  const { day = '', month = '', year = '', time = '' } = parts;
  const monthIndex = MONTHS.indexOf(month.toLowerCase());
  const timeMs = timeOfDay(time);
  if (monthIndex < 0 || Number(day) < 1 || Number(day) > 31 || timeMs === undefined) return undefined;
  return daysSinceEpoch(fullYear(year, nowMs), monthIndex + 1, Number(day)) * DAY_MS + timeMs;
}

/** Milliseconds since midnight of `hh:mm:ss`; second 60 is a leap second. */
function timeOfDay(text: string): number | undefined {
  const [hour = 0, minute = 0, second = 0] = text.split(':').map(Number);
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  return ((hour * 60 + minute) * 60 + second) * 1_000;
}

/** RFC 9110 §5.6.7: a two-digit year that seems more than 50 years ahead lies in the past. */
function fullYear(text: string, nowMs: number): number {
  if (text.length === 4) return Number(text);
  const now = 1970 + Math.floor(nowMs / (365.2425 * DAY_MS));
  const guess = 100 * Math.floor(now / 100) + Number(text);
  return guess - now > 50 ? guess - 100 : guess;
}

/** Days from 1970-01-01 to a date of the Gregorian calendar (Howard Hinnant, "days_from_civil"). */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
