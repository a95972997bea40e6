/**
 * What `daemon status` tells: who owns the connections, since when, of how many servers.
 *
 * @module
 */
import type { Owner } from '../core/fleet.ts';
import { STATUSES } from '../core/snapshot.ts';
import type { Status } from '../core/snapshot.ts';

/** How much a local fleet has in hand, over all views. */
export interface Census {
  /** Projects whose servers are kept. */
  readonly views: number;
  /** Connections; projects with equal entries share one. */
  readonly connections: number;
  /** Servers that are not switched off: while there is one, the daemon does not end by itself. */
  readonly enabled: number;
  /** Servers of all projects, by status. */
  readonly servers: Readonly<Record<Status, number>>;
}

/** Memory of the process, in bytes. */
export interface Memory {
  readonly rssBytes: number;
  readonly heapUsedBytes: number;
}

/** The record of `daemon status --json`. */
export interface DaemonStatus extends Census {
  readonly schema: 'daemon/v1';
  readonly owner: Owner;
  readonly socket: string;
  readonly log?: string;
  readonly uptimeMs: number;
  /** Open connections, the one that asks included. */
  readonly clients: number;
  readonly memory: Memory;
  /** The daemon is ending. */
  readonly stopping: boolean;
}

const UNITS: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
];

function spoken(ms: number): string {
  const first = UNITS.findIndex(([, size]) => ms >= size);
  const parts: string[] = [];
  let rest = ms;
  for (const [word, size] of first === -1 ? [] : UNITS.slice(first, first + 2)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${word}`);
  }
  return parts.length === 0 ? 'less than a second' : parts.join(' ');
}

/** The status in lines for people. */
export function daemonLines(status: DaemonStatus): readonly string[] {
  const { owner } = status;
  const mebibytes = Math.round(status.memory.rssBytes / 1_048_576);
  const counts = STATUSES.filter((word) => status.servers[word] > 0).map((word) => `${status.servers[word]} ${word}`);
  return [
    `${owner.kind} ${owner.version}, pid ${owner.pid}${status.stopping ? ', stopping' : ''}`,
    `started  ${owner.startedAt} (${spoken(status.uptimeMs)} ago)`,
    `socket   ${status.socket}`,
    ...(status.log === undefined ? [] : [`log      ${status.log}`]),
    `servers  ${counts.length === 0 ? 'none' : counts.join(', ')}`,
    `projects ${status.views}, connections ${status.connections}`,
    `clients  ${status.clients}`,
    `memory   ${mebibytes} MiB`,
  ];
}
