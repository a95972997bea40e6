/**
 * What a command did, told to the person who gave it.
 *
 * @module
 */
import type { Snapshot } from './snapshot.ts';

/** What a command did, told to the person who gave it. */
export interface ActionReport {
  readonly snapshot: Snapshot;
  /** What was done, one short sentence each ("re-read ~/.claude.json (unchanged)", "ran headersHelper (exit 0, 41 ms)"). */
  readonly did: readonly string[];
}
