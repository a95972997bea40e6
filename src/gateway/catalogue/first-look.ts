/**
 * How long the first question about the lists waits for servers that are met for the first time: many clients ask once,
 * and never hear of what was announced later.
 *
 * @module
 */
import type { Clock } from '../../base/clock.ts';
import type { Snapshot } from '../../core/snapshot.ts';

/** An address answers or it does not. */
export const REMOTE_MS = 250;
/** A process has to be started first, often by a launcher that looks for it. */
export const PROCESS_MS = 2_000;

/** What is needed to look. */
export interface FirstLook {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly servers: () => Promise<readonly Snapshot[]>;
  /** Resolves at the next news of the fleet. */
  readonly news: () => Promise<void>;
}

const patience = ({ transport }: Snapshot): number => (transport === 'stdio' ? PROCESS_MS : REMOTE_MS);

/** Under way for the first time, with nothing known of it from earlier. */
function isAwaited({ status, tools, attempt = 1, nextRetryAt }: Snapshot): boolean {
  return status === 'pending' && tools === undefined && attempt <= 1 && nextRetryAt === undefined;
}

/** Resolves when nobody is awaited any longer; `PROCESS_MS` after the beginning at the latest. */
export async function untilMet({ clock, signal, servers, news }: FirstLook): Promise<void> {
  const began = clock.monotonic();
  while (!signal.aborted) {
    const next = news();
    const awaited = (await servers()).filter((server) => isAwaited(server));
    const left = Math.max(0, ...awaited.map((server) => patience(server))) - (clock.monotonic() - began);
    if (awaited.length === 0 || left <= 0) return;
    const limit = new AbortController();
    const late = clock.sleep(left, limit.signal).catch(() => undefined);
    await Promise.race([next, late]);
    limit.abort();
  }
}
