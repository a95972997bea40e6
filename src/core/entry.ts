/**
 * A server as configuration says it (`ServerEntry`), and as it is contacted (`EffectiveEntry`).
 *
 * @module
 */
import type { Secret } from '../base/secret.ts';
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

/** OAuth settings of an entry, Claude Code's names. */
export interface OAuthSettings {
  readonly clientId?: string;
  readonly callbackPort?: number;
  readonly authServerMetadataUrl?: string;
  readonly scopes?: string;
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
  readonly oauth?: OAuthSettings;
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
}

/** Whether an entry is reached over HTTP. */
export function isRemote(endpoint: EffectiveStdio | EffectiveRemote): endpoint is EffectiveRemote {
  return endpoint.kind !== 'stdio';
}
