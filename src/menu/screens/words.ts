/**
 * What the menu says of a server beyond the cells of the table: what happened, what to do next, when it is tried again.
 *
 * @module
 */
import { parseIso } from '../../base/clock.ts';
import { shortDuration, until } from '../../base/duration.ts';
import { safeLine } from '../../base/safe-text.ts';
import { REASONS } from '../../core/reasons.ts';
import type { Snapshot, Status } from '../../core/snapshot.ts';
import { waitsForPerson } from '../../core/telling.ts';
import { span } from '../paint/span.ts';
import type { Span } from '../paint/span.ts';

const LONGEST = 600;

/** A sign beside the word, for the eye; the word says it. */
const SIGNS: Readonly<Record<Status, readonly [string, string]>> = {
  connected: ['●', '+'],
  pending: ['◌', '~'],
  'needs-auth': ['▲', '!'],
  failed: ['✗', 'x'],
  disabled: ['○', '-'],
};

export function signOf(status: Status, ascii: boolean): string {
  return SIGNS[status][ascii ? 1 : 0];
}

/** Sign and word. */
export function statusSpan({ status }: Snapshot, ascii: boolean): Span {
  return span(`${signOf(status, ascii)} ${status}`, status);
}

/** The sentence of the state. */
export function happened(snapshot: Snapshot): string {
  const { status, message, reason, stepUp, name } = snapshot;
  if (stepUp !== undefined) {
    const tool = stepUp.tool === undefined ? '' : `, for the tool ${safeLine(stepUp.tool, 80)}`;
    return `${safeLine(name, 80)} asks for more rights${tool}: ${safeLine(stepUp.scopes.join(' '), LONGEST)}`;
  }
  if (message !== undefined) return safeLine(message, LONGEST);
  if (reason !== undefined) return REASONS[reason].sentence;
  if (status === 'connected') return 'The server answers.';
  return status === 'pending' ? 'The server is being contacted.' : '';
}

/** What a person does about it; the empty string where there is nothing to do. */
export function remedyOf(snapshot: Snapshot): string {
  const { status, reason, stepUp, redirectTo } = snapshot;
  if (stepUp !== undefined) return 'Grant the rights, or say “not now”: the server stays connected either way.';
  if (reason === 'redirected' && redirectTo !== undefined)
    return `${REASONS.redirected.remedy} It names: ${safeLine(redirectTo, LONGEST)}`;
  if (reason !== undefined) return REASONS[reason].remedy;
  return status === 'pending' ? 'Wait, or retry now.' : '';
}

/** `try 2 of 4 · next try in 3s`; the empty string where nothing is being tried. */
export function triesOf(snapshot: Snapshot, now: number): string {
  const { status, attempt, maxAttempts, nextRetryAt, phase } = snapshot;
  if (status === 'connected' || status === 'disabled' || waitsForPerson(snapshot)) return '';
  const of = maxAttempts === undefined ? '' : ` of ${maxAttempts}`;
  const parts = [
    attempt === undefined ? '' : `try ${attempt}${of}`,
    attempt === undefined || phase === undefined ? '' : phase,
    nextRetryAt === undefined ? '' : `next try by itself ${until(nextRetryAt, now)}`,
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

/** `9:41` until an ISO time; `0:00` when it is over. */
export function countdown(at: string, now: number): string {
  const seconds = Math.max(0, Math.ceil((parseIso(at) - now) / 1_000));
  return Number.isNaN(seconds) ? '–' : `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** `16:02:11`, UTC as every time of the program. */
export function clockOf(iso: string): string {
  return /T(\d\d:\d\d:\d\d)/.exec(iso)?.[1] ?? '–';
}

/** `ends in 42m`, `ended 3m ago`. */
export function endOf(at: string | undefined, now: number): string {
  if (at === undefined) return 'not told by the server';
  const left = parseIso(at) - now;
  return left > 0 ? `ends ${until(at, now)}` : `ended ${shortDuration(-left)} ago`;
}
