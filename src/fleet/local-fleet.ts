/**
 * The fleet that owns its connections: the implementation behind the library, the in-process CLI and the daemon.
 *
 * @module
 */
import { iso } from '../base/clock.ts';
import { HoldfastError } from '../base/errors.ts';
import { LightAbortController } from '../base/light-abort.ts';
import { act, type Action } from './acting.ts';
import { isAbout } from './logins.ts';
import { ready, request } from './calls.ts';
import { examine } from './doctor.ts';
import { forward } from './forward.ts';
import { Journal, type Hearer } from './journal.ts';
import { limited } from './limit.ts';
import { logOf } from './log.ts';
import { nearest } from './nearest.ts';
import { Pool } from './pool.ts';
import { completed, declineStepUp, grantStepUp, logout, serverOf, startLogin } from './sign-in-acts.ts';
import { failedError, waitingError } from './sign-in-words.ts';
import { Views, closedError } from './views.ts';
import { watchSleep } from './wake.ts';
import type { EntryChange, WriteReport } from '../core/config-model.ts';
import type { CredentialInfo } from '../core/credential.ts';
import type { Scope } from '../core/entry.ts';
import type { FleetEvent } from '../core/events.ts';
import type { LoginStarted, LogoutOptions } from '../core/fleet-sign-in.ts';
import type {
  ActionReport,
  ApprovalView,
  Finding,
  FleetCall,
  FleetForward,
  ForwardingFleet,
  LogLine,
  Owner,
  ResetOptions,
  ServerNotification,
  SourcesReport,
} from '../core/fleet.ts';
import type { Forwarded } from '../core/forward.ts';
import type { GatewayRules } from '../core/gateway-rules.ts';
import type { HelperRun, Lists } from '../core/ports.ts';
import type { LoginOptions, LoginOutcome } from '../core/sign-in.ts';
import type { Snapshot, Status } from '../core/snapshot.ts';
import { samePlace, type View } from '../core/view.ts';
import type { Binding } from './binding.ts';
import type { FleetDeps } from './deps.ts';
import type { SignInScene } from './sign-in-acts.ts';
import type { ViewState } from './view-state.ts';

/** What the daemon's own status shows beside the servers. */
export interface FleetFigures {
  readonly views: number;
  readonly connections: number;
  readonly enabled: number;
  /** Servers of all views, by status. */
  readonly servers: Readonly<Record<Status, number>>;
}

/** A fleet in this process. */
export class LocalFleet implements ForwardingFleet {
  readonly #deps: FleetDeps;
  readonly #pool: Pool;
  readonly #journal: Journal;
  readonly #views: Views;
  readonly #startedAt: string;
  readonly #unwatchSleep: () => void;
  readonly #unwatchLogins: () => void;
  /** Every reader and every wait listens to it: a platform signal would warn of more than ten. */
  readonly #ended = new LightAbortController();
  #closing: Promise<void> | undefined;

