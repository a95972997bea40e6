/**
 * One server of one view: its configuration, what keeps it from being contacted, its connection, its history.
 *
 * @module
 */
import { REASONS } from '../core/reasons.ts';
import { DEFAULT_NUMBERS } from '../core/numbers.ts';
import { initialState, reasonOfState } from '../core/state.ts';
import { askedToWaitMs, isTrying, step } from '../core/step.ts';
import { describe } from './describe.ts';
import { hasOtherPath, takePath } from './path.ts';
import { Timeline } from './timeline.ts';
import type { CredentialInfo } from '../core/credential.ts';
import type { ConfiguredServer } from '../core/config-model.ts';
import type { EffectiveEntry } from '../core/entry.ts';
import type { FleetEventBody } from '../core/events.ts';
import type { Fault } from '../core/fault.ts';
import type { Notified } from '../core/forward.ts';
import type { ReasonId } from '../core/reasons.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { Barrier, State } from '../core/state.ts';
import type { Connection } from './connection.ts';
import type { FleetDeps } from './deps.ts';
import type { Pool } from './pool.ts';
import type { Told } from './told.ts';

/** Timeline entries that ride along in events; the whole history is in the snapshot itself. */
const EVENT_TIMELINE = 3;

/** What `auth.required` asks for; every other reason asks for credentials. */
const AUTH_KINDS: { readonly [K in ReasonId]?: 'sign-in' | 'step-up' } = {
  'sign-in-required': 'sign-in',
  'sign-in-expired': 'sign-in',
  'client-registration-refused': 'sign-in',
  'step-up-required': 'step-up',
};

/** Why a configured server may not be contacted, if so (BEHAVIOUR §5.1). */
export function barrierOf(server: ConfiguredServer, resolved: EffectiveEntry | Fault | undefined): Barrier | undefined {
  const { state } = server.approval;
  if (state === 'rejected') return { kind: 'disabled', reason: 'rejected-by-user' };
  // Before what is wrong with it: a broken entry can be switched off too.
  if (!server.enabled) return { kind: 'disabled', reason: 'disabled-by-user' };
  if (server.problem !== undefined) return { kind: 'invalid', fault: server.problem };
  if (state === 'awaiting') return { kind: 'blocked', reason: 'awaiting-approval' };
  if (state === 'changed') {
    const runsHelper = server.entry?.endpoint.kind !== 'stdio' && server.entry?.endpoint.headersHelper !== undefined;
    return { kind: 'blocked', reason: runsHelper ? 'helper-untrusted' : 'awaiting-approval' };
  }
  if (resolved !== undefined && 'reason' in resolved) return { kind: 'invalid', fault: resolved };
  return undefined;
}

/**
 * A start and an enable always contact the server (BEHAVIOUR §5.1), so an outcome that another server of the same entry
 * met earlier is not taken for this one's. Only a person undercuts the time that the server named.
 */
function refresh(connection: Connection, phase: 'startup' | 'manual', now: number): void {
  const { state, numbers } = connection;
  const mayWait = state.status === 'failed' || state.status === 'needs-auth' ? state : undefined;
  if (phase === 'manual' && state.status !== 'connected' && !isTrying(state)) connection.send({ type: 'reconnect' });
  else if (mayWait !== undefined && !mayWait.probing && askedToWaitMs(mayWait, numbers, now) <= 0)
    connection.send({ type: 'start', phase });
}

/** Whether clients of a gateway see the same of both: it is told, and the connection stays. */
function isSameShow(one: ConfiguredServer, other: ConfiguredServer): boolean {
  return JSON.stringify(one.entry?.settings.gateway) === JSON.stringify(other.entry?.settings.gateway);
}

/** What a binding is about, and whom it tells. */
export interface BindingAbout {
  readonly server: ConfiguredServer;
  readonly tell: (body: FleetEventBody) => void;
  /** Hears what the server says by itself. */
  readonly notified: Notified;
}

/** One server of one view. */
export class Binding {
  readonly #deps: FleetDeps;
  readonly #pool: Pool;
  readonly #tell: (body: FleetEventBody) => void;
  readonly #notified: BindingAbout['notified'];
  readonly #timeline = new Timeline();
  #server: ConfiguredServer;
  #barrierKey = '';
  #barred: State;
  #connection: Connection | undefined;
  /** The entry as it is meant from this view; the connection may have been made from another one. */
  #meant: EffectiveEntry | undefined;
  #off: (() => void) | undefined;
  /** The login as last seen: a server that is switched off keeps it. */
  #login: CredentialInfo | undefined;
  /** The end of the connections it had before. */
  #gone: Promise<void> = Promise.resolve();

  constructor(deps: FleetDeps, pool: Pool, about: BindingAbout) {
    this.#deps = deps;
    this.#pool = pool;
    this.#tell = about.tell;
    this.#notified = about.notified;
    this.#server = about.server;
    this.#barred = initialState(deps.clock.now());
  }

  get name(): string {
    return this.#server.name;
  }

  get server(): ConfiguredServer {
    return this.#server;
  }

  get connection(): Connection | undefined {
    return this.#connection;
  }

