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
  /** Files that cannot be read, one line each; absent where there are none. `status` alone looks for them. */
  readonly problems?: readonly string[];
}

/** One record on stdout: a single line, or indented on a terminal. */
export function outJson(record: object, io: Io): void {
  io.out(JSON.stringify(record, undefined, io.isTTY ? 2 : undefined));
}

/** The record of a status, and of what keeps files from being read. */
export function statusRecord(
  context: Context,
  owner: Owner,
  servers: readonly Snapshot[],
  problems: readonly string[] = [],
): StatusRecord {
  const told = problems.length === 0 ? {} : { problems };
  return { schema: 'status/v1', time: iso(context.clock.now()), owner, servers, ...told };
}
