/**
 * A fleet in a memory world on a virtual clock, with every event written down.
 *
 * @module
 */
import type { FleetEvent } from '../../src/core/events.ts';
import type { Fleet } from '../../src/core/fleet.ts';
import type { MemoryAuthority } from '../../src/testing/memory-authority.ts';
import { createMemoryFleet } from '../../src/testing/memory-fleet.ts';
import type { RawEntry } from '../../src/testing/memory-entry.ts';
import type { MemoryServer } from '../../src/testing/memory-server.ts';
import { createMemoryWorld } from '../../src/testing/memory-world.ts';
import type { MemoryWorld } from '../../src/testing/memory-world.ts';
import { createVirtualClock } from '../../src/testing/virtual-clock.ts';
import type { VirtualClock } from '../../src/testing/virtual-clock.ts';

/** A server that demands a sign-in. */
export type SignInServer = MemoryServer & { authority: MemoryAuthority };

/** The fleet and its world. */
export interface MemoryRig {
  readonly clock: VirtualClock;
  readonly world: MemoryWorld;
  readonly fleet: Fleet;
  readonly events: FleetEvent[];
  /** Events of this kind, oldest first. */
  told<E extends FleetEvent['event']>(event: E): Extract<FleetEvent, { readonly event: E }>[];
  /** Resolves with the result; time moves on until it is there. */
  soon<T>(work: Promise<T>, ms?: number): Promise<T>;
  end(): Promise<void>;
}

/** Opens a fleet of the servers that `build` adds, and lets it connect them. */
export async function memoryRig(build: (world: MemoryWorld) => void): Promise<MemoryRig> {
  const clock = createVirtualClock();
  const world = createMemoryWorld({ clock });
  build(world);
  const opening = createMemoryFleet(world);
  await clock.advance(50);
  const fleet = await opening;
  const events: FleetEvent[] = [];
  const stop = new AbortController();
  const reading = (async () => {
    for await (const event of fleet.events(stop.signal)) events.push(event);
  })();
  await clock.advance(50);
  const told: MemoryRig['told'] = (event) =>
    events.filter((one): one is Extract<FleetEvent, { readonly event: typeof event }> => one.event === event);
  return {
    clock,
    world,
    fleet,
    events,
    told,
    async soon(work, ms = 100) {
      work.catch(() => undefined);
      await clock.advance(ms);
      return work;
    },
    async end() {
      stop.abort();
      const closing = fleet.close();
      await clock.advance(10_000);
      await closing;
      await reading;
    },
  };
}

/** A rig with one server, `a`, that demands a sign-in; signed in unless told otherwise. */
export async function signedIn(
  options: {
    readonly entry?: RawEntry;
    readonly before?: (server: SignInServer, world: MemoryWorld) => void;
    readonly out?: boolean;
  } = {},
): Promise<MemoryRig & { readonly server: SignInServer }> {
  let server: SignInServer | undefined;
  const rig = await memoryRig((world) => {
    server = world.addSignIn('a', options.entry);
    options.before?.(server, world);
  });
  if (options.out !== true) {
    const started = await rig.soon(rig.fleet.startLogin('a'));
    if (started.kind === 'waiting') {
      const result = rig.fleet.loginResult(started.flow);
      rig.world.signIns.approve(started.flow);
      await rig.soon(result);
    }
    rig.events.length = 0;
  }
  return { ...rig, server: server as SignInServer };
}
