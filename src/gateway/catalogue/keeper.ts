/**
 * Keeps the merged lists of one view in step with its fleet: built anew shortly after something changed, never asked for
 * twice at once, and only told where the result differs.
 *
 * @module
 */
import type { Clock, Timer } from '../../base/clock.ts';
import { Emitter } from '../../base/emitter.ts';
import type { Logger } from '../../base/logger.ts';
import type { FleetEvent } from '../../core/events.ts';
import type { ForwardingFleet } from '../../core/fleet.ts';
import type { GatewayRules } from '../../core/gateway-rules.ts';
import type { ParamHeader } from '../../core/param-headers.ts';
import type { Lists } from '../../core/ports.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import type { View } from '../../core/view.ts';
import type { RateLimits } from '../limit/rate-limits.ts';
import { serverPart, serverPartOf } from '../naming/names.ts';
import { Catalogue, LIST_NAMES } from './catalogue.ts';
import type { CatalogueOptions, Contribution, ListName, Target } from './catalogue.ts';
import { FOR_CALL, FOR_LISTS, untilMet } from './first-look.ts';
import type { FirstLook } from './first-look.ts';

/** What a keeper is made from. */
export interface KeeperDeps {
  readonly fleet: Pick<ForwardingFleet, 'snapshots' | 'lists' | 'events' | 'gatewayRules'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly view?: View;
  /** How often tools may be called; without them nobody is limited. */
  readonly limits?: RateLimits;
  /** One server under its own names; else all of them, with prefixes. */
  readonly only?: string;
  /** Tools and prompts of the gateway itself, for the servers as they are. */
  readonly own?: (servers: readonly Snapshot[]) => NonNullable<CatalogueOptions['own']>;
}

/** Events after which a list may be another one. Rights that are wanted or granted bring and take a tool that signs in. */
const MATTERS: ReadonlySet<FleetEvent['event']> = new Set([
  'server.status',
  'server.removed',
  'tools.changed',
  'config.changed',
  'auth.required',
  'auth.completed',
  'auth.failed',
]);
/** Changes that come together are told together. */
const COALESCE_MS = 50;
const NO_LISTS: Lists = { tools: [], prompts: [], resources: [], resourceTemplates: [] };
/** Where nobody knows what may be shown. */
const NOTHING = { deny: ['*'] };
const HIDES_ALL: GatewayRules = { tools: NOTHING, prompts: NOTHING, resources: NOTHING };

/** The lists of one view. Who makes it closes it. */
export class CatalogueKeeper {
  /** The names of the lists that changed. */
  readonly changed: Emitter<readonly ListName[]>;
  readonly #deps: KeeperDeps;
  readonly #ended = new AbortController();
  #catalogue: Catalogue | undefined;
  #building: Promise<Catalogue> | undefined;
  #isMet = false;
  #meeting: Promise<Catalogue> | undefined;
  readonly #waiting: (() => void)[] = [];
  #stale = false;
  #timer: Timer | undefined;

  constructor(deps: KeeperDeps) {
    this.#deps = deps;
    this.changed = new Emitter((error) => deps.logger.error({ error }, 'a listener of the merged lists failed'));
    void this.#follow();
  }

