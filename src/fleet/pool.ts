/**
 * All connections of a fleet: equal effective entries share one, the last one that lets go closes it (DESIGN §3, views).
 *
 * @module
 */
import { Connection } from './connection.ts';
import { Limiter } from './limiter.ts';
import { Memory } from './memory.ts';
import type { EffectiveEntry } from '../core/entry.ts';
import type { Shared } from './connection.ts';
import type { FleetDeps } from './deps.ts';

/** A helper is told the name of its server, so entries with one are not shared under two names. */
function poolKey(entry: EffectiveEntry): string {
  return entry.signIn === 'helper' ? `${entry.key} ${entry.name}` : entry.key;
}

/** The connections, by content. */
export class Pool {
  readonly shared: Shared;
  readonly #held = new Map<string, { readonly connection: Connection; holders: number }>();
  readonly #ending = new Set<Promise<void>>();

  constructor(deps: FleetDeps) {
    const { clock, numbers } = deps;
    this.shared = {
      deps,
      memory: new Memory(),
      limiters: {
        stdio: new Limiter(clock, numbers.parallelStdio, numbers.slotStdioMs),
        remote: new Limiter(clock, numbers.parallelRemote, numbers.slotMs),
      },
    };
  }

  /** Every living connection. */
  *all(): Generator<Connection> {
    for (const { connection } of this.#held.values()) yield connection;
  }

  /** The connection of the entry; `isNew` when it was made now and nobody has started it yet. */
  hold(entry: EffectiveEntry): { readonly connection: Connection; readonly isNew: boolean } {
    const key = poolKey(entry);
    const known = this.#held.get(key);
    if (known !== undefined) {
      known.holders += 1;
      return { connection: known.connection, isNew: false };
    }
    const connection = new Connection(this.shared, entry);
    this.#held.set(key, { connection, holders: 1 });
    return { connection, isNew: true };
  }

  /** Lets go of a held connection. */
  release(connection: Connection): void {
    const key = poolKey(connection.entry);
    const held = this.#held.get(key);
    if (held?.connection !== connection) return;
    held.holders -= 1;
    if (held.holders > 0) return;
    this.#held.delete(key);
    const ending = connection.close().finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }

  /** Waits for every connection that is being closed. */
  async drained(): Promise<void> {
    await Promise.all(this.#ending);
  }

  /** Closes everything and waits for it. */
  async close(): Promise<void> {
    await Promise.all([...this.all()].map((connection) => connection.close()));
    this.#held.clear();
    await this.drained();
  }
}
