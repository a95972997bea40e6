/**
 * Which scopes a sign-in asks for (MCP authorization, "Scope selection strategy" and "Scope challenge handling").
 *
 * @module
 */

/** What is known of the scopes of a server when a sign-in begins. */
export interface ScopeFacts {
  /** `oauth.scopes` of the entry: the server's own wishes do not change them. */
  readonly pinned?: readonly string[];
  /** `scope` of the challenge that asked for the sign-in; authoritative for what failed. */
  readonly challenged?: readonly string[];
  /** `scopes_supported` of the resource metadata. */
  readonly resource?: readonly string[];
  /** `scopes_supported` of the authorization server; only `offline_access` is looked for in it. */
  readonly server?: readonly string[];
  /** Asked for by the person. */
  readonly wanted?: readonly string[];
  /** Of the login that is held at the same authorization server: what was asked for so far and what was granted. */
  readonly held?: { readonly requested: readonly string[]; readonly granted: readonly string[] };
  readonly stepUp: boolean;
}

/** The scopes to ask for. */
export interface ScopeChoice {
  /** The `scope` parameter; `undefined` leaves it out, and the authorization server chooses. */
  readonly scopes: readonly string[] | undefined;
  /** Challenged scopes that are not asked for, because the entry pins others. */
  readonly lacking: readonly string[];
}

/** Asked for where the authorization server lists it, so that it gives a refresh token (MCP 2026-07-28, SEP-2207). */
export const OFFLINE_ACCESS = 'offline_access';

/**
 * Pinned scopes are asked for as they are, with those the person names. Otherwise: the challenge's, else all that the
 * resource lists, else none; never fewer than the held login was asked for, so that a new sign-in loses no right that a
 * step-up gained. A step-up asks for what was requested before, what was granted and what is challenged.
 * `offline_access` is added only where the authorization server lists it and something else is asked for: alone it would
 * take the place of the server's default scopes.
 */
export function chooseScopes(facts: ScopeFacts): ScopeChoice {
  const challenged = facts.challenged ?? [];
  const wanted = facts.wanted ?? [];
  if (facts.pinned !== undefined) {
    const scopes = union(facts.pinned, wanted);
    return { scopes, lacking: without(challenged, scopes) };
  }
  const scopes = facts.stepUp
    ? union(facts.held?.requested ?? [], facts.held?.granted ?? [], challenged, wanted)
    : union(facts.held?.requested ?? [], facts.challenged ?? facts.resource ?? [], wanted);
  if (scopes.length === 0) return { scopes: undefined, lacking: [] };
  const offline = facts.server?.includes(OFFLINE_ACCESS) === true ? [OFFLINE_ACCESS] : [];
  return { scopes: union(scopes, offline), lacking: [] };
}

/**
 * Scopes that were asked for or challenged and are not granted. A server that does not name what it grants has granted
 * what was asked for (RFC 6749 §5.1). `offline_access` is no right at the resource: it is never missing.
 */
export function missingScopes(
  needed: readonly string[],
  asked: readonly string[] | undefined,
  granted: readonly string[] | undefined,
): readonly string[] {
  return without(needed, granted ?? asked ?? []).filter((scope) => scope !== OFFLINE_ACCESS);
}

/** The scopes of a blank-separated text (RFC 6749 §3.3). */
export function splitScopes(text: string): readonly string[] {
  return union(text.split(/\s+/).filter((scope) => scope !== ''));
}

/** All of them once, first seen first. */
export function union(...lists: readonly (readonly string[])[]): readonly string[] {
  return [...new Set(lists.flat())];
}

function without(list: readonly string[], others: readonly string[]): readonly string[] {
  return union(list).filter((scope) => !others.includes(scope));
}
