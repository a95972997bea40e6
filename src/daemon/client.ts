/**
 * The fleet of the running daemon, over its socket. Loads little and at once: `holdfast status` waits for this file.
 *
 * @module
 */
import { HoldfastError } from '../base/errors.ts';
import type { EntryChange, PlaceNames, WriteReport } from '../core/config-model.ts';
import type { Scope } from '../core/entry.ts';
import type { CredentialInfo } from '../core/credential.ts';
import type { FleetEvent } from '../core/events.ts';
import type { LoginStarted, LogoutOptions } from '../core/fleet-sign-in.ts';
import type {
  ActionReport,
  ApprovalView,
  Finding,
  Fleet,
  FleetCall,
  LogLine,
  Owner,
  ResetOptions,
  SourcesReport,
} from '../core/fleet.ts';
import type { HelperRun, Lists, Progress } from '../core/ports.ts';
import type { LoginOptions } from '../core/sign-in.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { View } from '../core/view.ts';
import { CallsUnderWay } from './calls.ts';
import { exchange } from './exchange.ts';
import type { Caller, Reply } from './exchange.ts';
import { DAEMON_ROUTE, NAMES_ROUTE, PROTOCOL, ROUTES, pathOf } from './protocol.ts';
import type { Method, Route } from './protocol.ts';
import type { DaemonStatus } from './status.ts';
import { errorFromJson } from './wire-error.ts';

/** What one method sends: the name of the server (or the id of a sign-in) goes into the path, the rest into the body. */
interface Sent {
  readonly name?: string | undefined;
  readonly view?: View | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly [field: string]: unknown;
}

function routeOf(method: Method): Route {
  if (method === 'daemon') return DAEMON_ROUTE;
  return method === 'names' ? NAMES_ROUTE : ROUTES[method];
}

function closedError(): HoldfastError {
  return new HoldfastError('ERR_CLOSED', 'this connection to the daemon was closed');
}

// A call that the daemon took along into its grave may have reached the server: the caller must know the difference.
function interrupted(error: unknown): unknown {
  if (!(error instanceof HoldfastError) || error.code !== 'ERR_DAEMON_UNREACHABLE') return error;
  return new HoldfastError('ERR_INTERRUPTED', 'the daemon went away while the call was under way', {
    hint: 'The server may have acted on it. Look before you send it again.',
    cause: error,
  });
}

/** `Fleet` behind a socket. Closing it ends what this client waits for; the daemon and its connections live on. */
export class RemoteFleet implements Fleet {
  readonly #caller: Caller;
  readonly #view: View | undefined;
  readonly #calls = new CallsUnderWay();

  /** `view` is sent along with every call that carries none. */
  constructor(caller: Caller, view?: View) {
    this.#caller = caller;
    this.#view = view;
  }

  owner(): Promise<Owner> {
    return this.#ask('owner');
  }

  /** What the daemon tells of itself. */
  daemon(): Promise<DaemonStatus> {
    return this.#ask('daemon');
  }

  /** What must be known of a place to look from it, and who says so; the view need not have values. */
  names(view: View): Promise<PlaceNames & { readonly owner: Owner }> {
    return this.#ask('names', { view });
  }

  snapshots(view?: View): Promise<readonly Snapshot[]> {
    return this.#ask('snapshots', { view });
  }

  snapshot(name: string, view?: View): Promise<Snapshot> {
    return this.#ask('snapshot', { name, view });
  }

