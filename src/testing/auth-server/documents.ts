/**
 * The metadata documents: who protects the servers (RFC 9728), and what the authorization server can do (RFC 8414).
 *
 * @module
 */
import { DEVICE_GRANT } from './device.ts';
import type { AuthServerOptions, MetadataPlace, ProtectedOptions } from './options.ts';
import { JWT_BEARER } from './token.ts';

type Document = Readonly<Record<string, unknown>>;

/** Methods at the token endpoint that are offered by default. */
export const AUTH_METHODS: readonly string[] = ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'];

/** Metadata of the authorization server. */
export function authorityDocument(issuer: string, options: AuthServerOptions): Document {
  const { device, revocation, registration, dpop, iss, clientDocuments } = options;
  const own: Document = {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    ...(registration === 'none' ? {} : { registration_endpoint: `${issuer}/register` }),
    ...(revocation === false ? {} : { revocation_endpoint: `${issuer}/revoke` }),
    ...(device === undefined ? {} : { device_authorization_endpoint: `${issuer}/device` }),
    response_types_supported: ['code'],
    grant_types_supported: [
      'authorization_code',
      'refresh_token',
      'client_credentials',
      ...(options.acceptAssertion === undefined ? [] : [JWT_BEARER]),
      ...(device === undefined ? [] : [DEVICE_GRANT]),
    ],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: options.authMethods ?? AUTH_METHODS,
    token_endpoint_auth_signing_alg_values_supported: ['ES256', 'RS256'],
    ...(options.scopesSupported === undefined ? {} : { scopes_supported: options.scopesSupported }),
    ...((iss?.advertise ?? true) ? { authorization_response_iss_parameter_supported: true } : {}),
    ...((dpop ?? 'optional') === 'none' ? {} : { dpop_signing_alg_values_supported: ['ES256'] }),
    ...(clientDocuments === undefined ? {} : { client_id_metadata_document_supported: true }),
  };
  return (options.editMetadata?.(own) ?? own) as Document;
}

/** Where that document lies, as a path. */
export function authorityPath(place: MetadataPlace, issuerPath: string): string | undefined {
  switch (place) {
    case 'oauth':
      return `/.well-known/oauth-authorization-server${issuerPath}`;
    case 'openid-inserted':
      return `/.well-known/openid-configuration${issuerPath}`;
    case 'openid-appended':
      return `${issuerPath}/.well-known/openid-configuration`;
    case 'none':
      return undefined;
  }
}

/** Metadata of a protected server. */
export function resourceDocument(url: string, issuer: string, options: ProtectedOptions): Document {
  const own: Document = {
    resource: url,
    authorization_servers: [issuer],
    bearer_methods_supported: ['header'],
    ...(options.scopesSupported === undefined ? {} : { scopes_supported: options.scopesSupported }),
  };
  return (options.editMetadata?.(own) ?? own) as Document;
}

/** Where that document lies, as a path. */
export function resourcePath(place: ProtectedOptions['metadata'], path: string): string | undefined {
  if (place === 'none') return undefined;
  return `/.well-known/oauth-protected-resource${place === 'root' ? '' : path}`;
}
