/**
 * What a person can do with a server in its state: one pure function (BEHAVIOUR §9). Menu, page, CLI hints and API
 * print from it.
 *
 * @module
 */
import type { ActionId } from './action-table.ts';
import { REASONS } from './reasons.ts';
import type { ReasonId } from './reasons.ts';
import type { SignInModel, Status } from './words.ts';

export { ACTIONS } from './action-table.ts';
export type { ActionId, ActionRow } from './action-table.ts';

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
