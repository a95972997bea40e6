/**
 * What a bridge and a listener are made from: the process, and where the connections are.
 *
 * @module
 */
import type { Readable, Writable } from 'node:stream';
import type { Base } from './assemble.ts';
import type { Fleet } from './core/fleet.ts';
import type { View } from './core/view.ts';
import type { DaemonWorld, GatewayDaemon } from './daemon-port.ts';

/** What of the process a gateway needs. */
export interface ServeWorld extends DaemonWorld {
  readonly stdin: () => Readable;
  readonly stdout: Writable;
  /** Aborted by an interrupt, or when nobody reads stdout. */
  readonly signal: () => AbortSignal;
}

/** Where the connections of a gateway are. */
export interface Source {
  readonly base: Base;
  readonly daemon: GatewayDaemon;
  /** The daemon's connections, and whether one is started the first time; else this process's. */
  readonly whose: 'daemon' | 'own';
  /** A fleet of this process with its view. */
  readonly own: () => Promise<{ readonly fleet: Fleet; readonly view: View }>;
}
