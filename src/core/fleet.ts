/**
 * The one interface that every face uses (DESIGN §1.3). The local fleet and the remote one behind the daemon's socket
 * both implement it; what one face can do, all can do.
 *
 * @module
 */
import type { ActionReport } from './action-report.ts';
import type { EntryChange, SourceFile, NotLoaded, WriteReport } from './config-model.ts';
import type { CheckId } from './doctor-checks.ts';
import type { Scope } from './entry.ts';
import type { FleetEvent } from './events.ts';
import type { SignInFleet } from './fleet-sign-in.ts';
import type { Forwarded, ForwardRequest } from './forward.ts';
import type { GatewayRules } from './gateway-rules.ts';
import type { CallOptions, HelperRun, Lists } from './ports.ts';
import type { Snapshot } from './snapshot.ts';
import type { View } from './view.ts';

export type { ActionReport } from './action-report.ts';

/** Who owns the connections that a fleet speaks of. */
export interface Owner {
  /** `daemon` = the user's one owner; `in-process` = this process alone. */
  readonly kind: 'daemon' | 'in-process';
  readonly pid: number;
  readonly version: string;
  /** ISO-8601 UTC. */
  readonly startedAt: string;
}

/** What `reset` forgets beside what `reconnect` drops. */
export interface ResetOptions {
  /** Also the dynamic client registration. */
  readonly client?: boolean;
  /** Also the tokens, locally. */
  readonly credentials?: boolean;
}

/** The servers of a view, and what is not loaded. */
export interface SourcesReport {
  readonly files: readonly SourceFile[];
  readonly notLoaded: readonly NotLoaded[];
  readonly variables: readonly { readonly name: string; readonly set: boolean }[];
}

/** One line of a server's log. */
export interface LogLine {
  /** ISO-8601 UTC. */
  readonly at: string;
  readonly stream: 'stderr' | 'log' | 'timeline';
  readonly text: string;
}

/** One finding of `doctor`. */
export interface Finding {
  readonly level: 'ok' | 'note' | 'warning' | 'problem';
  /** What was looked at. */
  readonly check?: CheckId;
  readonly server?: string;
  readonly text: string;
  readonly hint?: string;
}

/** What an approval is about. */
export interface ApprovalView {
  readonly name: string;
  readonly state: string;
  readonly hash?: string;
  readonly summary: readonly string[];
  readonly difference: readonly string[];
}

/** One request to a server. */
export interface FleetCall extends CallOptions {
  readonly view?: View;
  /** Who may be asked: nobody, a person by url, or a person through a browser (BEHAVIOUR §7). Default `none`. */
  readonly interaction?: 'none' | 'url' | 'browser';
}

/** One request to pass on. */
export interface FleetForward extends ForwardRequest, Pick<FleetCall, 'view' | 'interaction'> {}

/** A fleet of servers. Every call may carry a view; without one the fleet's own is used. Errors are `HoldfastError`s. */
export interface Fleet extends SignInFleet {
  owner(): Promise<Owner>;
  snapshots(view?: View): Promise<readonly Snapshot[]>;
  /** Errors: `ERR_SERVER_UNKNOWN` with the nearest names in `data.nearest`. */
  snapshot(name: string, view?: View): Promise<Snapshot>;
  /** Every later event of the view until `signal` aborts; with `since`, kept ones with a higher `seq` first. */
  events(signal: AbortSignal, options?: { readonly since?: number; readonly view?: View }): AsyncIterable<FleetEvent>;
  /** Resolves when no server of the view (or none of `names`) is pending for a reason other than a person, or at the limit. */
  settled(options: {
    readonly timeoutMs: number;
    readonly names?: readonly string[];
    readonly view?: View;
    readonly signal?: AbortSignal;
  }): Promise<readonly Snapshot[]>;

  /** Re-reads the entry with the caller's values, re-runs the helper, drops transport and back-off, contacts now, keeps credentials. Waits for the outcome of that contact. */
  reconnect(name: string, view?: View): Promise<ActionReport>;
  /** `reconnect` without dropping anything: the waiting try is made now. */
  retryNow(name: string, view?: View): Promise<ActionReport>;
  /** Ends the tries; the status becomes `failed` · `stopped-by-user`. */
  stopTrying(name: string, view?: View): Promise<ActionReport>;
  /** `reconnect` and forget everything derived: discovery, era, session, cached lists. */
  reset(name: string, options?: ResetOptions, view?: View): Promise<ActionReport>;
  enable(name: string, view?: View): Promise<ActionReport>;
  disable(name: string, view?: View): Promise<ActionReport>;
  approve(name: string, hash?: string, view?: View): Promise<ActionReport>;
  reject(name: string, view?: View): Promise<ActionReport>;
  /** What an approval of the entry would approve. */
  approval(name: string, view?: View): Promise<ApprovalView>;

  add(
    request: {
      readonly name: string;
      readonly raw: Readonly<Record<string, unknown>>;
      readonly scope: Scope;
      readonly replace?: boolean;
    },
    view?: View,
  ): Promise<WriteReport>;
  edit(
    request: { readonly name: string; readonly scope?: Scope; readonly change: EntryChange },
    view?: View,
  ): Promise<WriteReport>;
  remove(request: { readonly name: string; readonly scope?: Scope }, view?: View): Promise<WriteReport>;

  sources(view?: View): Promise<SourcesReport>;
  logs(name: string, view?: View): Promise<readonly LogLine[]>;
  helperRun(name: string, view?: View): Promise<HelperRun | undefined>;
  doctor(name?: string, view?: View): Promise<readonly Finding[]>;
  /** The last good lists of a server. */
  lists(name: string, view?: View): Promise<Lists>;

  /**
   * One request to a server. Waits for a pending connection within the time-out; makes one half-open try where the
   * server is needs-auth or failed. Errors: `ERR_RPC` (data.rpc verbatim), `ERR_NEEDS_AUTH`, `ERR_FORBIDDEN`,
   * `ERR_RATE_LIMITED` (data.retryAfterMs), `ERR_UNREACHABLE`, `ERR_CALL_TIMEOUT`, `ERR_CALL_CANCELLED`,
   * `ERR_INTERRUPTED`, `ERR_BLOCKED`, `ERR_PENDING`; where it needs more rights than the sign-in has,
   * `ERR_STEP_UP_REQUIRED` (data.missingScopes, data.action, data.url) or `ERR_STEP_UP_REFUSED`.
   */
  request(name: string, method: string, params?: Readonly<Record<string, unknown>>, call?: FleetCall): Promise<unknown>;

  /** Ends every connection and waits for it. Idempotent. */
  close(): Promise<void>;
}

/** What a server says by itself: an updated resource, a log message, an ended elicitation. Changed lists are events. */
export interface ServerNotification {
  readonly server: string;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** A fleet that may pass requests on. Only one that owns its connections can: bytes are not worth a second process. */
export interface ForwardingFleet extends Fleet {
  /** As `request`, with the result unread and the same errors. */
  forward?(name: string, request: FleetForward): Promise<Forwarded>;
  /** What clients of a gateway see of the server. Errors: `ERR_SERVER_UNKNOWN`. */
  gatewayRules?(name: string, view?: View): Promise<GatewayRules | undefined>;
  /** Hears what the servers of a view say by themselves, until the result is called. */
  listen?(listener: (notification: ServerNotification) => void, view?: View): Promise<() => void>;
}
