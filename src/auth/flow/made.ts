/**
 * Whether a sign-in has brought a login, seen from a process that was not told how it ended.
 *
 * @module
 */
import type { LoginOutcome } from '../../core/sign-in.ts';
import type { Flow } from './flow.ts';
import type { Logins } from './parts.ts';
import { missingScopes } from './scopes.ts';

/** The outcome, where a login that is newer than the flow is held at its place; else `undefined`. */
export async function loginMadeBy(
  logins: Pick<Logins, 'lookup' | 'info'>,
  flow: Flow,
): Promise<Extract<LoginOutcome, { readonly kind: 'completed' }> | undefined> {
  const held = await logins.lookup(flow.place);
  if (held === undefined || held.tokens.obtainedAt < flow.begunAt) return undefined;
  const credential = logins.info(held);
  const missing = missingScopes(flow.needed, flow.scopes, credential.scopes);
  return { kind: 'completed', flow: flow.id, server: flow.server, credential, missing };
}