  async *events(
    signal: AbortSignal,
    { since, view }: { readonly since?: number; readonly view?: View } = {},
  ): AsyncGenerator<FleetEvent> {
    if (signal.aborted) return;
    try {
      for await (const line of await this.#open('events', { view, since, signal })) {
        const value = JSON.parse(line) as FleetEvent | { readonly error: unknown };
        // An event may have a field of that name, too.
        if (!('event' in value)) throw errorFromJson(value.error);
        yield value;
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  settled(options: {
    readonly timeoutMs: number;
    readonly names?: readonly string[];
    readonly view?: View;
    readonly signal?: AbortSignal;
  }): Promise<readonly Snapshot[]> {
    return this.#ask('settled', options);
  }

  reconnect(name: string, view?: View): Promise<ActionReport> {
    return this.#ask('reconnect', { name, view });
  }

  retryNow(name: string, view?: View): Promise<ActionReport> {
    return this.#ask('retryNow', { name, view });
  }

  stopTrying(name: string, view?: View): Promise<ActionReport> {
    return this.#ask('stopTrying', { name, view });
  }

  reset(name: string, options?: ResetOptions, view?: View): Promise<ActionReport> {
    return this.#ask('reset', { name, options, view });
  }

  enable(name: string, view?: View): Promise<ActionReport> {
    return this.#ask('enable', { name, view });
  }

  disable(name: string, view?: View): Promise<ActionReport> {
    return this.#ask('disable', { name, view });
  }

  approve(name: string, hash?: string, view?: View): Promise<ActionReport> {
    return this.#ask('approve', { name, hash, view });
  }

  reject(name: string, view?: View): Promise<ActionReport> {
    return this.#ask('reject', { name, view });
  }

  approval(name: string, view?: View): Promise<ApprovalView> {
    return this.#ask('approval', { name, view });
  }

  add(
    entry: {
      readonly name: string;
      readonly raw: Readonly<Record<string, unknown>>;
      readonly scope: Scope;
      readonly replace?: boolean;
    },
    view?: View,
  ): Promise<WriteReport> {
    return this.#ask('add', { entry, view });
  }

  edit(
    { name, ...edit }: { readonly name: string; readonly scope?: Scope; readonly change: EntryChange },
    view?: View,
  ): Promise<WriteReport> {
    return this.#ask('edit', { name, ...edit, view });
  }

  remove({ name, scope }: { readonly name: string; readonly scope?: Scope }, view?: View): Promise<WriteReport> {
    return this.#ask('remove', { name, scope, view });
  }

  sources(view?: View): Promise<SourcesReport> {
    return this.#ask('sources', { view });
  }

  logs(name: string, view?: View): Promise<readonly LogLine[]> {
    return this.#ask('logs', { name, view });
  }

  helperRun(name: string, view?: View): Promise<HelperRun | undefined> {
    return this.#ask('helperRun', { name, view });
  }

  doctor(name?: string, view?: View): Promise<readonly Finding[]> {
    return this.#ask('doctor', { server: name, view });
  }

  lists(name: string, view?: View): Promise<Lists> {
    return this.#ask('lists', { name, view });
  }

  startLogin(name: string, options?: LoginOptions, view?: View): Promise<LoginStarted> {
    return this.#ask('startLogin', { name, options, view });
  }

  finishLogin(flow: string, callback: string, view?: View): Promise<ActionReport> {
    return this.#ask('finishLogin', { name: flow, callback, view });
  }

  loginResult(
    flow: string,
    options: { readonly timeoutMs?: number; readonly signal?: AbortSignal; readonly view?: View } = {},
  ): Promise<ActionReport> {
    return this.#ask('loginResult', { ...options, name: flow });
  }

  async cancelLogin(flow: string, view?: View): Promise<void> {
    await this.#ask('cancelLogin', { name: flow, view });
  }

  logout(name: string, options?: LogoutOptions, view?: View): Promise<ActionReport> {
    return this.#ask('logout', { name, options, view });
  }

  grantStepUp(name: string, options?: LoginOptions, view?: View): Promise<LoginStarted> {
    return this.#ask('grantStepUp', { name, options, view });
  }

  declineStepUp(name: string, view?: View): Promise<ActionReport> {
    return this.#ask('declineStepUp', { name, view });
  }

  setProfile(name: string, profile: string | undefined, view?: View): Promise<ActionReport> {
    return this.#ask('setProfile', { name, profile, view });
  }

  credentials(): Promise<readonly CredentialInfo[]> {
    return this.#ask('credentials');
  }

  async request(
    name: string,
    method: string,
    params?: Readonly<Record<string, unknown>>,
    { signal, onProgress, ...call }: FleetCall = {},
  ): Promise<unknown> {
    const sent: Sent = { ...call, name, method, params, signal, progress: onProgress !== undefined };
    try {
      for await (const line of await this.#open('request', sent)) {
        const value = JSON.parse(line) as { progress?: Progress; result?: unknown; error?: unknown };
        if (value.error !== undefined) throw errorFromJson(value.error);
        if (value.progress === undefined) return value.result;
        onProgress?.(value.progress);
      }
      throw new HoldfastError('ERR_DAEMON_UNREACHABLE', 'the daemon ended the answer too early');
    } catch (error) {
      if (signal?.aborted === true)
        throw new HoldfastError('ERR_CALL_CANCELLED', 'the call was cancelled', { cause: error });
      throw interrupted(error);
    }
  }

  /**
   * Asks the daemon to finish what is under way (at most `drainMs`, default 0), to end every connection and to exit.
   * Resolves when its process has let go of the socket.
   */
  async stop({
    drainMs = 0,
    signal,
  }: { readonly drainMs?: number; readonly signal?: AbortSignal } = {}): Promise<void> {
    let done = false;
    try {
      for await (const line of await this.#open('close', { drainMs, signal })) {
        const value = JSON.parse(line) as { error?: unknown };
        if (value.error !== undefined) throw errorFromJson(value.error);
        done = true;
      }
    } catch (error) {
      // The daemon holds this connection until its process ends: being cut off is the answer that was waited for.
      if (!done || signal?.aborted === true) throw error;
    }
  }

  close(): Promise<void> {
    this.#calls.close(closedError());
    return Promise.resolve();
  }

  async #ask<T>(method: Method, sent: Sent = {}): Promise<T> {
    const reply = await this.#send(method, sent);
    return this.#resultOf(await reply.text()) as T;
  }

  async #open(method: Method, sent: Sent): Promise<AsyncGenerator<string>> {
    const reply = await this.#send(method, sent);
    if (reply.status !== 200) this.#resultOf(await reply.text());
    return reply.lines();
  }

  async #send(method: Method, { name, view, signal, ...fields }: Sent): Promise<Reply> {
    const route = routeOf(method);
    const reply = await exchange(this.#caller, {
      http: route.http,
      path: pathIn(route, name),
      body: { view: view ?? this.#view, ...fields },
      call: this.#calls.begin(signal),
    });
    if (method !== 'owner' && method !== 'close' && reply.protocol !== PROTOCOL) {
      await reply.text().catch(() => {});
      throw new HoldfastError('ERR_DAEMON_VERSION', `the daemon (${reply.version}) speaks another protocol`, {
        hint: 'Run: holdfast daemon stop',
        data: { daemon: reply.version, here: this.#caller.version },
      });
    }
    return reply;
  }

  #resultOf(text: string): unknown {
    let answer: { result?: unknown; error?: unknown };
    try {
      answer = JSON.parse(text) as typeof answer;
    } catch (error) {
      throw new HoldfastError('ERR_DAEMON_UNREACHABLE', 'what answers at the socket is no daemon of Holdfast', {
        hint: `Look at ${this.#caller.socketPath}.`,
        cause: error,
      });
    }
    if (answer.error !== undefined) throw errorFromJson(answer.error);
    return answer.result;
  }
}

function pathIn(route: Route, name: string | undefined): string {
  try {
    return pathOf(route, name);
  } catch (error) {
    throw new HoldfastError('ERR_USAGE', 'the name of the server is not valid Unicode', { cause: error });
  }
}
