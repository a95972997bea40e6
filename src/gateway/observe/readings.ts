/**
 * What the gauges show of the servers of a view, from their snapshots.
 *
 * @module
 */
import { parseIso } from '../../base/clock.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { STATUSES } from '../../core/snapshot.ts';
import type { Reading, Readings } from './exposition.ts';

function secondsUntil(time: string | undefined, now: number): number | undefined {
  const ms = time === undefined ? Number.NaN : parseIso(time) - now;
  return Number.isNaN(ms) ? undefined : Math.max(0, Math.round(ms)) / 1_000;
}

/** The gauges of these servers. */
export function serverReadings(servers: readonly Snapshot[], now: number): Readings {
  const connectionState: Reading[] = [];
  const connectionReason: Reading[] = [];
  const retryNext: Reading[] = [];
  const tokenExpires: Reading[] = [];
  for (const { name, status, reason, nextRetryAt, expiresAt } of servers) {
    for (const state of STATUSES) connectionState.push([[name, state], state === status ? 1 : 0]);
    if (reason !== undefined) connectionReason.push([[name, reason], 1]);
    const retry = secondsUntil(nextRetryAt, now);
    if (retry !== undefined) retryNext.push([[name], retry]);
    const expires = secondsUntil(expiresAt, now);
    if (expires !== undefined) tokenExpires.push([[name], expires]);
  }
  return { connectionState, connectionReason, retryNext, tokenExpires };
}
