/**
 * The servers of one view, kept equal to its configuration with the smallest difference (BEHAVIOUR §5, §6).
 *
 * @module
 */
import { Emitter } from '../base/emitter.ts';
import { messageOf } from '../base/errors.ts';
import { placeOf } from '../core/view.ts';
import { Binding, barrierOf } from './binding.ts';
import { isSettling } from './settling.ts';
import type { Approval, ConfiguredServer, LoadedConfig } from '../core/config-model.ts';
import type { EffectiveEntry } from '../core/entry.ts';
import type { FleetEventBody } from '../core/events.ts';
import type { Fault } from '../core/fault.ts';
import type { ServerNotification } from '../core/fleet.ts';
import type { View } from '../core/view.ts';
import type { FleetDeps } from './deps.ts';
import type { Journal } from './journal.ts';
import type { Pool } from './pool.ts';

const NOTHING: LoadedConfig = { servers: [], notLoaded: [], files: [], variables: [] };

/** What a reading of the configuration changed, by name. */
export interface Difference {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
}

/** One view and its servers. */
export class ViewState {
  readonly view: View;
  readonly place: string;
  readonly bindings = new Map<string, Binding>();
  /** What servers say by themselves. */
  readonly notified: Emitter<ServerNotification>;
  /** Calls and streams under way: a view in use is never let go. */
  uses = 0;
  lastUsedAt: number;
  readonly #deps: FleetDeps;
  readonly #pool: Pool;
  readonly #journal: Journal;
  #loaded: LoadedConfig = NOTHING;
  #turn: Promise<unknown> = Promise.resolve();
  #unwatch: (() => void) | undefined;
  #isFirst = true;
  #closed = false;

  constructor(deps: FleetDeps, about: { readonly pool: Pool; readonly journal: Journal; readonly view: View }) {
    this.#deps = deps;
    this.#pool = about.pool;
    this.#journal = about.journal;
    this.view = about.view;
    this.place = placeOf(about.view);
    this.lastUsedAt = deps.clock.now();
    this.notified = new Emitter((error) => deps.logger.error({ error }, 'a listener of notifications failed'));
  }

  get loaded(): LoadedConfig {
    return this.#loaded;
  }

  /** The servers of these names that are there; all of them without names. */
  chosen(names: readonly string[] | undefined): readonly Binding[] {
    const all = [...this.bindings.values()];
    if (names === undefined) return all;
    const wanted = new Set(names);
    return all.filter(({ name }) => wanted.has(name));
  }

  /** Resolves when none of these servers is being connected, or when the signal aborts. Never rejects. */
  async settled(names: readonly string[] | undefined, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const next = this.chosen(names).find((binding) => isSettling(binding.state));
      if (next === undefined) return;
      // A connection may be replaced while we wait for it; the next round looks at the view again.
      await next.connection?.until((now) => !isSettling(now), signal).catch(() => undefined);
    }
  }

  /** What approving the name approves: also a project entry that would take the place of the server once it is approved. */
  approvalOf({ name, server }: Binding): Approval {
    const waits = this.#loaded.notLoaded.find((entry) => entry.name === name && entry.approval !== undefined)?.approval;
    const isUsed = server.approval.state === 'not-needed' || server.approval.state === 'approved';
    return isUsed && waits !== undefined ? waits : server.approval;
  }

  /** Reads the configuration and watches it from then on. */
  async open(): Promise<void> {
    await this.reconcile('startup');
    if (this.#closed) return;
    this.#unwatch = this.#deps.config.watch(this.view, () => {
      this.reconcile('startup').catch((error: unknown) => {
        this.#deps.logger.error({ error }, 'the configuration could not be read again');
      });
    });
  }

  /** Reads the configuration again and applies the difference; readings of one view go one after the other. */
  reconcile(phase: 'startup' | 'manual'): Promise<Difference> {
    const next = this.#turn.then(() => this.#reconcile(phase));
    this.#turn = next.catch(() => undefined);
    return next;
  }

  close(): void {
    this.#closed = true;
    this.#unwatch?.();
    for (const binding of this.bindings.values()) binding.release();
    this.bindings.clear();
  }

  async #reconcile(phase: 'startup' | 'manual'): Promise<Difference> {
    const loaded = await this.#deps.config.load(this.view);
    const resolved = await Promise.all(loaded.servers.map((server) => this.#resolve(server)));
    const difference = { added: [] as string[], removed: [] as string[], changed: [] as string[] };
    const { memory } = this.#pool.shared;
    await Promise.all(
      resolved.map(async (one) => (one === undefined || 'reason' in one ? undefined : memory.recall(one))),
    );
    if (this.#closed) return difference;
    this.#loaded = loaded;
    const wanted = new Set(loaded.servers.map((server) => server.name));
    for (const [name, binding] of this.bindings) {
      if (wanted.has(name)) continue;
      binding.release();
      this.bindings.delete(name);
      difference.removed.push(name);
      this.#tell(name, { event: 'server.removed' });
    }
    loaded.servers.forEach((server, index) => {
      const known = this.bindings.get(server.name);
      const binding = known ?? this.#bind(server);
      const isChanged = binding.apply(server, resolved[index], phase);
      if (known === undefined) difference.added.push(server.name);
      else if (isChanged) {
        difference.changed.push(server.name);
        binding.note('config', 'the entry changed');
      }
    });
    this.#sort(loaded);
    const isNews = difference.added.length + difference.removed.length + difference.changed.length > 0;
    if (isNews && !this.#isFirst) this.#journal.add(this.place, { event: 'config.changed', ...difference });
    this.#isFirst = false;
    return difference;
  }

  /** Servers are shown in the order of the configuration, whenever they came into it. */
  #sort({ servers }: LoadedConfig): void {
    for (const { name } of servers) {
      const binding = this.bindings.get(name);
      if (binding === undefined) continue;
      this.bindings.delete(name);
      this.bindings.set(name, binding);
    }
  }

  /** Expands an entry only where it may be contacted: an unapproved one is not expanded at all. */
  async #resolve(server: ConfiguredServer): Promise<EffectiveEntry | Fault | undefined> {
    if (barrierOf(server, undefined) !== undefined) return undefined;
    try {
      return await this.#deps.config.resolve(server, this.view);
    } catch (error) {
      // One entry that cannot be read to its end must not keep the others away.
      this.#deps.logger.error({ error, server: server.name }, 'an entry could not be expanded');
      return { reason: 'config-invalid', detail: this.#deps.redactor.redact(messageOf(error)), at: server.source };
    }
  }

  #bind(server: ConfiguredServer): Binding {
    const { name } = server;
    const binding = new Binding(this.#deps, this.#pool, {
      server,
      tell: (body) => this.#tell(name, body),
      notified: (method, params) => this.notified.emit({ server: name, method, params }),
    });
    this.bindings.set(name, binding);
    return binding;
  }

  #tell(name: string, body: FleetEventBody): void {
    this.#journal.add(this.place, body, name);
  }
}
