/**
 * The records of `--json`: one line, so that scripts and NDJSON readers take them alike; indented for a person's eye.
 *
 * @module
 */
import { iso } from '../base/clock.ts';
import type { Owner } from '../core/fleet.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { Context } from './context.ts';
import type { Io } from './io.ts';

/** What `status --json` prints (schema/status.schema.json). */
export interface StatusRecord {
  readonly schema: 'status/v1';
  /** ISO-8601 UTC. */
  readonly time: string;
  readonly owner: Owner;
  readonly servers: readonly Snapshot[];
}

/** One record on stdout: a single line, or indented on a terminal. */
export function outJson(record: object, io: Io): void {
  io.out(JSON.stringify(record, undefined, io.isTTY ? 2 : undefined));
}

/** The record of a status. */
export function statusRecord(context: Context, owner: Owner, servers: readonly Snapshot[]): StatusRecord {
  return { schema: 'status/v1', time: iso(context.clock.now()), owner, servers };
}
