/**
 * A server that wants an OAuth sign-in and says where: challenge, resource metadata, authorization server metadata.
 *
 * @module
 */
import type { FaultServer, Mount } from './fault-server.ts';
import { behaviourOf, headerOf, replyJson } from './exchange.ts';
import type { Behaviour, BehaviourSource } from './exchange.ts';
import { status, unauthorized } from './faults.ts';
import { mcpServer } from './mcp-server.ts';

/** How the sign-in is told. */
export interface SignInOptions {
  /** Whether the 401 names the metadata (RFC 9728 §5.1). Default `named`; `bearer` = `Bearer` alone; `bare` = no challenge. */
  readonly challenge?: 'named' | 'bearer' | 'bare';
  /** Whether resource metadata is served at its well-known address. Default true. */
  readonly resourceMetadata?: boolean;
  /** Status of the refusal. Default 401. */
  readonly refusal?: 401 | 403;
  readonly scopes?: readonly string[];
  /** Bearer tokens that pass; default none. */
  readonly tokens?: readonly string[];
  /** The server behind it; default a good one. */
  readonly then?: BehaviourSource;
}

/** The mounts of such a server. */
export interface SignInMounts extends Mount {
  /** The resource metadata (RFC 9728). */
  readonly resource: Mount;
  /** The authorization server's metadata (RFC 8414). Its endpoints answer 501: no sign-in can be finished here. */
  readonly authorizationServer: Mount;
}

/** Mounts, at `path`, a server behind a sign-in, with its metadata documents. */
export function mountSignIn(server: FaultServer, path: string, options: SignInOptions = {}): SignInMounts {
  const resourcePath = `/.well-known/oauth-protected-resource${path}`;
  const issuerPath = `/authorization${path}`;
  const issuer = `${server.origin}${issuerPath}`;
  const scopes = options.scopes ?? ['mcp:read'];
  const mount = server.mount(path, guard(options, `${server.origin}${resourcePath}`));
  const resource = server.mount(
    resourcePath,
    options.resourceMetadata === false
      ? status(404)
      : (exchange) =>
          replyJson(exchange, 200, {
            resource: `${server.origin}${path}`,
            authorization_servers: [issuer],
            scopes_supported: scopes,
            bearer_methods_supported: ['header'],
          }),
  );
  server.mount(issuerPath, status(501));
  const authorizationServer = server.mount(`/.well-known/oauth-authorization-server${issuerPath}`, (exchange) =>
    replyJson(exchange, 200, {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      registration_endpoint: `${issuer}/register`,
      response_types_supported: ['code'],
      grant_types_supported: ['authorization_code', 'refresh_token'],
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: ['none'],
      scopes_supported: scopes,
    }),
  );
  // Getters of the mount must stay alive, so it is extended, not copied.
  return Object.assign(Object.create(mount) as Mount, { resource, authorizationServer });
}

function guard(options: SignInOptions, metadata: string): Behaviour {
  const good = behaviourOf(options.then ?? mcpServer());
  const passes = new Set((options.tokens ?? []).map((token) => `Bearer ${token}`));
  const challenges = {
    named: `Bearer resource_metadata="${metadata}"`,
    bearer: 'Bearer',
    bare: undefined,
  };
  const challenge = challenges[options.challenge ?? 'named'];
  const refuse =
    options.refusal === 403
      ? status(403, challenge === undefined ? {} : { headers: { 'www-authenticate': challenge } })
      : unauthorized(challenge);
  return (exchange) => (passes.has(headerOf(exchange, 'authorization') ?? '') ? good(exchange) : refuse(exchange));
}
