/**
 * What a test holds of a running authorization server: its addresses, what it saw, and the strings to pull.
 *
 * @module
 */
import type { RequestRecord } from '../exchange.ts';
import type { FaultServer } from '../fault-server.ts';
import type { ClientRecord } from './clients.ts';
import type { AuthCounters, Grant } from './ledger.ts';
import type { AuthServerOptions, EndpointFault, EndpointId } from './options.ts';

/** A running authorization server with its protected MCP servers. */
export interface AuthServer {
  readonly issuer: string;
  /** The first protected MCP server. */
  readonly url: string;
  /** The protected MCP server at a path. */
  urlOf(path: string): string;
  /** Every request to the protected servers, and to the authorization server (documents included), oldest first. */
  readonly requests: {
    readonly resource: readonly RequestRecord[];
    readonly authorization: readonly RequestRecord[];
  };
  readonly counters: Readonly<AuthCounters>;
  /** Everything granted so far. */
  readonly grants: readonly Readonly<Grant>[];
  readonly clients: readonly ClientRecord[];
  /** Who decides from now on. */
  consent: NonNullable<AuthServerOptions['consent']>;
  /** Life of the access tokens issued from now on, in seconds. */
  accessSeconds: number;
  graceMs: number;
  /** The next `times` (default 1) requests to the endpoint go wrong; `Infinity` until `clearFaults`. */
  fault(id: EndpointId, fault: EndpointFault, times?: number): void;
  clearFaults(id?: EndpointId): void;
  /** Every access token ends now; refresh tokens stay good. */
  expireAccessTokens(): void;
  /** Every grant ends now, as if the person had taken the rights away. */
  revokeGrants(): void;
  /** The server has lost a client, or all. */
  forgetClients(id?: string): void;
  /** A person types a device code. Whether there is such a code. */
  typeUserCode(userCode: string): boolean;
  /** Nobody listens at the authorization server any more (needs `origins: 'two'`); the result brings it back. */
  outage(): Promise<() => Promise<void>>;
  /** The HTTP server of the protected servers, to mount more. */
  readonly http: FaultServer;
  close(): Promise<void>;
}
