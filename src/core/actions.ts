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
/** Causes that the entry itself, or what it names, has to be mended for. */
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
  'helper-bad-output',
]);
const HELPER_CAUSES: ReadonlySet<ReasonId> = new Set<ReasonId>(['helper-failed', 'helper-timeout']);

/** A server without credentials of its own is one that signs in by OAuth as soon as it offers that, or a login is held. */
function signsIn(facts: ActionFacts): boolean {
  return (
    facts.signIn === 'oauth' ||
    facts.signedIn === true ||
    (facts.signIn === 'none' && facts.offersOAuth && facts.status === 'needs-auth')
  );
}

function connectedActions(facts: ActionFacts): readonly ActionId[] {
  if (!signsIn(facts)) return ['reconnect'];
  return facts.stepUp === undefined
    ? ['reconnect', 're-authenticate', 'clear-authentication']
    : ['grant-access', 'not-now', 're-authenticate', 'clear-authentication', 'reconnect'];
}

function needsAuthActions(facts: ActionFacts): readonly ActionId[] {
  const ownHeaders = facts.signIn === 'headers' || facts.signIn === 'helper';
  if (facts.reason !== undefined && SIGN_IN_REASONS.has(facts.reason)) {
    if (!signsIn(facts)) return ['reconnect'];
    // A client id of one's own goes into the entry; without one the next sign-in asks to be registered again.
    const own: readonly ActionId[] = facts.reason === 'client-registration-refused' ? ['edit'] : [];
    return ['authenticate', ...own, 'reconnect', 'clear-authentication', 'reset'];
  }
  if (signsIn(facts) && !ownHeaders) return ['re-authenticate', 'reconnect', 'clear-authentication'];
  return facts.signIn === 'helper' ? ['reconnect', 'show-helper'] : ['reconnect', 'edit'];
}

function failedActions({ reason, signIn }: ActionFacts): readonly ActionId[] {
  const config = reason !== undefined && CONFIG_CAUSES.has(reason);
  if (signIn === 'stdio') return config ? ['edit', 'logs', 'reconnect'] : ['reconnect', 'logs'];
  if (config) return signIn === 'helper' ? ['show-helper', 'reconnect', 'edit'] : ['edit', 'reconnect'];
  return reason !== undefined && HELPER_CAUSES.has(reason)
    ? ['reconnect', 'show-helper', 'doctor']
    : ['reconnect', 'doctor'];
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
      return signsIn(facts) ? ['enable', 'clear-authentication'] : ['enable'];
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
