/**
 * What servers say by themselves, and who wants to hear it: updated resources go to those who watch them, log messages
 * to those who chose a level. A server that comes back is told again what is watched.
 *
 * @module
 */
import type { Logger } from '../../base/logger.ts';
import type { ForwardingFleet, ServerNotification } from '../../core/fleet.ts';
import type { View } from '../../core/view.ts';
import type { CatalogueKeeper } from '../catalogue/keeper.ts';
import { CODE, failure, success } from '../rpc/answer.ts';
import type { Answer } from '../rpc/answer.ts';
import type { Json } from '../rpc/message.ts';
import { isHeard, isLevel, lowest } from './levels.ts';
import type { Level } from './levels.ts';
import { judgedError } from './pages.ts';
import type { Peer } from './peer.ts';
import { refusal } from './refusal.ts';

/** What news need. */
export interface NewsDeps {
  readonly fleet: ForwardingFleet;
  readonly keeper: CatalogueKeeper;
  readonly logger: Logger;
  readonly view?: View;
  /** The one server of the endpoint; absent where there are all. */
  readonly only?: string;
}

interface Watched {
  readonly server: string;
  /** The URI at the server. */
  readonly uri: string;
  readonly peers: Set<Peer>;
}

/** A server that does not answer keeps no client waiting: what was asked of it is asked again when it comes back. */
const PATIENCE_MS = 5_000;

/** Addresses that clients were asked to open and that nobody has opened: the oldest are forgotten. */
const MOST_PAGES = 1_000;
const pageKey = (server: string, id: string): string => JSON.stringify([server, id]);

/** The news of one endpoint. Who makes it closes it. */
export class News {
  readonly #deps: NewsDeps;
  readonly #ended = new AbortController();
  readonly #levels = new Map<Peer, Level>();
  /** What servers with sessions were told last. */
  readonly #told = new Map<string, Level>();
  /** The lowest level that a stateless client has wanted. */
  #floor: readonly Level[] = [];
  readonly #peers = new Set<Peer>();
  /** By the URI that clients know. */
  readonly #watched = new Map<string, Watched>();
  /** Who was asked to open an address, by server and id of the elicitation. */
  readonly #pages = new Map<string, Peer>();
  #listening: Promise<() => void> | undefined;

  constructor(deps: NewsDeps) {
    this.#deps = deps;
  }

  /** A lasting client has come. */
  welcome(peer: Peer): void {
    this.#peers.add(peer);
  }

