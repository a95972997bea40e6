/**
 * The parameters of every grant that is asked for here, without those by which the client proves itself.
 *
 * @module
 */
import type { Secret } from '../../base/secret.ts';

/** Parameters of one request to a token endpoint. What must not be shown is a `Secret`. */
export type TokenParams = Readonly<Record<string, string | Secret>>;

/** What most grants may name: the resource (RFC 8707), sent exactly as given, and scopes. Empty ones are left out. */
export interface GrantTarget {
  readonly resource?: string | undefined;
  readonly scopes?: readonly string[] | undefined;
}

/** Kinds of tokens that a token exchange names (RFC 8693 §3, and the draft of identity assertions). */
export const TOKEN_TYPES = {
  idToken: 'urn:ietf:params:oauth:token-type:id_token',
  idJag: 'urn:ietf:params:oauth:token-type:id-jag',
} as const;

function targetParams({ resource, scopes }: GrantTarget): TokenParams {
  return {
    ...(resource === undefined || resource === '' ? {} : { resource }),
    ...(scopes === undefined || scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
  };
}

/** What an authorization code is redeemed with (RFC 6749 §4.1.3, RFC 7636 §4.5). */
export interface CodeGrant extends Pick<GrantTarget, 'resource'> {
  readonly code: Secret;
  /** Exactly that of the authorization request. */
  readonly redirectUri: string;
  readonly verifier: Secret;
}

/** The authorization code grant. */
export function codeGrant({ code, redirectUri, verifier, resource }: CodeGrant): TokenParams {
  return {
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
    ...targetParams({ resource }),
  };
}

/** A refresh (RFC 6749 §6). Scopes may only narrow; most callers name none. */
export function refreshGrant({
  refreshToken,
  ...target
}: GrantTarget & { readonly refreshToken: Secret }): TokenParams {
  return { grant_type: 'refresh_token', refresh_token: refreshToken, ...targetParams(target) };
}

/** The client for itself (RFC 6749 §4.4). */
export function clientCredentialsGrant(target: GrantTarget): TokenParams {
  return { grant_type: 'client_credentials', ...targetParams(target) };
}

/** An assertion as the grant (RFC 7523 §2.1). */
export function jwtBearerGrant({ assertion, ...target }: GrantTarget & { readonly assertion: Secret }): TokenParams {
  return { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion, ...targetParams(target) };
}

/** What a token exchange turns into what (RFC 8693 §2.1). */
export interface TokenExchange extends GrantTarget {
  readonly subjectToken: Secret;
  readonly subjectTokenType: string;
  readonly requestedTokenType: string;
  /** Who will be shown the new token. */
  readonly audience: string;
}

/** A token exchange. */
export function tokenExchange({ subjectToken, ...exchange }: TokenExchange): TokenParams {
  return {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    requested_token_type: exchange.requestedTokenType,
    subject_token: subjectToken,
    subject_token_type: exchange.subjectTokenType,
    audience: exchange.audience,
    ...targetParams(exchange),
  };
}

/** One poll of the device grant (RFC 8628 §3.4). */
export function deviceGrant({
  deviceCode,
  resource,
}: Pick<GrantTarget, 'resource'> & { readonly deviceCode: Secret }): TokenParams {
  return {
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    device_code: deviceCode,
    ...targetParams({ resource }),
  };
}

/** The request that begins the device grant (RFC 8628 §3.1). */
export function deviceAuthorization(target: GrantTarget): TokenParams {
  return targetParams(target);
}
