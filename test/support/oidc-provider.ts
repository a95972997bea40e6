/**
 * A real authorization server, `oidc-provider`, with its own pages for login and consent, in front of a protected MCP
 * server. Nothing of the sign-in is ours here.
 *
 * @module
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';
import type { Behaviour } from '../../src/testing/exchange.ts';
import { headerOf, replyJson } from '../../src/testing/exchange.ts';
import { startFaultServer } from '../../src/testing/fault-server.ts';
import type { FaultServer } from '../../src/testing/fault-server.ts';
import { mcpServer } from '../../src/testing/mcp-server.ts';

/** What the provider did, oldest first: names of its own events. */
export type ProviderEvent =
  | 'registration_create.success'
  | 'authorization.success'
  | 'grant.success'
  | 'grant.error'
  | 'grant.revoked'
  | 'refresh_token.consumed';

/** A running provider with its protected server. */
export interface OidcWorld {
  readonly issuer: string;
  /** The protected MCP server. Every request needs `mcp:read`, the tool `add` needs `mcp:write`. */
  readonly url: string;
  readonly events: readonly ProviderEvent[];
  /** Access tokens that the protected server has accepted. */
  readonly accepted: ReadonlySet<string>;
  /** Status of every answer of the guard that was a refusal. */
  readonly refusals: readonly number[];
  close(): Promise<void>;
}

/** Habits of the provider. */
export interface OidcOptions {
  /** Life of an access token, in seconds. Default 3600. */
  readonly accessSeconds?: number;
}

const WATCHED: readonly ProviderEvent[] = [
  'registration_create.success',
  'authorization.success',
  'grant.success',
  'grant.error',
  'grant.revoked',
  'refresh_token.consumed',
];

function configuration(resource: string, accessSeconds: number): Readonly<Record<string, unknown>> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  return {
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig', kid: 'test' }] },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    scopes: ['openid', 'offline_access', 'mcp:read', 'mcp:write'],
    features: {
      devInteractions: { enabled: true },
      registration: { enabled: true },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: 'mcp:read mcp:write',
          audience: resource,
          accessTokenTTL: accessSeconds,
          accessTokenFormat: 'opaque',
        }),
      },
    },
    pkce: { required: () => true },
    rotateRefreshToken: true,
    issueRefreshToken: (_: unknown, client: { grantTypeAllowed(type: string): boolean }) =>
      client.grantTypeAllowed('refresh_token'),
    clientDefaults: { grant_types: ['authorization_code', 'refresh_token'] },
    ttl: { AccessToken: accessSeconds, RefreshToken: 86_400, Session: 86_400, Grant: 86_400, Interaction: 600 },
    findAccount: (_: unknown, accountId: string) => ({ accountId, claims: () => ({ sub: accountId }) }),
  };
}

/** The guard of the protected server: tokens are looked up in the provider itself. */
function guard(provider: Provider, metadata: string, seen: { accepted: Set<string>; refusals: number[] }): Behaviour {
  const open = mcpServer().behaviour;
  return async (exchange) => {
    const value = headerOf(exchange, 'authorization')?.replace(/^Bearer /, '');
    const token = value === undefined ? undefined : await provider.AccessToken.find(value);
    const refuse = (status: number, params: string): void => {
      seen.refusals.push(status);
      const challenge = `Bearer ${params}resource_metadata="${metadata}"`;
      replyJson(exchange, status, { error: 'refused' }, { 'www-authenticate': challenge });
    };
    if (value === undefined) return refuse(401, 'scope="mcp:read", ');
    if (token === undefined || token.isExpired) return refuse(401, 'error="invalid_token", scope="mcp:read", ');
    const { message } = exchange;
    const writes = message?.method === 'tools/call' && message.params?.['name'] === 'add';
    const needed = writes ? 'mcp:write' : 'mcp:read';
    if (!token.scopes.has(needed)) return refuse(403, `error="insufficient_scope", scope="${needed}", `);
    seen.accepted.add(value);
    return open(exchange);
  };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return (server.address() as AddressInfo).port;
}

/** Starts both. Who starts them closes them. */
export async function startOidcProvider(options: OidcOptions = {}): Promise<OidcWorld> {
  const mcp: FaultServer = await startFaultServer();
  const url = `${mcp.origin}/mcp`;
  const server = createServer();
  const issuer = `http://127.0.0.1:${await listen(server)}`;
  const provider = new Provider(issuer, configuration(url, options.accessSeconds ?? 3_600));
  const handle = provider.callback();
  server.on('request', (request, response) => void handle(request, response));
  const events: ProviderEvent[] = [];
  for (const name of WATCHED) provider.on(name, () => events.push(name));
  const seen = { accepted: new Set<string>(), refusals: [] as number[] };
  const document = '/.well-known/oauth-protected-resource/mcp';
  mcp.mount('/mcp', guard(provider, `${mcp.origin}${document}`, seen));
  mcp.mount(document, (exchange) =>
    replyJson(exchange, 200, { resource: url, authorization_servers: [issuer], scopes_supported: ['mcp:read'] }),
  );
  return {
    issuer,
    url,
    events,
    accepted: seen.accepted,
    refusals: seen.refusals,
    async close() {
      server.closeAllConnections();
      await Promise.all([mcp.close(), new Promise((resolve) => server.close(resolve))]);
    },
  };
}
