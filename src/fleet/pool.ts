/**
 * All connections of a fleet: equal effective entries share one, the last one that lets go closes it (DESIGN §3, views).
 *
 * @module
 */
import { Connection } from './connection.ts';
import { Limiter } from './limiter.ts';
import { measure } from './measure.ts';
import { Memory } from './memory.ts';
import { Rests } from './rests.ts';
import type { EffectiveEntry } from '../core/entry.ts';
import type { FleetDeps } from './deps.ts';
import type { Shared } from './shared.ts';

/** A helper is told the name of its server, so entries with one are not shared under two names. */
function poolKey(entry: EffectiveEntry): string {
  return entry.signIn === 'helper' ? `${entry.key} ${entry.name}` : entry.key;
}

/** The connections, by content. */
export class Pool {
  readonly shared: Shared;
  readonly #held = new Map<string, { readonly connection: Connection; holders: number }>();
  readonly #ending = new Map<string, Promise<void>>();
  #made = 0;

  constructor(deps: FleetDeps) {
    const { clock, numbers } = deps;
    this.shared = {
      deps,
      memory: new Memory(deps.keptLists, clock),
      rests: new Rests(clock),
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

  /** How many connections were ever made: the serial of the newest. */
  get made(): number {
    return this.#made;
  }

  /**
   * The connection of the entry; `isNew` when it was made now and nobody has started it yet. A process is not started
   * before `after`, and not before an earlier connection of the same entry has ended.
   */
  hold(entry: EffectiveEntry, after: Promise<void>): { readonly connection: Connection; readonly isNew: boolean } {
    const key = poolKey(entry);
    const known = this.#held.get(key);
    if (known !== undefined) {
      known.holders += 1;
      return { connection: known.connection, isNew: false };
    }
    this.#made += 1;
    const ended = Promise.all([after, this.#ending.get(key)]).then(() => undefined);
    const connection = new Connection(this.shared, entry, { serial: this.#made, after: ended });
    const { meter, clock } = this.shared.deps;
    if (meter !== undefined) measure(connection, meter, clock);
    this.#held.set(key, { connection, holders: 1 });
    return { connection, isNew: true };
  }

  /** Lets go of a held connection. Resolves when it is closed, or at once where others hold it still. */
  async release(connection: Connection): Promise<void> {
    const key = poolKey(connection.entry);
    const held = this.#held.get(key);
    if (held?.connection !== connection) return;
    held.holders -= 1;
    if (held.holders > 0) return;
    this.#held.delete(key);
    const ending = connection.close();
    this.#ending.set(key, ending);
    await ending;
    if (this.#ending.get(key) === ending) this.#ending.delete(key);
  }

  /** Closes everything and waits for it. */
  async close(): Promise<void> {
    await Promise.all([...this.all()].map((connection) => connection.close()));
    this.#held.clear();
    await Promise.all(this.#ending.values());
    await this.shared.memory.settled();
  }
}
