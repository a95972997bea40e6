/**
 * The fields of `oauth`. `clientId`, `callbackPort`, `authServerMetadataUrl` and `scopes` are Claude Code's names.
 *
 * @module
 */
import type { FieldSpec } from './field-spec.ts';
import { text, whole } from './field-spec.ts';

/** Algorithms of `private_key_jwt` and of DPoP (RFC 7518, RFC 8037). */
export const SIGNING_ALGORITHMS: readonly string[] =
  'ES256 ES384 ES512 RS256 RS384 RS512 PS256 PS384 PS512 EdDSA'.split(' ');

/** The table of `oauth`. */
export const OAUTH_FIELDS: Readonly<Record<string, FieldSpec>> = {
  clientId: text('Client id that is registered already.'),
  clientSecret: text('Secret of that client. Write ${NAME} and export the variable: the file then holds no secret.'),
  clientMetadataUrl: text(
    'Our client ID metadata document, https with a path; used as client id where it is accepted.',
  ),
  tokenEndpointAuthMethod: {
    kind: 'choice',
    values: ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    doc: 'How the client proves itself. Default: by what is configured and what the server accepts.',
  },
  privateKey: text('Private key for private_key_jwt, PKCS #8 PEM; \\n may stand for a line break.'),
  signingAlgorithm: {
    kind: 'choice',
    values: SIGNING_ALGORITHMS,
    doc: 'Algorithm of that key. Default ES256.',
  },
  callbackPort: whole('Port of the callback on this machine.', 1, 65_535),
  authServerMetadataUrl: text('Metadata document of the authorization server, https; replaces discovery.'),
  issuer: text('The issuer that the authorization server must have, exactly as its metadata spells it.'),
  scopes: text('Scopes to ask for, separated by blanks: exactly these.'),
  pkce: {
    kind: 'choice',
    values: ['required', 'unverified'],
    doc: 'required (default): no sign-in at a server that does not promise S256. unverified: sent all the same, for servers that support it and do not say so.',
  },
  legacyEndpoints: {
    kind: 'flag',
    doc: 'Whether the endpoints of the 2025-03-26 revision are assumed where there is no metadata. Default true.',
  },
  grant: {
    kind: 'choice',
    values: ['authorization_code', 'device_code', 'client_credentials', 'jwt_bearer'],
    doc: 'How a login is made. Default authorization_code; client_credentials and jwt_bearer need no person.',
  },
  assertion: text('The assertion of jwt_bearer.'),
  identityProvider: {
    kind: 'group',
    doc: 'Enterprise-managed authorization: where an id token is exchanged for the assertion of jwt_bearer.',
    fields: {
      issuer: text('Issuer of the identity provider.'),
      tokenEndpoint: text('Its token endpoint, https.'),
      clientId: text('Our client id there.'),
      idToken: text('The id token of the person.'),
    },
    required: ['issuer', 'tokenEndpoint', 'clientId', 'idToken'],
  },
  dpop: { kind: 'flag', doc: 'Binds tokens to a key of ours. Default: where the server demands it.' },
};