  constructor(deps: FleetDeps) {
    this.#deps = deps;
    this.#pool = new Pool(deps);
    this.#journal = new Journal(deps.clock, (error) => deps.logger.error({ error }, 'a reader of events failed'));
    this.#views = new Views(deps, this.#pool, this.#journal);
    this.#startedAt = iso(deps.clock.now());
    this.#unwatchSleep = watchSleep(deps.clock, deps.numbers.wakeGapMs, () => {
      for (const connection of this.#pool.all()) connection.send({ type: 'woke' });
    });
    this.#unwatchLogins = deps.signIns.onChange((change) => {
      for (const connection of this.#pool.all()) {
        if (isAbout(change, connection.entry)) connection.signing.changed(change);
      }
    });
  }

  async owner(): Promise<Owner> {
    return { ...this.#deps.owner, startedAt: this.#startedAt };
  }

  /** How much this owner holds. */
  figures(): FleetFigures {
    const views = this.#views.all();
    const bindings = views.flatMap((state) => [...state.bindings.values()]);
    const enabled = bindings.filter((binding) => binding.connection !== undefined);
    const servers = { connected: 0, pending: 0, 'needs-auth': 0, failed: 0, disabled: 0 };
    for (const { state } of bindings) servers[state.status] += 1;
    return { views: views.length, connections: [...this.#pool.all()].length, enabled: enabled.length, servers };
  }

  /** Reads the files of every open view of the place again, for a caller that knows they have changed. */
  async refresh(view: View): Promise<void> {
    const place = samePlace(view);
    const open = this.#views.all().filter((state) => samePlace(state.view) === place);
    await Promise.all(open.map((state) => state.reconcile('startup')));
  }

  snapshots(view?: View): Promise<readonly Snapshot[]> {
    return this.#views.using(view, (state) => [...state.bindings.values()].map((binding) => binding.snapshot()));
  }

  snapshot(name: string, view?: View): Promise<Snapshot> {
    return this.#views.using(view, (state) => this.#find(state, name).snapshot());
  }

  async *events(
    signal: AbortSignal,
    options: { readonly since?: number; readonly view?: View } = {},
  ): AsyncGenerator<FleetEvent> {
    // Opening the view takes time; what happens meanwhile is told too.
    const since = options.since ?? this.#journal.seq;
    const state = await this.#views.hold(options.view);
    const limit = limited(this.#deps.clock, undefined, signal, this.#ended.signal);
    try {
      yield* this.#journal.read(state.place, limit.signal, since);
    } finally {
      limit.end();
      this.#views.letGo(state);
    }
  }

  /** Hears every event of every view; it is closed before the connections are. */
  attach(hearer: Hearer): void {
    this.#journal.attach(hearer);
  }

  settled(options: {
    readonly timeoutMs: number;
    readonly names?: readonly string[];
    readonly view?: View;
    readonly signal?: AbortSignal;
  }): Promise<readonly Snapshot[]> {
    return this.#views.using(options.view, async (state) => {
      for (const name of options.names ?? []) this.#find(state, name);
      const limit = limited(this.#deps.clock, options.timeoutMs, options.signal, this.#ended.signal);
      try {
        await state.settled(options.names, limit.signal);
      } finally {
        limit.end();
      }
      if (this.#closing !== undefined) throw closedError();
      return state.chosen(options.names).map((binding) => binding.snapshot());
    });
  }

  reconnect(name: string, view?: View): Promise<ActionReport> {
    return this.#act(name, view, { kind: 'reconnect' });
  }

  retryNow(name: string, view?: View): Promise<ActionReport> {
    return this.#act(name, view, { kind: 'retry-now' });
  }

  stopTrying(name: string, view?: View): Promise<ActionReport> {
    return this.#act(name, view, { kind: 'stop' });
  }

  reset(name: string, options: ResetOptions = {}, view?: View): Promise<ActionReport> {
    return this.#act(name, view, { kind: 'reset', options });
  }

  enable(name: string, view?: View): Promise<ActionReport> {
    return this.#act(name, view, { kind: 'enable', enabled: true });
  }

  disable(name: string, view?: View): Promise<ActionReport> {
    return this.#act(name, view, { kind: 'enable', enabled: false });
  }

  approve(name: string, hash?: string, view?: View): Promise<ActionReport> {
    return this.#act(name, view, { kind: 'approve', ...(hash === undefined ? {} : { hash }) });
  }

  reject(name: string, view?: View): Promise<ActionReport> {
    return this.#act(name, view, { kind: 'reject' });
  }

  approval(name: string, view?: View): Promise<ApprovalView> {
    return this.#views.using(view, (own) => {
      const { state, summary, difference, hash } = own.approvalOf(this.#find(own, name));
      return { name, state, summary, difference, ...(hash === undefined ? {} : { hash }) };
    });
  }

  add(
    asked: {
      readonly name: string;
      readonly raw: Readonly<Record<string, unknown>>;
      readonly scope: Scope;
      readonly replace?: boolean;
    },
    view?: View,
  ): Promise<WriteReport> {
    return this.#write(view, (state) => this.#deps.config.add(state.view, asked));
  }

  edit(
    asked: { readonly name: string; readonly scope?: Scope; readonly change: EntryChange },
    view?: View,
  ): Promise<WriteReport> {
    return this.#write(view, (state) => this.#deps.config.edit(state.view, asked));
  }

  remove(asked: { readonly name: string; readonly scope?: Scope }, view?: View): Promise<WriteReport> {
    return this.#write(view, (state) => this.#deps.config.remove(state.view, asked));
  }

  sources(view?: View): Promise<SourcesReport> {
    return this.#views.using(view, ({ loaded, view: own }) => {
      const variables = loaded.variables.map((name) => ({ name, set: Object.hasOwn(own.variables, name) }));
      return { files: loaded.files, notLoaded: loaded.notLoaded, variables };
    });
  }

  logs(name: string, view?: View): Promise<readonly LogLine[]> {
    return this.#views.using(view, (state) => logOf(this.#find(state, name), this.#deps));
  }

  helperRun(name: string, view?: View): Promise<HelperRun | undefined> {
    return this.#views.using(view, (state) => this.#find(state, name).connection?.helperRun);
  }

  doctor(name?: string, view?: View): Promise<readonly Finding[]> {
    return this.#views.using(view, (state) => {
      const isNamed = name === undefined || state.loaded.notLoaded.some((entry) => entry.name === name);
      if (!isNamed) this.#find(state, name);
      return examine(state, this.#deps, name);
    });
  }

  lists(name: string, view?: View): Promise<Lists> {
    return this.#views.using(view, async (state) => {
      const { connection } = this.#find(state, name);
      const known = connection?.lists();
      if (known !== undefined) return known.lists;
      const { connectTimeoutMs } = connection?.numbers ?? this.#deps.numbers;
      const limit = limited(this.#deps.clock, connectTimeoutMs);
      try {
        const { live } = await ready(() => this.#find(state, name), limit);
        return live.session.lists;
      } finally {
        limit.end();
      }
    });
  }

  startLogin(name: string, options: LoginOptions = {}, view?: View): Promise<LoginStarted> {
    return this.#signIn(name, view, (scene) => startLogin(scene, options));
  }

  async finishLogin(flow: string, callback: string, view?: View): Promise<ActionReport> {
    return this.#views.using(view, async (state) => {
      const end = await this.#deps.signIns.finish(flow, callback, { signal: this.#ended.signal });
      return this.#settleLogin(state, flow, end);
    });
  }

  loginResult(
    flow: string,
    options: { readonly timeoutMs?: number; readonly signal?: AbortSignal; readonly view?: View } = {},
  ): Promise<ActionReport> {
    return this.#views.using(options.view, async (state) => {
      const limit = limited(this.#deps.clock, options.timeoutMs, options.signal, this.#ended.signal);
      try {
        return await this.#settleLogin(state, flow, await this.#deps.signIns.outcome(flow, limit.signal));
      } catch (error) {
        if (this.#closing !== undefined) throw closedError();
        if (limit.isTimeUp) throw waitingError(flow, error);
        throw error;
      } finally {
        limit.end();
      }
    });
  }

  cancelLogin(flow: string, view?: View): Promise<void> {
    return this.#views.using(view, () => this.#deps.signIns.cancel(flow));
  }

  logout(name: string, options: LogoutOptions = {}, view?: View): Promise<ActionReport> {
    return this.#signIn(name, view, (scene) => logout(scene, options));
  }

  grantStepUp(name: string, options: LoginOptions = {}, view?: View): Promise<LoginStarted> {
    return this.#signIn(name, view, (scene) => grantStepUp(scene, options));
  }

  declineStepUp(name: string, view?: View): Promise<ActionReport> {
    return this.#signIn(name, view, declineStepUp);
  }

  setProfile(name: string, profile: string | undefined, view?: View): Promise<ActionReport> {
    return this.#act(name, view, { kind: 'profile', profile });
  }

  credentials(): Promise<readonly CredentialInfo[]> {
    return this.#deps.signIns.list();
  }

  request(
    name: string,
    method: string,
    params?: Readonly<Record<string, unknown>>,
    call: FleetCall = {},
  ): Promise<unknown> {
    return this.#views.using(call.view, (state) =>
      request(this.#deps, () => this.#find(state, name), { method, params, call }),
    );
  }

  forward(name: string, asked: FleetForward): Promise<Forwarded> {
    return this.#views.using(asked.view, (state) => forward(this.#deps, () => this.#find(state, name), asked));
  }

  gatewayRules(name: string, view?: View): Promise<GatewayRules | undefined> {
    return this.#views.using(view, (state) => this.#find(state, name).server.entry?.settings.gateway);
  }

  listen(listener: (notification: ServerNotification) => void, view?: View): Promise<() => void> {
    return this.#views.listen(listener, view);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#unwatchSleep();
    this.#unwatchLogins();
    this.#ended.abort(new Error('the fleet is closed'));
    this.#views.close();
    await this.#journal.close();
    await this.#pool.close();
    // What redeems a token must not be cut off: nobody else has the new one.
    await this.#deps.signIns.close();
    await this.#deps.connector.close();
  }

  #find(state: ViewState, name: string): Binding {
    if (this.#closing !== undefined) throw closedError();
    const binding = state.bindings.get(name);
    if (binding !== undefined) return binding;
    const names = [...state.bindings.keys()];
    const close = nearest(name, names);
    const hint =
      close.length > 0 ? `Did you mean ${close.join(' or ')}?` : 'Run "holdfast list" to see the configured servers.';
    throw new HoldfastError('ERR_SERVER_UNKNOWN', `no server is named "${name}"`, {
      hint,
      data: { server: name, nearest: close },
    });
  }

  #act(name: string, view: View | undefined, action: Action): Promise<ActionReport> {
    // Connections that begin from here on contact the server because of this very action.
    const mark = this.#pool.made;
    return this.#views.using(view, async (state) => {
      this.#find(state, name);
      if (action.kind === 'reconnect' || action.kind === 'reset') this.#views.supersede(state);
      const { memory } = this.#pool.shared;
      return act(this.#deps, { state, action, memory, mark, find: () => this.#find(state, name) });
    });
  }

  #signIn<T>(name: string, view: View | undefined, work: (scene: SignInScene) => Promise<T>): Promise<T> {
    return this.#views.using(view, (state) => work({ deps: this.#deps, find: () => this.#find(state, name) }));
  }

  /** The report of a sign-in that is over, about the server of the view that it was for. */
  async #settleLogin(state: ViewState, flow: string, end: LoginOutcome): Promise<ActionReport> {
    const name = serverOf(state, flow, end)?.name ?? end.server;
    if (end.kind === 'failed') throw failedError(name, end);
    return completed({ deps: this.#deps, find: () => this.#find(state, name) }, end);
  }

  #write(view: View | undefined, work: (state: ViewState) => Promise<WriteReport>): Promise<WriteReport> {
    return this.#views.using(view, async (state) => {
      const report = await work(state);
      await state.reconcile('startup');
      return report;
    });
  }
}
