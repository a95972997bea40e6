/**
 * How long is waited for servers that were never met. The first question about the lists waits a moment: many clients ask
 * once, and never hear of what was announced later. Whoever calls a tool of such a server waits longer.
 *
 * @module
 */
import type { Clock } from '../../base/clock.ts';
import { REASONS } from '../../core/reasons.ts';
import type { Snapshot } from '../../core/snapshot.ts';

/** How long somebody is waited for: altogether, and after the last of the others came. */
export interface Patience {
  readonly wholeMs: number;
  readonly quietMs: number;
}

/** An address answers or it does not. */
export const REMOTE: Patience = { wholeMs: 1_000, quietMs: 100 };
/** A process has to be started first, often by a launcher that looks for it. */
export const PROCESS: Patience = { wholeMs: 2_000, quietMs: 500 };
/** A call waits as long as a connection may take. */
export const CALL: Patience = { wholeMs: 30_000, quietMs: 30_000 };
/** Where no more than this part of the servers is missing, the others do not wait for the whole time. */
const FEW = 1 / 4;

/** What is needed to look. */
export interface FirstLook {
  readonly clock: Clock;
  readonly signal: Pick<AbortSignal, 'aborted'>;
  readonly servers: () => Promise<readonly Snapshot[]>;
  /** Resolves at the next news of the fleet. */
  readonly news: () => Promise<void>;
  readonly awaited: (server: Snapshot) => boolean;
  readonly patience: (awaited: readonly Snapshot[], all: readonly Snapshot[]) => Patience;
}

/** Nothing is done before a person has decided: no wait would bring it. */
const isBlocked = ({ reason }: Snapshot): boolean => reason !== undefined && REASONS[reason].persistence === 'waits';

/** Being connected, with nothing known of it from earlier. */
const isUnmet = (server: Snapshot): boolean =>
  server.status === 'pending' && server.tools === undefined && !isBlocked(server);

/** The first look for the lists: servers that are under way for the first time. */
export const FOR_LISTS: Pick<FirstLook, 'awaited' | 'patience'> = {
  awaited: (server) => isUnmet(server) && (server.attempt ?? 1) <= 1 && server.nextRetryAt === undefined,
  patience(awaited, all) {
    const { wholeMs, quietMs } = awaited.some(({ transport }) => transport === 'stdio') ? PROCESS : REMOTE;
    return { wholeMs, quietMs: awaited.length <= all.length * FEW ? quietMs : wholeMs };
  },
};

/** For a call of something that one of the servers may have. */
export const FOR_CALL: Pick<FirstLook, 'awaited' | 'patience'> = { awaited: isUnmet, patience: () => CALL };

/** Resolves when nobody is waited for any longer. */
export async function untilMet({ clock, signal, servers, news, awaited, patience }: FirstLook): Promise<void> {
  const began = clock.monotonic();
  let cameAt = began;
  let missing = Number.POSITIVE_INFINITY;
  while (!signal.aborted) {
    const next = news();
    const all = await servers();
    const absent = all.filter((server) => awaited(server));
    if (absent.length === 0) return;
    const now = clock.monotonic();
    if (absent.length < missing) cameAt = now;
    missing = absent.length;
    const { wholeMs, quietMs } = patience(absent, all);
    const left = Math.min(began + wholeMs, cameAt + quietMs) - now;
    if (left <= 0) return;
    const limit = new AbortController();
    const late = clock.sleep(left, limit.signal).catch(() => undefined);
    await Promise.race([next, late]);
    limit.abort();
  }
}
