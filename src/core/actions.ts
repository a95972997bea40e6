/**
 * What a person can do with a server in its state: one pure function, and one table from action to `Fleet` method,
 * CLI verb and API route (BEHAVIOUR §9). Menu, page, CLI hints and API print from here.
 *
 * @module
 */
import { REASONS } from './reasons.ts';
import type { ReasonId } from './reasons.ts';
import type { SignInModel, Status } from './snapshot.ts';

/** How one action is reached from each face. */
export interface ActionRow {
  /** Words of the button or menu line. */
  readonly label: string;
  /** Method of `Fleet`; `undefined` = the face does it by showing something. */
  readonly method?: string;
  /** CLI verb, with `NAME` for the server. */
  readonly verb: string;
  /** Route of the control API, with `:name` for the server. */
  readonly route: string;
}

/** Every action, by id. */
export const ACTIONS = {
  reconnect: {
    label: 'Reconnect',
    method: 'reconnect',
    verb: 'reconnect NAME',
    route: 'POST /v1/servers/:name/reconnect',
  },
  'retry-now': { label: 'Retry now', method: 'retryNow', verb: 'retry NAME', route: 'POST /v1/servers/:name/retry' },
  stop: { label: 'Stop trying', method: 'stopTrying', verb: 'stop NAME', route: 'POST /v1/servers/:name/stop' },
  reset: { label: 'Reset', method: 'reset', verb: 'reset NAME', route: 'POST /v1/servers/:name/reset' },
  enable: { label: 'Enable', method: 'enable', verb: 'enable NAME', route: 'POST /v1/servers/:name/enable' },
  disable: { label: 'Disable', method: 'disable', verb: 'disable NAME', route: 'POST /v1/servers/:name/disable' },
  approve: { label: 'Approve', method: 'approve', verb: 'approve NAME', route: 'POST /v1/servers/:name/approve' },
  reject: { label: 'Reject', method: 'reject', verb: 'reject NAME', route: 'POST /v1/servers/:name/reject' },
  edit: { label: 'Edit the entry', method: 'edit', verb: 'edit NAME', route: 'POST /v1/servers/:name/edit' },
  authenticate: {
    label: 'Authenticate',
    method: 'startLogin',
    verb: 'login NAME',
    route: 'POST /v1/servers/:name/login',
  },
  're-authenticate': {
    label: 'Re-authenticate',
    method: 'startLogin',
    verb: 'login NAME',
    route: 'POST /v1/servers/:name/login',
  },
  'clear-authentication': {
    label: 'Clear authentication',
    method: 'logout',
    verb: 'logout NAME',
    route: 'POST /v1/servers/:name/logout',
  },
  'grant-access': {
    label: 'Grant access',
    method: 'grantStepUp',
    verb: 'login NAME --step-up',
    route: 'POST /v1/servers/:name/step-up',
  },
  'not-now': {
    label: 'Not now',
    method: 'declineStepUp',
    verb: 'login NAME --decline',
    route: 'POST /v1/servers/:name/step-up/decline',
  },
  'show-helper': {
    label: 'Show helper run',
    method: 'helperRun',
    verb: 'get NAME',
    route: 'GET /v1/servers/:name/helper',
  },
  logs: { label: 'Show stderr and log', method: 'logs', verb: 'logs NAME', route: 'GET /v1/servers/:name/logs' },
  doctor: { label: 'Doctor', method: 'doctor', verb: 'doctor NAME', route: 'GET /v1/doctor' },
  details: { label: 'Details', method: 'snapshot', verb: 'get NAME', route: 'GET /v1/servers/:name' },
} as const satisfies Record<string, ActionRow>;

/** The id of an action. */
export type ActionId = keyof typeof ACTIONS;

/** What `actionsFor` needs to know of a server. */
export interface ActionFacts {
  readonly status: Status;
  readonly reason?: ReasonId;
  readonly signIn: SignInModel;
  readonly offersOAuth: boolean;
  /** A credential of an earlier sign-in is held. */
  readonly signedIn?: boolean;
  readonly stepUp?: unknown;
}

