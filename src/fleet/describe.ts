/**
 * From state to `Snapshot`: what every face shows of a server (BEHAVIOUR §1).
 *
 * @module
 */
import { iso } from '../base/clock.ts';
import { actionsFor } from '../core/actions.ts';
import { faultMessage } from '../core/classify.ts';
import { REASONS } from '../core/reasons.ts';
import type { ReasonId } from '../core/reasons.ts';
import { reasonOfState } from '../core/state.ts';
import { clean } from './clean.ts';
import { OTHER_PATH, lacksCommand, pathRemedy } from './path.ts';
import type { Redactor } from '../base/secret.ts';
import type { CredentialInfo } from '../core/credential.ts';
import type { ConfiguredServer } from '../core/config-model.ts';
import type { Fault } from '../core/fault.ts';
import type { SignInModel, Snapshot, TimelineEntry } from '../core/snapshot.ts';
import type { State } from '../core/state.ts';
import type { Connection } from './connection.ts';

/** One server of a view, as it is shown. */
export interface Described {
  readonly server: ConfiguredServer;
  readonly state: State;
  readonly connection: Connection | undefined;
  readonly timeline: readonly TimelineEntry[];
  /** The login that is held for it, where known. */
  readonly login: CredentialInfo | undefined;
  /** Its process is started with another PATH than that of the caller. */
  readonly hasOtherPath: boolean;
  /** Logins live in the memory of this process alone. */
  readonly isUnkept: boolean;
}

/** A server without credentials of its own signs in by OAuth as soon as a login is held. */
function signInOf(about: Described): SignInModel {
  const said = saidSignIn(about);
  return said === 'none' && about.login !== undefined ? 'oauth' : said;
}

function saidSignIn({ server, connection }: Described): SignInModel {
  if (connection !== undefined) return connection.entry.signIn;
  const endpoint = server.entry?.endpoint;
  if (endpoint === undefined) return 'none';
  if (endpoint.kind === 'stdio') return 'stdio';
  if (endpoint.headersHelper !== undefined) return 'helper';
  if (Object.keys(endpoint.headers).length > 0) return 'headers';
  return endpoint.oauth === undefined ? 'none' : 'oauth';
}

