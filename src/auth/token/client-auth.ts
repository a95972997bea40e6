/**
 * How a client proves itself at a token endpoint: RFC 6749 §2.3, and RFC 7523 §2.2 for signed assertions.
 *
 * @module
 */
import { createPrivateKey, randomUUID, type KeyObject } from 'node:crypto';
import { Secret } from '../../base/secret.ts';
import type { Authority, ClientIdentity } from '../../core/credential.ts';
import type { TokenParams } from './grants.ts';
import { loadJose } from './jose.ts';

/** What a request gets so that the server knows who sends it. */
export interface ClientProof {
  readonly headers: Readonly<Record<string, Secret>>;
  readonly params: TokenParams;
}

/** Who proves itself to whom. */
export interface ProofAsk {
  readonly client: ClientIdentity;
  readonly authority: Pick<Authority, 'issuer' | 'tokenEndpoint' | 'by'>;
  /** Wall clock. */
  readonly nowMs: number;
  /** Id and secret in Basic as they are, for servers that do not decode them; see `plainBasicDiffers`. */
  readonly plainBasic?: boolean;
}

/** Life of an assertion: longer than clocks differ, shorter than anything that servers refuse. */
const ASSERTION_S = 300;
const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** The client's private key cannot be read or does not fit its algorithm. The key is never in the message. */
export class ClientKeyError extends Error {
  override readonly name = 'ClientKeyError';
}

/**
 * The proof of a client. A secret method without a secret is sent as `none`; a client without an id (an assertion says
 * who it is) sends none. Errors: `ClientKeyError`.
 */
export async function proveClient(ask: ProofAsk): Promise<ClientProof> {
  const { client } = ask;
  const { clientId, clientSecret } = client;
  const named: TokenParams = clientId === '' ? {} : { client_id: clientId };
  if (client.method === 'private_key_jwt') {
    const assertion = await signAssertion(ask);
    return { headers: {}, params: { ...named, client_assertion_type: JWT_BEARER, client_assertion: assertion } };
  }
  if (client.method === 'none' || clientSecret === undefined) return { headers: {}, params: named };
  if (client.method === 'client_secret_post') return { headers: {}, params: { ...named, client_secret: clientSecret } };
  return { headers: { authorization: basic(clientId, clientSecret.reveal(), ask.plainBasic === true) }, params: {} };
}

/**
 * Whether a server that does not decode Basic credentials (RFC 6749 §2.3.1 says it must) would see another id or
 * secret than the configured one. An id with a colon cannot be sent any other way.
 */
export function plainBasicDiffers({ method, clientId, clientSecret }: ClientIdentity): boolean {
  if (method !== 'client_secret_basic' || clientSecret === undefined || clientId.includes(':')) return false;
  return encoded(clientId) !== clientId || encoded(clientSecret.reveal()) !== clientSecret.reveal();
}

function basic(id: string, secret: string, plain: boolean): Secret {
  const pair = plain ? `${id}:${secret}` : `${encoded(id)}:${encoded(secret)}`;
  return new Secret(`Basic ${Buffer.from(pair).toString('base64')}`);
}

/**
 * Form-encoded, as RFC 6749 §2.3.1 asks, but as little as possible: `-_.~` stay for servers that do not decode, and a
 * blank is `%20`, which every decoder understands.
 */
function encoded(text: string): string {
  // By way of bytes: half a surrogate pair cannot be encoded and would throw.
  return encodeURIComponent(Buffer.from(text).toString());
}

async function signAssertion({ client, authority, nowMs }: ProofAsk): Promise<Secret> {
  const { privateKey, clientId } = client;
  if (privateKey === undefined) throw new ClientKeyError('private_key_jwt needs a private key');
  const now = Math.floor(nowMs / 1_000);
  // The issuer alone (RFC 7523bis): an assertion for one server must mean nothing to another. A server without
  // metadata has no issuer of its own; it knows itself by its endpoint.
  const audience = authority.by === 'metadata' ? authority.issuer : authority.tokenEndpoint;
  try {
    const key = createPrivateKey(privateKey.reveal());
    const { SignJWT } = await loadJose();
    const jwt = await new SignJWT()
      .setProtectedHeader({ alg: client.signingAlgorithm ?? algorithmOf(key) })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(audience)
      .setIssuedAt(now)
      .setExpirationTime(now + ASSERTION_S)
      .setJti(randomUUID())
      .sign(key);
    return new Secret(jwt);
  } catch {
    // The cause is left out: messages of crypto libraries may quote what they could not read.
    throw new ClientKeyError('the private key cannot be read, or does not fit its signing algorithm');
  }
}

const CURVES: Readonly<Record<string, string>> = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' };

/** The usual algorithm of a key, where none is configured. */
function algorithmOf(key: KeyObject): string {
  if (key.asymmetricKeyType === 'rsa') return 'RS256';
  if (key.asymmetricKeyType === 'ed25519') return 'EdDSA';
  return CURVES[key.asymmetricKeyDetails?.namedCurve ?? ''] ?? 'ES256';
}