const OAUTH_EXTRAS: readonly ActionId[] = ['authenticate', 're-authenticate', 'clear-authentication'];
const SIGN_IN_REASONS: ReadonlySet<ReasonId> = new Set<ReasonId>([
  'sign-in-required',
  'sign-in-expired',
  'step-up-required',
  'client-registration-refused',
]);
const CONFIG_CAUSES: ReadonlySet<ReasonId> = new Set<ReasonId>([
  'http-404',
  'http-4xx',
  'not-mcp',
  'redirected',
  'version-unsupported',
  'spawn-not-found',
  'spawn-denied',
  'variable-missing',
  'config-invalid',
]);
const HELPER_CAUSES: ReadonlySet<ReasonId> = new Set<ReasonId>([
  'helper-failed',
  'helper-timeout',
  'helper-bad-output',
]);

function connectedActions(facts: ActionFacts): readonly ActionId[] {
  const oauth = facts.signIn === 'oauth';
  if (facts.stepUp !== undefined && oauth)
    return ['grant-access', 'not-now', 're-authenticate', 'clear-authentication', 'reconnect'];
  return oauth ? ['reconnect', 're-authenticate', 'clear-authentication'] : ['reconnect'];
}

function needsAuthActions(facts: ActionFacts): readonly ActionId[] {
  const signsIn = facts.signIn === 'oauth' || facts.signIn === 'none';
  if (facts.reason !== undefined && SIGN_IN_REASONS.has(facts.reason) && signsIn) {
    const first: readonly ActionId[] =
      facts.reason === 'client-registration-refused' ? ['edit', 'authenticate'] : ['authenticate'];
    return [...first, 'reconnect', 'clear-authentication', 'reset'];
  }
  if (facts.signIn === 'oauth') return ['re-authenticate', 'reconnect', 'clear-authentication'];
  if (facts.signIn === 'helper') return ['reconnect', 'show-helper'];
  return ['reconnect', 'edit'];
}

function failedActions(facts: ActionFacts): readonly ActionId[] {
  const { reason } = facts;
  if (reason !== undefined && HELPER_CAUSES.has(reason)) return ['show-helper', 'reconnect'];
  if (reason !== undefined && CONFIG_CAUSES.has(reason)) {
    if (facts.signIn === 'stdio') return ['edit', 'logs', 'reconnect'];
    return facts.signIn === 'helper' ? ['show-helper', 'reconnect', 'edit'] : ['edit', 'reconnect'];
  }
  return facts.signIn === 'stdio' ? ['reconnect', 'logs'] : ['reconnect', 'doctor'];
}

function stateActions(facts: ActionFacts): readonly ActionId[] {
  switch (facts.status) {
    case 'connected':
      return connectedActions(facts);
    case 'pending':
      return REASONS[facts.reason ?? 'refused'].persistence === 'waits' ? ['approve', 'reject'] : ['retry-now', 'stop'];
    case 'needs-auth':
      return needsAuthActions(facts);
    case 'failed':
      return failedActions(facts);
    case 'disabled':
      if (facts.reason === 'policy-denied') return ['doctor'];
      if (facts.reason === 'rejected-by-user') return ['approve'];
      return facts.signIn === 'oauth' ? ['enable', 'clear-authentication'] : ['enable'];
  }
}

/**
 * The actions of a server in its state, the first is the default. Details and logs are offered everywhere, `disable`
 * wherever the server is not disabled. A server with headers or a helper that also advertises OAuth gets the sign-in
 * actions in addition, after reconnect; OAuth is never its default.
 */
export function actionsFor(facts: ActionFacts): readonly ActionId[] {
  const own = [...stateActions(facts)];
  const mixed = (facts.signIn === 'headers' || facts.signIn === 'helper') && facts.offersOAuth;
  const live = facts.status === 'connected' || facts.status === 'needs-auth' || facts.status === 'failed';
  if (mixed && live) own.push(...OAUTH_EXTRAS);
  own.push('details', 'logs');
  if (facts.status !== 'disabled') own.push('disable');
  return [...new Set(own)];
}
