/**
 * How long is waited for servers that were never met. The first question about the lists waits a moment: many clients ask
 * once, and never hear of what was announced later. Whoever calls a tool of such a server waits longer.
 *
 * @module
 */
import type { Clock } from '../../base/clock.ts';
import type { Snapshot } from '../../core/snapshot.ts';

/** An address answers or it does not. */
export const REMOTE_MS = 250;
/** A process has to be started first, often by a launcher that looks for it. */
export const PROCESS_MS = 2_000;
/** A call waits as long as a connection may take. */
export const CALL_MS = 30_000;

/** What is needed to look. */
export interface FirstLook {
  readonly clock: Clock;
  readonly signal: Pick<AbortSignal, 'aborted'>;
  readonly servers: () => Promise<readonly Snapshot[]>;
  /** Resolves at the next news of the fleet. */
  readonly news: () => Promise<void>;
  /** How long each of them is waited for; 0 = not. */
  readonly patience: (server: Snapshot) => number;
}

/** Being connected, with nothing known of it from earlier. */
const isUnmet = ({ status, tools }: Snapshot): boolean => status === 'pending' && tools === undefined;

/** For the lists, of a server that is under way for the first time. */
export function patienceForLists(server: Snapshot): number {
  const { transport, attempt = 1, nextRetryAt } = server;
  if (!isUnmet(server) || attempt > 1 || nextRetryAt !== undefined) return 0;
  return transport === 'stdio' ? PROCESS_MS : REMOTE_MS;
}

/** For a call of something that the server may have. */
export function patienceForCall(server: Snapshot): number {
  return isUnmet(server) ? CALL_MS : 0;
}

/** Resolves when nobody is waited for any longer. */
export async function untilMet({ clock, signal, servers, news, patience }: FirstLook): Promise<void> {
  const began = clock.monotonic();
  while (!signal.aborted) {
    const next = news();
    const longest = Math.max(0, ...(await servers()).map((server) => patience(server)));
    const left = longest - (clock.monotonic() - began);
    if (left <= 0) return;
    const limit = new AbortController();
    const late = clock.sleep(left, limit.signal).catch(() => undefined);
    await Promise.race([next, late]);
    limit.abort();
  }
}
