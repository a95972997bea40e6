/**
 * A whole world in memory, for a fleet on a virtual clock: servers, credentials and configuration under one seed.
 *
 * @module
 */
import type { Clock } from '../base/clock.ts';
import { seededRandom } from '../base/random.ts';
import type { Random } from '../base/random.ts';
import type { Approval } from '../core/config-model.ts';
import { isRemote } from '../core/entry.ts';
import type { Connector } from '../core/ports.ts';
import type { View } from '../core/view.ts';
import { MemoryConfig } from './memory-config.ts';
import { MemoryAuthority } from './memory-authority.ts';
import { MemoryCredentials } from './memory-credentials.ts';
import type { RawEntry } from './memory-entry.ts';
import { MemoryLogins } from './memory-logins.ts';
import { defaultFault, MemoryServer } from './memory-server.ts';
import type { MemoryOutcome } from './memory-server.ts';
import { MemorySignIns } from './memory-sign-ins.ts';

/** How servers come and go. */
export interface FlapOptions {
  /** Mean time that a server is up; each time is drawn from an exponential distribution. */
  readonly upMs: number;
  /** Mean time that it is down. */
  readonly downMs: number;
  /** What a server that goes down answers; default refused, or exited. */
  readonly fault?: (server: MemoryServer, random: Random) => Exclude<MemoryOutcome, 'ok'>;
}

/** Everything that a fleet needs from outside, in memory. */
export interface MemoryWorld {
  readonly clock: Clock;
  readonly random: Random;
  readonly connector: Connector;
  readonly credentials: MemoryCredentials;
  readonly signIns: MemorySignIns;
  readonly config: MemoryConfig;
  readonly view: View;
  readonly servers: readonly MemoryServer[];
  /**
   * Adds an entry, and the server behind it. Without an entry it is `{ url: "http://NAME.test/mcp" }`. Entries of one
   * address share one server.
   */
  add(name: string, entry?: RawEntry, approval?: Approval['state']): MemoryServer;
  /** Adds a server that demands a sign-in; what its authorization server does is set by `authority`. */
  addSignIn(name: string, entry?: RawEntry): MemoryServer & { authority: MemoryAuthority };
  /** Loses every open session at once, as a network that goes away does; with `down`, the servers stay away. */
  dropAll(options?: { readonly down?: boolean }): void;
  /** Lets every server that exists now come and go until the result is called. */
  flap(options: FlapOptions): () => void;
}

/** Makes a world on `clock`; equal seeds give equal worlds. */
export function createMemoryWorld(options: {
  readonly clock: Clock;
  readonly seed?: number;
  /** Values of the variables that entries name. */
  readonly variables?: Readonly<Record<string, string>>;
}): MemoryWorld {
  const { clock } = options;
  const random = seededRandom(options.seed ?? 1);
  const byAddress = new Map<string, MemoryServer>();
  const config = new MemoryConfig();
  const logins = new MemoryLogins(clock);
  const find = (address: string): MemoryServer | undefined => byAddress.get(address);
  const connector: Connector = {
    open(request) {
      const { endpoint } = request.entry;
      const server = find(isRemote(endpoint) ? endpoint.url : endpoint.command);
      if (server !== undefined) return server.open(request);
      return Promise.resolve({
        ok: false,
        answer: isRemote(endpoint) ? { kind: 'network', errno: 'ENOTFOUND' } : { kind: 'spawn', errno: 'ENOENT' },
      });
    },
    close: () => Promise.resolve(),
  };
  const add: MemoryWorld['add'] = (name, entry = { url: `http://${name}.test/mcp` }, approval = 'not-needed') => {
    const address = entry.command ?? entry.url ?? name;
    const server = find(address) ?? new MemoryServer(name, entry.command === undefined ? 'remote' : 'stdio', clock);
    byAddress.set(address, server);
    config.put(name, entry, approval);
    return server;
  };
  return {
    clock,
    random,
    connector,
    credentials: new MemoryCredentials(find, clock, logins),
    signIns: new MemorySignIns((url) => find(url)?.authority, clock, logins),
    config,
    view: { configDir: '/memory', home: '/memory/home', variables: options.variables ?? {}, path: '' },
    get servers() {
      return [...byAddress.values()];
    },
    add,
    addSignIn(name, entry) {
      return Object.assign(add(name, entry), { authority: new MemoryAuthority(clock) });
    },
    dropAll({ down = false } = {}) {
      for (const server of byAddress.values()) {
        if (down) server.down();
        else server.drop();
      }
    },
    flap(how) {
      const stops = [...byAddress.values()].map((server) => flapOne(server, how, { clock, random }));
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}

function flapOne(
  server: MemoryServer,
  how: FlapOptions,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
): () => void {
  const next = (mean: number): number => -Math.log(1 - random.next()) * mean;
  const fall = (): void => {
    server.down(how.fault?.(server, random) ?? defaultFault(server.kind));
    timer = clock.after(next(how.downMs), rise);
  };
  const rise = (): void => {
    server.up();
    timer = clock.after(next(how.upMs), fall);
  };
  let timer = clock.after(next(how.upMs), fall);
  return () => timer.cancel();
}
