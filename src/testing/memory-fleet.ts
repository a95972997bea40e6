/**
 * A real fleet in a memory world: what a host program tests its own code against.
 *
 * @module
 */
import { silentLogger } from '../base/logger.ts';
import type { Logger } from '../base/logger.ts';
import { Redactor } from '../base/secret.ts';
import type { Fleet } from '../core/fleet.ts';
import { resolveNumbers } from '../core/numbers.ts';
import type { NumberOverrides } from '../core/numbers.ts';
import { LocalFleet } from '../fleet/local-fleet.ts';
import type { MemoryWorld } from './memory-world.ts';

/** Opens the fleet of a world and begins to connect its servers, as `createHoldfast` does. Who opens it closes it. */
export async function createMemoryFleet(
  world: MemoryWorld,
  options: { readonly logger?: Logger; readonly numbers?: NumberOverrides } = {},
): Promise<Fleet> {
  const { clock, random, connector, credentials, signIns, config, view } = world;
  const fleet = new LocalFleet({
    clock,
    random,
    connector,
    credentials,
    signIns,
    config,
    view,
    logger: options.logger ?? silentLogger,
    redactor: new Redactor(),
    numbers: resolveNumbers(options.numbers ?? {}),
    owner: { kind: 'in-process', pid: 0, version: 'memory' },
  });
  await fleet.snapshots();
  return fleet;
}
