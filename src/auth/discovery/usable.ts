/**
 * Whether an authorization server can be used as its metadata says: its endpoints, and PKCE.
 *
 * @module
 */
import type { Secret } from '../../base/secret.ts';
import type { Authority } from '../../core/credential.ts';
import type { OAuthSettings } from '../../core/entry.ts';
import { refusesLiteral, type AddressPolicy } from '../../net/address-policy.ts';
import { isLoopback } from '../../net/address.ts';
import { misconfigured, type NoWay } from './trouble.ts';

type Endpoint = 'authorizationEndpoint' | 'tokenEndpoint' | 'registrationEndpoint';

/** Without these there is no sign-in, or it would be told wrongly why. */
const NEEDED: Readonly<Record<Endpoint, string>> = {
  authorizationEndpoint: 'authorization_endpoint',
  tokenEndpoint: 'token_endpoint',
  registrationEndpoint: 'registration_endpoint',
};

/** The authority with the endpoints that may be used, or why it cannot be used. */
export function usable(
  authority: Authority,
  policy: AddressPolicy,
  oauth: OAuthSettings<Secret> = {},
): { readonly ok: true; readonly authority: Authority } | NoWay {
  for (const [key, name] of Object.entries(NEEDED) as [Endpoint, string][]) {
    const url = authority[key];
    const problem = url === undefined ? undefined : endpointProblem(url, policy);
    if (problem !== undefined)
      return misconfigured(`the ${name} of ${authority.issuer} ${problem}; nothing is sent there`);
  }
  const problem =
    (oauth.grant ?? 'authorization_code') === 'authorization_code' ? codeProblem(authority, oauth) : undefined;
  return problem === undefined ? { ok: true, authority: withoutUnusable(authority, policy) } : misconfigured(problem);
}

/** Why a URL may not be an endpoint (RFC 6749 §3.1, OAuth 2.1 §1.5). */
function endpointProblem(text: string, policy: AddressPolicy): string | undefined {
  if (!URL.canParse(text)) return 'is no URL';
  const url = new URL(text);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url))) return 'is not https';
  if (url.username !== '' || url.password !== '') return 'has a user or a password in it';
  if (url.hash !== '') return 'has a fragment';
  return refusesLiteral(url, policy) ? 'is at an address that this server may not name' : undefined;
}

/** A browser sign-in needs an endpoint for it and, unless the entry says otherwise, the promise of S256 (RFC 7636). */
function codeProblem(authority: Authority, { pkce = 'required' }: OAuthSettings<Secret>): string | undefined {
  const { issuer, authorizationEndpoint, codeChallengeMethods, by } = authority;
  if (authorizationEndpoint === undefined) return `${issuer} has no authorization_endpoint`;
  // The fixed endpoints of 2025-03-26 come without metadata: there is nothing that could promise it. It is sent all the same.
  if (by === 'endpoints' || pkce === 'unverified' || codeChallengeMethods?.includes('S256') === true) return undefined;
  return (
    `${issuer} does not promise PKCE with S256 (code_challenge_methods_supported), so a stolen code could be used; ` +
    'if you know that it supports it, set "pkce": "unverified" in the "oauth" of the entry'
  );
}

/** Endpoints that are a convenience are left out where they are not safe. */
function withoutUnusable(authority: Authority, policy: AddressPolicy): Authority {
  const { revocationEndpoint, deviceAuthorizationEndpoint, ...rest } = authority;
  const safe = (url: string | undefined): boolean => url !== undefined && endpointProblem(url, policy) === undefined;
  return {
    ...rest,
    ...(safe(revocationEndpoint) ? { revocationEndpoint } : {}),
    ...(safe(deviceAuthorizationEndpoint) ? { deviceAuthorizationEndpoint } : {}),
  };
}
