/**
 * A whole world to sign in to, on loopback: protected MCP servers and the authorization server they name, honest in
 * what they check (PKCE, redirects, audience, rotation) and scriptable in everything else.
 *
 * @module
 */
import { systemClock } from '../base/clock.ts';
import type { AuthServerOptions } from './auth-server/options.ts';
import { RunningAuthServer } from './auth-server/running.ts';
import type { AuthServer } from './auth-server/server.ts';
import { startFaultServer } from './fault-server.ts';

export type { ClientRecord } from './auth-server/clients.ts';
export type { AuthCounters, Grant } from './auth-server/ledger.ts';
export type {
  AuthServerOptions,
  ConsentAnswer,
  ConsentRequest,
  EndpointFault,
  EndpointId,
  ProtectedOptions,
} from './auth-server/options.ts';
export type { AuthServer } from './auth-server/server.ts';

/** Starts the servers on loopback. Who starts them closes them. */
export async function startAuthServer(options: AuthServerOptions = {}): Promise<AuthServer> {
  const clock = options.clock ?? systemClock;
  const http = await startFaultServer({ clock });
  const authority = options.origins === 'two' ? await startFaultServer({ clock }) : http;
  return new RunningAuthServer(options, http, authority);
}
