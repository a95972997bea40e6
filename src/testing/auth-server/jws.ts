/**
 * Signed tokens as the server checks them, with nothing but `node:crypto`: a second opinion on what we sign elsewhere.
 *
 * @module
 */
import { createHash, createPublicKey, verify } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import { Refusal } from './reply.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A compact JWS, read but not checked yet. */
export interface Jws {
  readonly header: Fields;
  readonly claims: Fields;
  readonly signed: Buffer;
  readonly signature: Buffer;
}

const HASHES: Readonly<Record<string, string>> = { ES256: 'sha256', ES384: 'sha384', RS256: 'sha256' };

function fieldsOf(part: string): Fields {
  return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Fields;
}

/** Reads a compact JWS (RFC 7515 §7.1). Errors: `Refusal` with the code given. */
export function readJws(text: string, error: string): Jws {
  const [head = '', body = '', signature = ''] = text.split('.');
  try {
    return {
      header: fieldsOf(head),
      claims: fieldsOf(body),
      signed: Buffer.from(`${head}.${body}`),
      signature: Buffer.from(signature, 'base64url'),
    };
  } catch {
    throw new Refusal(error, 'not a signed token');
  }
}

/** A public key from a JWK. */
export function keyOf(jwk: Fields): KeyObject {
  if ('d' in jwk) throw new Refusal('invalid_dpop_proof', 'the private key is in the token');
  return createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
}

/** Whether the signature is that of the key. */
export function isSignedBy(jws: Jws, key: KeyObject): boolean {
  const hash = HASHES[String(jws.header['alg'])];
  if (hash === undefined) return false;
  return verify(hash, jws.signed, { key, dsaEncoding: 'ieee-p1363' }, jws.signature);
}

/** The JWK thumbprint (RFC 7638). */
export function thumbprint(jwk: Fields): string {
  const names = jwk['kty'] === 'RSA' ? ['e', 'kty', 'n'] : ['crv', 'kty', 'x', 'y'];
  const known = Object.fromEntries(names.filter((name) => jwk[name] !== undefined).map((name) => [name, jwk[name]]));
  return sha256(JSON.stringify(known));
}

/** SHA-256, base64url. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
