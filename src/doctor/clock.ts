/**
 * The clock of this machine against those of the servers that answered.
 *
 * @module
 */
import { fine, found } from '../core/doctor.ts';
import type { Finding } from '../core/fleet.ts';

/** Tokens and signatures are refused from about here. */
const WRONG_MS = 60_000;

function spoken(ms: number): string {
  const seconds = Math.round(Math.abs(ms) / 1_000);
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

/**
 * The middle of what the servers say: one server with a wrong clock accuses nobody. Nothing where none said its time.
 */
export function clockFindings(aheadMs: readonly number[]): readonly Finding[] {
  const middle = aheadMs.toSorted((a, b) => a - b)[Math.floor(aheadMs.length / 2)];
  if (middle === undefined) return [];
  if (Math.abs(middle) < WRONG_MS) return [fine('clock', 'the clock agrees with the servers')];
  const word = middle > 0 ? 'ahead of' : 'behind';
  return [
    found('warning', 'clock', {
      text: `the clock of this machine is ${spoken(middle)} ${word} the servers`,
      hint: 'Set the clock, or switch time synchronisation on: tokens end too early or too late otherwise.',
    }),
  ];
}
