/**
 * What a connection gets from the fleet it belongs to.
 *
 * @module
 */
import type { FleetDeps } from './deps.ts';
import type { Limiter } from './limiter.ts';
import type { Memory } from './memory.ts';
import type { Rests } from './rests.ts';

/** What all connections of a fleet share. */
export interface Shared {
  readonly deps: FleetDeps;
  readonly memory: Memory;
  readonly rests: Rests;
  readonly limiters: { readonly stdio: Limiter; readonly remote: Limiter };
}

/** Where a connection stands among the others. */
export interface ConnectionPlace {
  /** Rises with every connection of the fleet. */
  readonly serial: number;
  /** The end of the connections that this one follows. */
  readonly after: Promise<void>;
}
