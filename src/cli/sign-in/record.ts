/**
 * The record of `login --json`: a sign-in that waits for a person, or how it ended.
 *
 * @module
 */
import type { ActionReport } from '../../core/fleet.ts';
import type { LoginWaiting } from '../../core/sign-in.ts';
import type { Snapshot } from '../../core/snapshot.ts';

/** What `login --json` prints, one for each server. */
export type LoginRecord =
  | ({
      readonly schema: 'login/v1';
      readonly state: 'waiting';
      /** The command that takes the answer. */
      readonly finish: string;
    } & Omit<LoginWaiting, 'kind'>)
  | {
      readonly schema: 'login/v1';
      readonly state: 'completed';
      readonly server: string;
      readonly did: readonly string[];
      readonly snapshot: Snapshot;
    };

/** The command that finishes a flow. */
export function finishCommand({ flow, userCode }: Pick<LoginWaiting, 'flow' | 'userCode'>): string {
  return `login --finish ${flow}${userCode === undefined ? '' : ' --wait 10m'}`;
}

/** The record of a sign-in that waits. */
export function waitingRecord(waiting: LoginWaiting, typed: (words: string) => string): LoginRecord {
  const { kind: _, ...rest } = waiting;
  return { schema: 'login/v1', state: 'waiting', ...rest, finish: typed(finishCommand(waiting)) };
}

/** The record of one that has ended well. */
export function completedRecord({ did, snapshot }: ActionReport): LoginRecord {
  return { schema: 'login/v1', state: 'completed', server: snapshot.name, did, snapshot };
}
