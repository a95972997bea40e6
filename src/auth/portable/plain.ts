/**
 * A login made of a token answer (RFC 6749 §5.1) that a person brings: access token, perhaps a refresh token and who the
 * client is.
 *
 * @module
 */
import { HoldfastError } from '../../base/errors.ts';
import { Secret } from '../../base/secret.ts';
import type { Authority, ClientIdentity, TokenSet } from '../../core/credential.ts';
import type { CredentialParts } from '../vault/record.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What is known beside the text. */
export interface PlainAbout {
  readonly serverUrl: string;
  readonly profile: string;
  /** Wall clock, ms. */
  readonly now: number;
  /** Looks for the authorization server of the server; asked only where the text does not name a token endpoint that is needed. */
  readonly find: () => Promise<{ readonly authority: Authority; readonly resource: string }>;
}

const wrong = (message: string, hint?: string): HoldfastError =>
  new HoldfastError('ERR_USAGE', message, hint === undefined ? {} : { hint });

function textIn(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string') return value;
  throw wrong(`"${name}" must be a string`);
}

function numberIn(fields: Fields, name: string): number | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  throw wrong(`"${name}" must be a number`);
}

/** `expires_at` is in seconds in most files and in milliseconds in some; no token lives until the year 5138. */
function expiryOf(fields: Fields, now: number): number | undefined {
  const at = numberIn(fields, 'expires_at');
  if (at !== undefined) return at < 1e11 ? at * 1_000 : at;
  const life = numberIn(fields, 'expires_in');
  return life === undefined ? undefined : now + life * 1_000;
}

function tokensOf(fields: Fields, now: number): TokenSet {
  const accessToken = textIn(fields, 'access_token');
  if (accessToken === undefined) throw wrong('the text has no "access_token"');
  const refreshToken = textIn(fields, 'refresh_token');
  const expiresAt = expiryOf(fields, now);
  const scopes = textIn(fields, 'scope')
    ?.split(/\s+/)
    .filter((scope) => scope !== '');
  const type = textIn(fields, 'token_type')?.toLowerCase() ?? 'bearer';
  if (type !== 'bearer') throw wrong(`tokens of this type cannot be imported; only "Bearer" ones can`);
  return {
    accessToken: new Secret(accessToken),
    tokenType: 'bearer',
    obtainedAt: now,
    ...(refreshToken === undefined ? {} : { refreshToken: new Secret(refreshToken) }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(scopes === undefined ? {} : { scopes }),
  };
}

function clientOf(fields: Fields, renewable: boolean): ClientIdentity {
  const clientId = textIn(fields, 'client_id');
  const secret = textIn(fields, 'client_secret');
  if (clientId === undefined && renewable)
    throw wrong('a refresh token is of no use without the client it was given to', 'Add "client_id" to the text.');
  return {
    clientId: clientId ?? '',
    method: secret === undefined ? 'none' : 'client_secret_basic',
    kind: 'configured',
    ...(secret === undefined ? {} : { clientSecret: new Secret(secret) }),
  };
}

function endpointIn(fields: Fields): string | undefined {
  const text = textIn(fields, 'token_endpoint');
  if (text === undefined) return undefined;
  if (!URL.canParse(text)) throw wrong('"token_endpoint" is not a url');
  const { protocol, hostname } = new URL(text);
  if (protocol === 'https:' || (protocol === 'http:' && /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname)))
    return text;
  throw wrong('"token_endpoint" must be https');
}

/** Who renews it: named in the text, found, or for a token that cannot be renewed the server itself. */
async function authorityOf(fields: Fields, about: PlainAbout, renewable: boolean) {
  const issuer = textIn(fields, 'issuer');
  const tokenEndpoint = endpointIn(fields);
  const resource = textIn(fields, 'resource');
  const { origin } = new URL(about.serverUrl);
  if (tokenEndpoint !== undefined || !renewable) {
    const authority: Authority = {
      issuer: issuer ?? (tokenEndpoint === undefined ? origin : new URL(tokenEndpoint).origin),
      tokenEndpoint: tokenEndpoint ?? `${origin}/token`,
      by: 'endpoints',
    };
    return { authority, resource: resource ?? '' };
  }
  const found = await about.find();
  if (issuer !== undefined && issuer !== found.authority.issuer)
    throw wrong(`the server is signed in to at ${found.authority.issuer}, not at the "issuer" of the text`);
  return { authority: found.authority, resource: resource ?? found.resource };
}

/** The login. Errors: `ERR_USAGE`, never with a value of the text that may be secret; those of `find`. */
export async function plainLogin(fields: Fields, about: PlainAbout): Promise<CredentialParts> {
  const tokens = tokensOf(fields, about.now);
  const renewable = tokens.refreshToken !== undefined;
  const client = clientOf(fields, renewable);
  const { authority, resource } = await authorityOf(fields, about, renewable);
  const { serverUrl, profile } = about;
  return {
    key: { issuer: authority.issuer, resource, client: client.clientId, profile, serverUrl, lane: '' },
    authority,
    client,
    tokens,
    requestedScopes: tokens.scopes ?? [],
    grant: 'imported',
    status: 'live',
  };
}