  /** It has gone, with everything that it wanted. */
  farewell(peer: Peer): void {
    this.#peers.delete(peer);
    this.#levels.delete(peer);
    for (const uri of this.#watched.keys()) void this.unwatch(peer, uri);
  }

  levelOf(peer: Peer): Level | undefined {
    return this.#levels.get(peer);
  }

  /** From now on the client hears log messages of this level and above. */
  async setLevel(peer: Peer, level: unknown): Promise<Answer> {
    if (!isLevel(level)) return failure(CODE.invalidParams, 'params.level is not a level of log messages');
    this.#levels.set(peer, level);
    this.#listen();
    await Promise.all((await this.#servers()).map((server) => this.#tellLevel(server)));
    return success({});
  }

  /** A stateless client wants messages of this level with one request: the server must not keep them to itself. */
  async need(server: string, level: Level): Promise<void> {
    const told = this.#told.get(server);
    if (told === undefined || isHeard(level, told)) return;
    this.#floor = [lowest([level, ...this.#floor]) ?? level];
    await this.#tellLevel(server);
  }

  /**
   * The client was asked something by a server, or told of an address in an error. That such an address was opened is told
   * to nobody else (MCP 2025-11-25, elicitation, completion).
   */
  asks(peer: Peer, server: string, { elicitationId: id }: Json): void {
    if (typeof id !== 'string') return;
    this.#listen();
    this.#pages.set(pageKey(server, id), peer);
    if (this.#pages.size > MOST_PAGES) this.#pages.delete(this.#pages.keys().next().value as string);
  }

  /** From now on the client hears when the resource is updated. */
  async watch(peer: Peer, uri: unknown): Promise<Answer> {
    const target = typeof uri === 'string' ? (await this.#deps.keeper.current()).resource(uri) : undefined;
    if (typeof uri !== 'string' || target === undefined) return failure(CODE.invalidParams, 'Unknown resource');
    this.#listen();
    const known = this.#watched.get(uri);
    if (known !== undefined) {
      known.peers.add(peer);
      return success({});
    }
    this.#watched.set(uri, { server: target.server, uri: target.name, peers: new Set([peer]) });
    try {
      await this.#ask(target.server, 'resources/subscribe', { uri: target.name });
      return success({});
    } catch (error) {
      await this.unwatch(peer, uri);
      return refusal('resources/subscribe', judgedError(error, target.server, this.#deps.logger));
    }
  }

  /** The client does not want to hear of it any more. */
  async unwatch(peer: Peer, uri: unknown): Promise<Answer> {
    const known = typeof uri === 'string' ? this.#watched.get(uri) : undefined;
    if (typeof uri !== 'string' || known?.peers.delete(peer) !== true || known.peers.size > 0) return success({});
    this.#watched.delete(uri);
    await this.#ask(known.server, 'resources/unsubscribe', { uri: known.uri }).catch(() => undefined);
    return success({});
  }

  close(): void {
    this.#ended.abort(new Error('the endpoint is closed'));
    this.#listening?.then((off) => off()).catch(() => undefined);
  }

  /** From the first client on that wants to hear something. */
  #listen(): void {
    const { fleet, view, logger } = this.#deps;
    if (this.#listening !== undefined || fleet.listen === undefined) return;
    this.#listening = fleet.listen((said) => this.#heard(said), view);
    this.#listening.catch((error: unknown) => logger.error({ error }, 'the gateway hears nothing of its servers'));
    this.#follow().catch((error: unknown) => {
      if (!this.#ended.signal.aborted) logger.error({ error }, 'the gateway hears nothing of the fleet any more');
    });
  }

  async #follow(): Promise<void> {
    const { fleet, view } = this.#deps;
    const { signal } = this.#ended;
    for await (const event of fleet.events(signal, view === undefined ? {} : { view }))
      if (event.event === 'server.status' && event.to === 'connected' && event.server !== undefined)
        void this.#remind(event.server);
  }

  async #remind(server: string): Promise<void> {
    await this.#tellLevel(server);
    for (const watched of this.#watched.values())
      if (watched.server === server)
        await this.#ask(server, 'resources/subscribe', { uri: watched.uri }).catch(() => undefined);
  }

  async #servers(): Promise<readonly string[]> {
    const { fleet, view, only } = this.#deps;
    const all = await fleet.snapshots(view);
    return all
      .filter(({ name, status }) => status === 'connected' && (only === undefined || name === only))
      .map(({ name }) => name);
  }

  async #tellLevel(server: string): Promise<void> {
    const level = lowest([...this.#levels.values(), ...this.#floor]);
    if (level === undefined || !(await this.#hasLevels(server).catch(() => false))) return;
    this.#told.set(server, level);
    await this.#ask(server, 'logging/setLevel', { level }).catch(() => undefined);
  }

  /** A stateless server hears the level with each request. */
  async #hasLevels(server: string): Promise<boolean> {
    const { fleet, view } = this.#deps;
    const [{ era }, { capabilities }] = await Promise.all([fleet.snapshot(server, view), fleet.lists(server, view)]);
    return era === 'legacy' && capabilities?.['logging'] !== undefined;
  }

  async #ask(server: string, method: string, params: Json): Promise<void> {
    const { fleet, view } = this.#deps;
    const call = { timeoutMs: PATIENCE_MS, signal: this.#ended.signal, ...(view === undefined ? {} : { view }) };
    await fleet.request(server, method, params, call);
  }

  #heard({ server, method, params }: ServerNotification): void {
    if (this.#deps.only !== undefined && server !== this.#deps.only) return;
    if (method === 'notifications/resources/updated') this.#updated(server, params);
    else if (method === 'notifications/message') {
      for (const [peer, level] of this.#levels)
        if (isHeard(params['level'], level)) peer.tell(method, this.#named(server, params));
    } else if (method === 'notifications/elicitation/complete') this.#opened(server, method, params);
  }

  #opened(server: string, method: string, params: Json): void {
    const { elicitationId: id } = params;
    const key = typeof id === 'string' ? pageKey(server, id) : '';
    const peer = this.#pages.get(key);
    this.#pages.delete(key);
    if (peer !== undefined && this.#peers.has(peer)) peer.tell(method, params);
  }

  #updated(server: string, params: Json): void {
    for (const [exposed, { server: owner, uri, peers }] of this.#watched)
      if (owner === server && uri === params['uri'] && this.#deps.keeper.isShown(owner, uri))
        for (const peer of peers) peer.tell('notifications/resources/updated', { ...params, uri: exposed });
  }

  /** Where several servers speak, each says who it is. */
  #named(server: string, params: Json): Json {
    if (this.#deps.only !== undefined) return params;
    const { logger } = params;
    return { ...params, logger: typeof logger === 'string' ? `${server}/${logger}` : server };
  }
}
