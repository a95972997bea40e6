/**
 * A server as configuration says it (`ServerEntry`), and as it is contacted (`EffectiveEntry`).
 *
 * @module
 */
import { Secret } from '../base/secret.ts';
import type { ClientAuthMethod } from './credential.ts';
import type { GatewayRules } from './gateway-rules.ts';
import type { NumberOverrides } from './numbers.ts';
import type { SignInModel } from './words.ts';

/** The program whose file holds an entry. */
export type ClientId = 'holdfast' | 'claude-code' | 'mcp-json' | 'file' | 'library';

/** Where in that program's configuration: precedence is local > project > user > own; `file` (`--config`) and `library` stand alone. */
export type Scope = 'local' | 'project' | 'user' | 'own' | 'file' | 'library';

/** Where exactly an entry stands. */
export interface EntrySource {
  readonly client: ClientId;
  readonly scope: Scope;
  /** Absolute path; empty for entries given in code. */
  readonly file: string;
  /** 1-based; 0 where the file could not be read that far. */
  readonly line: number;
  /** JSON path, e.g. `mcpServers.notion`. */
  readonly pointer: string;
}

/** A local process that speaks MCP on its standard streams. */
export interface StdioEndpoint {
  readonly kind: 'stdio';
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/**
 * OAuth settings of an entry. `clientId`, `callbackPort`, `authServerMetadataUrl` and `scopes` are Claude Code's names;
 * the others are ours. `Text` is `string` as configured (variables not expanded) and `Secret` when effective.
 */
export interface OAuthSettings<Text = string> {
  readonly clientId?: string;
  readonly clientSecret?: Text;
  /** https URL of our client ID metadata document; used only where it is set. */
  readonly clientMetadataUrl?: string;
  /** How the client proves itself; default: by what is configured and what the server accepts. */
  readonly tokenEndpointAuthMethod?: ClientAuthMethod;
  /** PKCS #8 PEM, for `private_key_jwt`. */
  readonly privateKey?: Text;
  /** Default `ES256`. */
  readonly signingAlgorithm?: string;
  readonly callbackPort?: number;
  readonly authServerMetadataUrl?: string;
  /** The issuer that the authorization server must have; pinned instead of the one that is derived from its address. */
  readonly issuer?: string;
  /** Pinned scopes, blank-separated: exactly these are asked for. */
  readonly scopes?: string;
  /** `required` (default): no sign-in at a server that does not promise S256. `unverified`: sent all the same, for servers that support it and do not say so. */
  readonly pkce?: 'required' | 'unverified';
  /** The endpoints of the 2025-03-26 revision may be assumed where there is no metadata. Default true. */
  readonly legacyEndpoints?: boolean;
  /** Default `authorization_code`. */
  readonly grant?: 'authorization_code' | 'device_code' | 'client_credentials' | 'jwt_bearer';
  /** The assertion of `jwt_bearer` (RFC 7523 §2.1). */
  readonly assertion?: Text;
  /** Enterprise-managed authorization: where an identity assertion is exchanged for the one to present (RFC 8693). */
  readonly identityProvider?: IdentityProvider<Text>;
  /** Binds tokens to a key (RFC 9449). Default: where the server demands it. */
  readonly dpop?: boolean;
}

/** The identity provider of enterprise-managed authorization. */
export interface IdentityProvider<Text = string> {
  readonly issuer: string;
  readonly tokenEndpoint: string;
  readonly clientId: string;
  readonly idToken: Text;
}

/** A server reached over HTTP. `auto` = no `type` was given: Streamable HTTP first, then HTTP+SSE. */
export interface RemoteEndpoint {
  readonly kind: 'http' | 'sse' | 'auto';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly headersHelper?: string;
  /** How long the output of the helper may be used again; default 0: it runs on every connect. */
  readonly headersHelperTtlMs?: number;
  readonly oauth?: OAuthSettings;
}

/** Settings that are not the endpoint itself. */
export interface EntrySettings {
  /** Default `auto` over HTTP, `legacy` over stdio. */
  readonly protocolEra: 'auto' | 'legacy' | 'modern';
  readonly numbers: NumberOverrides;
  /** What clients of the gateway see and may do. Not part of `key`: the connection is the same. */
  readonly gateway?: GatewayRules;
}

/** One server as it stands in a file: variables not expanded yet. */
export interface ServerEntry {
  readonly name: string;
  readonly source: EntrySource;
  readonly endpoint: StdioEndpoint | RemoteEndpoint;
  readonly settings: EntrySettings;
}

/** A local process, ready to be started. */
export interface EffectiveStdio {
  readonly kind: 'stdio';
  /** As configured, expanded. */
  readonly command: string;
  readonly args: readonly string[];
  /** The entry's own variables only; the connector adds the base environment. */
  readonly env: Readonly<Record<string, Secret>>;
  /** Absolute. */
  readonly cwd: string;
  /** The caller's PATH, in which `command` is looked up and which the process gets. */
  readonly path: string;
}

/** A remote server, ready to be contacted. */
export interface EffectiveRemote {
  readonly kind: 'http' | 'sse' | 'auto';
  readonly url: string;
  /** Sent to the origin of `url` and nowhere else. */
  readonly headers: Readonly<Record<string, Secret>>;
  readonly helper?: HelperSpec;
  readonly oauth?: OAuthSettings<Secret>;
}

/** The command that makes headers (BEHAVIOUR §6). */
export interface HelperSpec {
  /** A shell command. */
  readonly command: string;
  readonly cwd: string;
  readonly ttlMs: number;
  /** The helper stands in a project file: it runs without variables whose names look like secrets. */
  readonly fromProject: boolean;
  readonly path: string;
}

/** One server, expanded: what a connection is keyed by and made from. */
export interface EffectiveEntry {
  readonly name: string;
  readonly source: EntrySource;
  /** Hash of everything below: equal keys share one connection. */
  readonly key: string;
  readonly endpoint: EffectiveStdio | EffectiveRemote;
  readonly settings: EntrySettings;
  readonly signIn: SignInModel;
  /** The project of the caller; processes get it as `CLAUDE_PROJECT_DIR`. */
  readonly projectRoot?: string;
  /** The account whose login is used; part of `key`. Default `default`. */
  readonly profile?: string;
}

/** Whether an entry is reached over HTTP. */
export function isRemote(endpoint: EffectiveStdio | EffectiveRemote): endpoint is EffectiveRemote {
  return endpoint.kind !== 'stdio';
}

/** The settings with their secret texts out of reach of everything that prints. */
export function sealOAuth(oauth: OAuthSettings): OAuthSettings<Secret> {
  const { clientSecret, privateKey, assertion, identityProvider, ...open } = oauth;
  return {
    ...open,
    ...(clientSecret === undefined ? {} : { clientSecret: new Secret(clientSecret) }),
    ...(privateKey === undefined ? {} : { privateKey: new Secret(privateKey) }),
    ...(assertion === undefined ? {} : { assertion: new Secret(assertion) }),
    ...(identityProvider === undefined
      ? {}
      : { identityProvider: { ...identityProvider, idToken: new Secret(identityProvider.idToken) } }),
  };
}