/** Where a server is, without credentials: origin and path of the url (unexpanded before it is resolved), or the command. */
function endpointOf(server: ConfiguredServer, connection: Connection | undefined): string | undefined {
  const endpoint = connection?.entry.endpoint ?? server.entry?.endpoint;
  if (endpoint === undefined) return undefined;
  if (endpoint.kind === 'stdio') return endpoint.command;
  if (!URL.canParse(endpoint.url)) return endpoint.url.replace(/[?#].*$/s, '').replace(/\/\/[^/@]*@/, '//');
  const { origin, pathname } = new URL(endpoint.url);
  return `${origin}${pathname}`;
}

function transportOf(server: ConfiguredServer, connection: Connection | undefined): Snapshot['transport'] {
  if (connection?.session !== undefined) return connection.session.transport;
  const kind = server.entry?.endpoint.kind;
  return kind === 'stdio' || kind === 'sse' ? kind : 'http';
}

function faultOf(state: State): Fault | undefined {
  return 'fault' in state ? state.fault : undefined;
}

/** A login that cannot be written is a mark on a server that is well (BEHAVIOUR §2, `store-readonly`). */
function reasonOf({ state, login, isUnkept }: Described): ReasonId | undefined {
  const isMarked = state.status === 'connected' && login !== undefined && (isUnkept || login.unsaved === true);
  return reasonOfState(state) ?? (isMarked ? 'store-readonly' : undefined);
}

/** The sentence of a state, with its particulars. */
function messageOf(about: Described, redactor: Redactor): string | undefined {
  const fault = faultOf(about.state);
  if (fault !== undefined) {
    const text = redactor.redact(faultMessage(fault));
    const isOfPath = about.hasOtherPath && lacksCommand(about.state);
    return isOfPath ? `${text.replace(/\.$/, '')}. ${OTHER_PATH} ${pathRemedy(about.server.name)}.` : text;
  }
  const reason = reasonOf(about);
  return reason === undefined ? undefined : REASONS[reason].sentence;
}

type Part = { -readonly [K in keyof Snapshot]?: Snapshot[K] };

function tryPart(state: State): Part {
  const part: Part = {};
  const isTried = (state.status === 'pending' && state.doing !== 'blocked') || state.status === 'failed';
  if (isTried && state.max > 0) part.phase = state.phase;
  // After a loss no try was made yet.
  if (isTried && state.attempt > 0) {
    part.attempt = state.attempt;
    part.maxAttempts = state.max;
  }
  if ('probing' in state && state.probing) part.phase = 'probe';
  if ('retryAt' in state && state.retryAt !== undefined) part.nextRetryAt = iso(state.retryAt);
  return part;
}

function faultPart(fault: Fault | undefined, redactor: Redactor): Part {
  const part: Part = {};
  if (fault === undefined) return part;
  if (fault.httpStatus !== undefined) part.httpStatus = fault.httpStatus;
  const detail = fault.detail ?? fault.exit?.stderr.slice(-5).join('\n');
  if (detail !== undefined && detail !== '') part.detail = clean(redactor, detail);
  if (fault.exit !== undefined && fault.exit.code !== null) part.exitCode = fault.exit.code;
  if (fault.exit !== undefined && fault.exit.signal !== null) part.exitSignal = fault.exit.signal;
  if (fault.redirectTo !== undefined) part.redirectTo = redactor.redact(fault.redirectTo);
  if (fault.missingScopes !== undefined) part.missingScopes = fault.missingScopes;
  return part;
}

function sessionPart(connection: Connection | undefined, redactor: Redactor): Part {
  const part: Part = {};
  const session = connection?.session;
  if (session !== undefined) {
    part.era = session.era;
    part.protocolVersion = clean(redactor, session.protocolVersion, 50);
    if (session.serverInfo !== undefined) {
      part.serverInfo = {
        name: clean(redactor, session.serverInfo.name, 100),
        version: clean(redactor, session.serverInfo.version, 50),
      };
    }
  }
  const known = connection?.lists();
  if (known !== undefined) {
    part.tools = known.lists.tools.length;
    part.prompts = known.lists.prompts.length;
    part.resources = known.lists.resources.length;
    if (known.lastKnown) part.listsLastKnown = true;
  }
  return part;
}

function loginPart({ login, connection }: Described): Part {
  const part: Part = {};
  if (login !== undefined) part.login = login;
  if (login?.expiresAt !== undefined) part.expiresAt = login.expiresAt;
  const signingIn = connection?.signing.logins.signingIn;
  if (signingIn !== undefined) part.signingIn = signingIn;
  return part;
}

/** The snapshot of one server. */
export function describe(about: Described, redactor: Redactor): Snapshot {
  const { server, state, connection, timeline, login } = about;
  const reason = reasonOf(about);
  const message = messageOf(about, redactor);
  const endpoint = endpointOf(server, connection);
  const signIn = signInOf(about);
  const offersOAuth = connection?.offersOAuth ?? false;
  const stepUp = state.status === 'connected' ? state.stepUp : undefined;
  return {
    name: server.name,
    status: state.status,
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
    since: iso(state.since),
    ...tryPart(state),
    ...faultPart(faultOf(state), redactor),
    signIn,
    offersOAuth,
    ...(stepUp === undefined ? {} : { stepUp }),
    ...loginPart(about),
    transport: transportOf(server, connection),
    ...(endpoint === undefined ? {} : { endpoint: redactor.redact(endpoint) }),
    ...sessionPart(connection, redactor),
    source: server.source,
    ...(connection === undefined ? {} : { configHash: connection.entry.key }),
    ...(server.approval.hash === undefined || server.approval.state === 'approved'
      ? {}
      : { approvalHash: server.approval.hash }),
    next: actionsFor({
      status: state.status,
      ...(reason === undefined ? {} : { reason }),
      signIn,
      offersOAuth,
      signedIn: login !== undefined,
      ...(stepUp === undefined ? {} : { stepUp }),
    }),
    timeline,
  };
}