  /** The lists as they are; the first question gives servers that were never met a moment. */
  async current(): Promise<Catalogue> {
    if (this.#isMet) return this.#catalogue ?? this.#build();
    this.#meeting ??= this.#meet();
    return this.#meeting;
  }

  /** Where a tool or prompt is, where that is known at once. */
  known(kind: 'tool' | 'prompt', name: string): Target | undefined {
    return this.#isMet ? this.#catalogue?.[kind](name) : undefined;
  }

  /** Whether clients may know of a server's resource, by its own URI, as far as the rules are known. */
  isShown(server: string, uri: string): boolean {
    return this.#catalogue?.isShown(server, uri) !== false;
  }

  /** The arguments of a tool that stand in headers too, as far as its lists are known. */
  mirrored(name: unknown): readonly ParamHeader[] {
    return (typeof name === 'string' ? this.#catalogue?.mirrored(name) : undefined) ?? [];
  }

  /**
   * Where a tool or prompt is. One that is not listed while its server is being connected is waited for: a client may know
   * it from before a restart.
   */
  async target(
    kind: 'tool' | 'prompt',
    name: string,
    signal: Pick<AbortSignal, 'aborted'>,
  ): Promise<Target | undefined> {
    // Whoever calls one server has not to wait for the others.
    const found =
      (await (this.#isMet ? this.current() : this.#build()))[kind](name) ?? (await this.#changed())?.[kind](name);
    if (found !== undefined) return found;
    const servers = (): Promise<readonly Snapshot[]> => this.#ownersOf(name);
    if (!(await servers()).some((server) => FOR_CALL.awaited(server))) return undefined;
    await this.#untilMet({ signal, servers, ...FOR_CALL });
    this.#stale = true;
    return (await this.#build())[kind](name);
  }

  /** The server that a name would be of, where nobody knows what it has, or where it is switched off. */
  async unread(name: string): Promise<string | undefined> {
    const owners = await this.#ownersOf(name);
    return owners.find(({ tools, status }) => tools === undefined || status === 'disabled')?.name;
  }

  /** Reads the lists of such a server. Errors: what keeps it from being asked. */
  async contact(server: string): Promise<void> {
    const { fleet, view } = this.#deps;
    await fleet.lists(server, view);
    this.#stale = true;
    await this.#build();
  }

  close(): void {
    this.#ended.abort(new Error('the merged lists are closed'));
    this.#timer?.cancel();
  }

  async #follow(): Promise<void> {
    const { fleet, view, logger } = this.#deps;
    const options = view === undefined ? {} : { view };
    try {
      for await (const { event } of fleet.events(this.#ended.signal, options)) {
        for (const resolve of this.#waiting.splice(0)) resolve();
        if (MATTERS.has(event)) this.#soon();
      }
    } catch (error) {
      if (!this.#ended.signal.aborted) logger.error({ error }, 'the merged lists hear nothing of the fleet any more');
    }
  }

  /** The lists with what has changed and is not told yet; nothing where that is nothing. */
  async #changed(): Promise<Catalogue | undefined> {
    if (this.#timer === undefined) return undefined;
    this.#stale = true;
    return this.#build();
  }

  /** The servers that have such names: those of one endpoint have all. */
  async #ownersOf(name: string): Promise<readonly Snapshot[]> {
    const part = serverPartOf(name);
    const { only } = this.#deps;
    return (await this.#servers()).filter((server) => only !== undefined || serverPart(server.name) === part);
  }

  #untilMet(about: Pick<FirstLook, 'signal' | 'servers' | 'awaited' | 'patience'>): Promise<void> {
    const news = (): Promise<void> =>
      new Promise((resolve) => {
        this.#waiting.push(resolve);
      });
    return untilMet({ clock: this.#deps.clock, news, ...about });
  }

  async #meet(): Promise<Catalogue> {
    const { signal } = this.#ended;
    await this.#untilMet({ signal, servers: () => this.#servers(), ...FOR_LISTS });
    this.#isMet = true;
    // What was built while nobody asked may be older than what was waited for.
    this.#stale = true;
    return this.#build();
  }

  #soon(): void {
    if (this.#ended.signal.aborted) return;
    this.#timer ??= this.#deps.clock.after(COALESCE_MS, () => {
      this.#timer = undefined;
      this.#stale = true;
      this.#build().catch((error: unknown) => {
        if (!this.#ended.signal.aborted) this.#deps.logger.error({ error }, 'the merged lists could not be built');
      });
    });
  }

  /** One build at a time; what changes meanwhile asks for another one. */
  #build(): Promise<Catalogue> {
    this.#building ??= this.#builds().finally(() => {
      this.#building = undefined;
    });
    return this.#building;
  }

  async #builds(): Promise<Catalogue> {
    for (;;) {
      this.#stale = false;
      const next = await this.#read();
      const before = this.#catalogue;
      this.#catalogue = next;
      this.#noteLeftOut(before, next);
      if (before !== undefined) {
        const lists = LIST_NAMES.filter(
          (list) => JSON.stringify(before.items(list)) !== JSON.stringify(next.items(list)),
        );
        if (lists.length > 0) this.changed.emit(lists);
      }
      // eslint-disable-next-line typescript/no-unnecessary-condition -- set by an event while this build was waiting
      if (!this.#stale) return next;
    }
  }

  /** What is left out is said once, and where it is another than before. */
  #noteLeftOut(before: Catalogue | undefined, { leftOut }: Catalogue): void {
    const known = new Set(before?.leftOut.map((one) => JSON.stringify(one)));
    for (const one of leftOut)
      if (one.hidden !== true && !known.has(JSON.stringify(one)))
        this.#deps.logger.warn({ ...one }, 'a tool, prompt or resource is left out');
  }

  async #servers(): Promise<readonly Snapshot[]> {
    const { fleet, view, only } = this.#deps;
    const all = await fleet.snapshots(view);
    return only === undefined ? all : all.filter(({ name }) => name === only);
  }

  async #read(): Promise<Catalogue> {
    const { only, own } = this.#deps;
    const servers = await this.#servers();
    const contributions = await Promise.all(servers.map((server) => this.#contribution(server)));
    return new Catalogue(contributions, {
      names: only === undefined ? 'prefixed' : 'bare',
      ...(own === undefined ? {} : { own: own(servers) }),
    });
  }

  async #contribution({ name, tools, status, source, listsLastKnown = false }: Snapshot): Promise<Contribution> {
    const { fleet, view, limits } = this.#deps;
    const rules = await fleet.gatewayRules?.(name, view).catch(() => HIDES_ALL);
    const limit = limits?.of(name, source, rules?.tools?.perMinute);
    // Asking for lists that were never read would wait for the server. What is switched off is not offered.
    const known = tools !== undefined && status !== 'disabled';
    const lists = known ? await fleet.lists(name, view).catch(() => NO_LISTS) : NO_LISTS;
    return { server: name, lists, lastKnown: listsLastKnown, limit, ...(rules === undefined ? {} : { rules }) };
  }
}
