/**
 * How long to wait before the next try: pure arithmetic on the numbers table (BEHAVIOUR §4, §6).
 *
 * @module
 */
import type { Numbers } from './numbers.ts';
import type { ReasonId } from './reasons.ts';
import type { Phase } from './snapshot.ts';

/** `first` doubled `n − 1` times, at most `cap`. */
export function doubling(first: number, n: number, cap: number): number {
  return Math.min(cap, first * 2 ** Math.min(30, Math.max(0, n - 1)));
}

/** The wait after the `n`th quick try that failed: × random 0.5–1 over the network, exact for processes. */
export function quickDelay(
  numbers: Numbers,
  kind: { readonly phase: Phase; readonly process: boolean },
  draw: { readonly n: number; readonly roll: number },
): number {
  if (kind.process) return doubling(numbers.respawnDelayMs, draw.n, numbers.respawnCapMs);
  const first = kind.phase === 'reconnect' ? numbers.reconnectDelayMs : numbers.startupDelayMs;
  return doubling(first, draw.n, numbers.retryCapMs) * (0.5 + draw.roll / 2);
}

/** The wait before the next slow probe of a server that failed for a transient cause: ± 50 %, never over the cap. */
export function slowDelay(numbers: Numbers, probes: number, roll: number): number {
  const base = doubling(numbers.slowProbeMs, probes + 1, numbers.slowProbeCapMs);
  return Math.min(numbers.slowProbeCapMs, base * (0.5 + roll));
}

const SIGN_IN: ReadonlySet<ReasonId> = new Set<ReasonId>(['sign-in-required', 'sign-in-expired']);
const FIRST_HOUR_MS = 3_600_000;

/** The wait before the next background probe of a server that needs authentication. */
export function authDelay(
  numbers: Numbers,
  spell: { readonly reason: ReasonId; readonly probes: number; readonly ageMs: number },
  roll: number,
): number {
  if (SIGN_IN.has(spell.reason)) return slowDelay(numbers, spell.probes, roll);
  if (spell.ageMs >= FIRST_HOUR_MS) return numbers.authProbeLateMs * (0.5 + roll);
  const base = doubling(numbers.authProbeMs, spell.probes + 1, numbers.authProbeCapMs);
  return Math.min(numbers.authProbeCapMs, base * (0.5 + roll));
}
