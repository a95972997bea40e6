/**
 * What the scriptable authorization server can be told: its documents, its habits, its faults.
 *
 * @module
 */
import type { Clock } from '../../base/clock.ts';
import type { BehaviourSource } from '../exchange.ts';
import type { McpServerOptions } from '../mcp-server.ts';
import type { ClientRecord } from './clients.ts';

/** Where the resource metadata (RFC 9728) is found, and whether a challenge names it. */
export type ResourceMetadataPlace = 'challenge' | 'path' | 'root' | 'none';

/** Which well-known address holds the metadata of the authorization server (RFC 8414 §3, OpenID Connect Discovery §4). */
export type MetadataPlace = 'oauth' | 'openid-inserted' | 'openid-appended' | 'none';

/** What a person at the consent page is shown. */
export interface ConsentRequest {
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly resource: string;
  /** `prompt` parameter, if one was sent. */
  readonly prompt?: string;
}

/** What the person does there. `error` is any OAuth error code; `scopes` grants these alone. */
export type ConsentAnswer =
  | 'allow'
  | 'deny'
  | { readonly scopes?: readonly string[]; readonly subject?: string }
  | { readonly error: string; readonly description?: string };

/** A protected MCP server. */
export interface ProtectedOptions {
  /** Where its metadata lies. Default `challenge`: at the path-aware address, and named by the 401. */
  readonly metadata?: ResourceMetadataPlace;
  /** The 401 says `Bearer` alone (`bearer`) or nothing (`bare`), whatever `metadata` is. Default `full`. */
  readonly challenge?: 'full' | 'bearer' | 'bare';
  /** Scopes that every request needs; a token without them gets 403 `insufficient_scope`. Default none. */
  readonly scopes?: readonly string[];
  /** Scopes that calls of a tool need, by its name. */
  readonly toolScopes?: Readonly<Record<string, readonly string[]>>;
  /** Tools that answer `insufficient_scope` whatever the token has: a consent is of no use. */
  readonly insatiable?: readonly string[];
  /** Whether the 401 of a request without a token names `scopes`. Default true where there are some. */
  readonly tellScopes?: boolean;
  /** `scopes_supported` of the resource metadata; default: left out. */
  readonly scopesSupported?: readonly string[];
  /** Last change to the resource metadata. */
  readonly editMetadata?: (document: Readonly<Record<string, unknown>>) => unknown;
  /** The MCP server behind the guard: options, or one of your own. Default: a small good one. */
  readonly server?: McpServerOptions | BehaviourSource;
}

/** What `startAuthServer` may be given. Everything has a default that a good server has. */
export interface AuthServerOptions {
  readonly clock?: Clock;
  /** One port for everything; or the MCP servers on one and the authorization server on another. Default `one`. */
  readonly origins?: 'one' | 'two';
  /** Path of the issuer, `''` for none. Default `/auth`. */
  readonly issuerPath?: string;
  readonly metadata?: MetadataPlace;
  /** Last change to the metadata document. */
  readonly editMetadata?: (document: Readonly<Record<string, unknown>>) => unknown;
  /** Protected MCP servers by path. Default: one at `/mcp`. */
  readonly resources?: Readonly<Record<string, ProtectedOptions>>;

  /** Clients known from the start. */
  readonly clients?: readonly ClientRecord[];
  /** Dynamic registration. `refused` = offered, but answers 400. Default `open`. */
  readonly registration?: 'open' | 'refused' | 'none';
  /** Client ID metadata documents by their url, as the server would have fetched them; their presence says that it supports them. */
  readonly clientDocuments?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Methods at the token endpoint, the preferred first. Default all four. */
  readonly authMethods?: readonly string[];

  /** Scopes that can be granted; others are dropped from what is asked. Default: whatever is asked. */
  readonly grantable?: readonly string[];
  /** `scopes_supported` of the metadata. Default: left out. */
  readonly scopesSupported?: readonly string[];
  /** What is granted where nothing is asked. Default none. */
  readonly defaultScopes?: readonly string[];
  /** Who decides at `/authorize` and over a device code. Default `allow`, at once. */
  readonly consent?: ConsentAnswer | ((request: ConsentRequest) => ConsentAnswer | Promise<ConsentAnswer>);

  /** Life of an access token. Default 3600. */
  readonly accessSeconds?: number;
  /** `expires_in` is told. Default true. */
  readonly tellExpiry?: boolean;
  /** Whether `scope` is in a token answer. Default `always`. */
  readonly tellScope?: 'always' | 'when-different' | 'never';
  /** `rotate` (default): every redemption makes a new refresh token and spends the old; `keep`: one for ever; `none`: none is issued. */
  readonly refresh?: 'rotate' | 'keep' | 'none';
  /** A spent refresh token may be redeemed again for so long (counted as `graced`); later, its whole family is revoked. Default 0. */
  readonly graceMs?: number;

  /** `iss` in the authorization answer (RFC 9207). Default: advertised and sent. `send` may be a wrong issuer. */
  readonly iss?: { readonly advertise: boolean; readonly send: boolean | string };
  /** Demonstrated possession (RFC 9449). Default `optional`. */
  readonly dpop?: 'none' | 'optional' | 'required';
  /** Proofs need a nonce of the server (RFC 9449 §8). Default false. */
  readonly dpopNonce?: boolean;
  /** Default true. */
  readonly revocation?: boolean;
  /** The device grant: offered where this is set; polling pace of RFC 8628 §3.5. */
  readonly device?: { readonly intervalSeconds: number; readonly expiresSeconds?: number };
  /** Assertions that `jwt-bearer` accepts (RFC 7523 §2.1); default none. */
  readonly acceptAssertion?: (assertion: string) => boolean;
}

/** An endpoint that can be given faults. */
export type EndpointId =
  | 'resource-metadata'
  | 'metadata'
  | 'register'
  | 'authorize'
  | 'token'
  | 'revoke'
  | 'device'
  | 'resource';

/** A fault of one endpoint. The parts happen in the order in which they stand here. */
export interface EndpointFault {
  /** Wait before anything is done. */
  readonly waitMs?: number;
  /** The work is done and kept (a token is redeemed), whatever is answered then. Default: only where `answer` is absent. */
  readonly commit?: boolean;
  /** Wait between the work and the answer. */
  readonly holdMs?: number;
  /** What is answered instead: a status, `reset()`, `hang()`, `html()` … */
  readonly answer?: BehaviourSource;
  /** Only requests of this grant type (token endpoint). */
  readonly grant?: string;
}
