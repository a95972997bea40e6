/**
 * What a sign-in by OAuth consists of: the authorization server, the client that we are there, the tokens, and the
 * credential that ties them to a server (DESIGN §4). All of it is keyed by content, never by a server's name.
 *
 * @module
 */
import type { Secret } from '../base/secret.ts';

/** An authorization server as its metadata says (RFC 8414), or as derived for a 2025-03-26 server. */
export interface Authority {
  /** Exactly as the metadata spells it. */
  readonly issuer: string;
  readonly authorizationEndpoint?: string;
  readonly tokenEndpoint: string;
  readonly registrationEndpoint?: string;
  readonly revocationEndpoint?: string;
  readonly deviceAuthorizationEndpoint?: string;
  readonly scopesSupported?: readonly string[];
  readonly grantTypesSupported?: readonly string[];
  readonly tokenAuthMethods?: readonly string[];
  readonly codeChallengeMethods?: readonly string[];
  readonly clientIdMetadataDocuments?: boolean;
  /** `authorization_response_iss_parameter_supported` (RFC 9207). */
  readonly issParameter?: boolean;
  readonly dpopAlgorithms?: readonly string[];
  /** `metadata` documents were found; `endpoints` = the fixed paths of 2025-03-26, because the server has no metadata. */
  readonly by: 'metadata' | 'endpoints';
}

/** How a client proves itself at the token endpoint (RFC 6749 §2.3, RFC 7523 §2.2). */
export type ClientAuthMethod = 'none' | 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt';

/** Who we are for one authorization server. */
export interface ClientIdentity {
  readonly clientId: string;
  readonly clientSecret?: Secret;
  readonly method: ClientAuthMethod;
  /** PKCS #8 PEM and algorithm, for `private_key_jwt`. */
  readonly privateKey?: Secret;
  readonly signingAlgorithm?: string;
  readonly kind: 'configured' | 'metadata-document' | 'dynamic';
}

/** Tokens as received (RFC 6749 §5.1). */
export interface TokenSet {
  readonly accessToken: Secret;
  readonly tokenType: 'bearer' | 'dpop';
  readonly refreshToken?: Secret;
  /** Local wall clock, ms since the epoch. */
  readonly obtainedAt: number;
  /** `obtainedAt` + `expires_in`; absent when the server did not say: then it lives until a 401. */
  readonly expiresAt?: number;
  /** Granted scopes; absent when the server did not say (RFC 6749 §3.3: then those that were asked for). */
  readonly scopes?: readonly string[];
}

/** What a credential belongs to. Its id is the SHA-256 of this. */
export interface CredentialKey {
  readonly issuer: string;
  /** The `resource` parameter that was sent (RFC 8707); empty when none was. */
  readonly resource: string;
  readonly client: string;
  readonly profile: string;
  /** The url of the entry it was made for. */
  readonly serverUrl: string;
  /** Empty; else the key of the one entry with headers or a helper for which a person signed in beside them. */
  readonly lane: string;
}

/** One login. */
export interface Credential {
  readonly id: string;
  /** That of its record: rises with every redemption. */
  readonly generation: number;
  readonly key: CredentialKey;
  readonly authority: Authority;
  readonly client: ClientIdentity;
  readonly tokens: TokenSet;
  /** Every scope asked for so far: the base of the next union (step-up), kept across restarts. */
  readonly requestedScopes: readonly string[];
  readonly grant: 'authorization_code' | 'device_code' | 'client_credentials' | 'jwt_bearer' | 'imported';
  /** `refused` = the authorization server has said `invalid_grant`: a tombstone, kept so that the access token lives on. */
  readonly status: 'live' | 'refused';
  /** Why, for people: `invalid_grant`, `refresh-outcome-unknown` … */
  readonly refusal?: string;
  /** Private JWK of a DPoP key (RFC 9449), JSON. */
  readonly dpopKey?: Secret;
}

/** A login as faces show it. No secret is ever in it. Times are ISO-8601 UTC. */
export interface CredentialInfo {
  readonly id: string;
  readonly server: string;
  readonly issuer: string;
  readonly resource: string;
  readonly clientId: string;
  readonly profile: string;
  readonly registration: ClientIdentity['kind'];
  readonly grant: Credential['grant'];
  readonly scopes: readonly string[];
  readonly obtainedAt: string;
  readonly expiresAt?: string;
  /** A refresh token is held. */
  readonly renewable: boolean;
  readonly status: Credential['status'];
  readonly refusal?: string;
  readonly generation: number;
  /** The newest tokens could not be written to the store: they live in the memory of their owner alone. */
  readonly unsaved?: boolean;
}