  /** Whether its process is started with another PATH than that of this view. */
  get hasOtherPath(): boolean {
    return hasOtherPath(this.#connection, this.#meant);
  }

  get state(): State {
    return this.#connection?.state ?? this.#barred;
  }

  /** A person asks from this view: the next process has its PATH. Returns what that did, in words. */
  takePath(): readonly string[] {
    const isOther = this.#connection !== undefined && takePath(this.#connection, this.#meant);
    return isOther ? ['took the PATH of this shell'] : [];
  }

  /** Takes over what configuration says now. Returns whether the server itself (not just its place) has changed. */
  apply(server: ConfiguredServer, resolved: EffectiveEntry | Fault | undefined, phase: 'startup' | 'manual'): boolean {
    const isShownOtherwise = !isSameShow(this.#server, server);
    this.#server = server;
    const barrier = barrierOf(server, resolved);
    if (barrier !== undefined) return this.#bar(barrier);
    const entry = resolved as EffectiveEntry;
    this.#meant = entry;
    if (this.#connection?.entry.key === entry.key && this.#connection.entry.signIn === entry.signIn)
      return isShownOtherwise;
    const before = this.#snapshotStatus();
    this.#barrierKey = '';
    this.#let();
    const { connection, isNew } = this.#pool.hold(entry, this.#gone);
    if (isNew) connection.send({ type: 'start', phase });
    else {
      this.note('status', 'shares a connection that is there already');
      refresh(connection, phase, this.#deps.clock.now());
    }
    this.#connection = connection;
    this.#off = connection.told.on((told) => this.#hear(told));
    this.#tellStatus(before, connection.state);
    return true;
  }

  /** Adds a line to the history. */
  note(kind: string, text: string): void {
    this.#timeline.add(this.#deps.clock.now(), { kind, text: this.#deps.redactor.redact(text) });
  }

  snapshot(timeline?: number): Snapshot {
    const notices = this.#deps.storeNotices?.() ?? [];
    const about = {
      server: this.#server,
      state: this.state,
      connection: this.#connection,
      timeline: this.#timeline.entries(timeline),
      login: this.#connection === undefined ? this.#login : this.#connection.signing.logins.login,
      hasOtherPath: this.hasOtherPath,
      isUnkept: notices.some(({ kind }) => kind === 'memory-only'),
    };
    return describe(about, this.#deps.redactor);
  }

  /** Lets go of the connection. */
  release(): void {
    this.#let();
  }

  #snapshotStatus(): State | undefined {
    return this.#connection?.state ?? (this.#barrierKey === '' ? undefined : this.#barred);
  }

  #bar(barrier: Barrier): boolean {
    // Another hash is another decision to ask for.
    const hash = barrier.kind === 'blocked' ? this.#server.approval.hash : undefined;
    const key = JSON.stringify([barrier, hash]);
    if (key === this.#barrierKey) return false;
    const before = this.#snapshotStatus();
    this.#let();
    this.#barrierKey = key;
    const from = before ?? this.#barred;
    const policy = {
      numbers: DEFAULT_NUMBERS,
      transport: 'remote',
      helper: false,
      now: this.#deps.clock.now(),
      roll: 0,
    } as const;
    this.#barred = step(from, { type: 'barrier', barrier }, policy).state;
    const reason = reasonOfState(this.#barred);
    if (reason !== undefined) this.#noteState(this.#barred, REASONS[reason].sentence);
    this.#tellStatus(before, this.#barred);
    if (hash !== undefined) this.#tell({ event: 'approval.required', hash });
    return true;
  }

  #let(): void {
    this.#off?.();
    this.#off = undefined;
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection !== undefined) this.#login = connection.signing.logins.login;
    if (connection !== undefined) this.#gone = this.#pool.release(connection);
  }

  #hear(told: Told): void {
    if (told.kind === 'note') this.#timeline.add(this.#deps.clock.now(), told.note);
    else if (told.kind === 'event') this.#tell(told.body);
    else if (told.kind === 'notification') this.#notified(told.method, told.params);
    else if (told.kind === 'state') this.#tellStatus(told.from, told.to);
  }

  #noteState(state: State, text: string): void {
    const reason = reasonOfState(state);
    this.#timeline.add(this.#deps.clock.now(), {
      kind: 'status',
      text: this.#deps.redactor.redact(text),
      status: state.status,
      ...(reason === undefined ? {} : { reason }),
    });
  }

  /** Tells a change of status word or reason; the steps in between have events of their own. */
  #tellStatus(from: State | undefined, to: State): void {
    const reason = reasonOfState(to);
    const isSame = from !== undefined && from.status === to.status && reasonOfState(from) === reason;
    if (isSame) return;
    if (from?.status !== to.status) this.#noteState(to, `${to.status}${reason === undefined ? '' : ` · ${reason}`}`);
    this.#tell({
      event: 'server.status',
      ...(from === undefined ? {} : { from: from.status }),
      to: to.status,
      ...(reason === undefined ? {} : { reason }),
      snapshot: this.snapshot(EVENT_TIMELINE),
    });
    if (to.status === 'needs-auth') this.#tellAuth(to.fault);
  }

  #tellAuth(fault: Fault): void {
    const kind = AUTH_KINDS[fault.reason] ?? 'credentials';
    this.#tell({ event: 'auth.required', kind, scopes: fault.missingScopes ?? [] });
  }
}
