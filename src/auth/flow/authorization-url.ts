/**
 * The address at which a person signs in (RFC 6749 §4.1.1, RFC 7636, RFC 8707).
 *
 * @module
 */
import { OFFLINE_ACCESS } from './scopes.ts';
import { openableUrl } from './open-url.ts';

/** What the address says. */
export interface AuthorizationRequest {
  /** Of the metadata; what it has in its query already stays. */
  readonly endpoint: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly state: string;
  /** S256. */
  readonly codeChallenge: string;
  /** Sent exactly as it is spelled; left out where there is none. */
  readonly resource: string | undefined;
  readonly scopes: readonly string[] | undefined;
}

/**
 * The address, or `undefined` when the endpoint is none that may be opened (`openableUrl`). `prompt=consent` is sent
 * only with `offline_access`, which OpenID Connect Core §11 ignores without it.
 */
export function authorizationUrl(request: AuthorizationRequest): string | undefined {
  if (openableUrl(request.endpoint) === undefined) return undefined;
  const url = new URL(request.endpoint);
  url.hash = '';
  const { scopes, resource } = request;
  const params: Readonly<Record<string, string | undefined>> = {
    response_type: 'code',
    client_id: request.clientId,
    redirect_uri: request.redirectUri,
    state: request.state,
    code_challenge: request.codeChallenge,
    code_challenge_method: 'S256',
    scope: scopes?.join(' '),
    resource,
    prompt: scopes?.includes(OFFLINE_ACCESS) === true ? 'consent' : undefined,
  };
  for (const [name, value] of Object.entries(params)) if (value !== undefined) url.searchParams.set(name, value);
  return openableUrl(url.href);
}
