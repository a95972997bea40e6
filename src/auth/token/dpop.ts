/**
 * Proofs that a request comes from the holder of a key (DPoP, RFC 9449): keys, proofs, and the headers of requests to a
 * resource.
 *
 * @module
 */
import { createHash, randomUUID } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { Secret } from '../../base/secret.ts';
import type { RequestProof } from '../../core/ports.ts';
import { loadJose } from './jose.ts';

/** What can be signed with, best first. All are asymmetric (RFC 9449 §4.2). */
const ALGORITHMS = ['ES256', 'EdDSA', 'Ed25519', 'ES384', 'ES512', 'PS256', 'RS256'] as const;

/** A key of ours as it is kept: a private JWK with its algorithm. */
type DpopJwk = Record<string, string | undefined> & { readonly alg: string };

/** Members of a private JWK that are public (RFC 7638 §3.2): the only ones that a proof carries. */
const PUBLIC_MEMBERS = ['kty', 'crv', 'x', 'y', 'n', 'e'] as const;

/**
 * A new key as a private JWK, JSON. Of `algorithms` (`dpop_signing_alg_values_supported`) the first that can be signed
 * with; where none fits, or none is named, `ES256`.
 */
export async function newDpopKey(algorithms?: readonly string[]): Promise<Secret> {
  const alg = ALGORITHMS.find((known) => algorithms?.includes(known)) ?? 'ES256';
  const { generateKeyPair, exportJWK } = await loadJose();
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return new Secret(JSON.stringify({ ...(await exportJWK(privateKey)), alg }));
}

/** What a proof is for. */
export interface ProofRequest {
  readonly method: string;
  readonly url: string | URL;
  /** The token that goes with it; absent at a token endpoint. */
  readonly accessToken?: Secret | undefined;
  /** The last `DPoP-Nonce` of that server. */
  readonly nonce?: string | undefined;
  /** Wall clock. */
  readonly nowMs: number;
}

/** One proof, for one request (RFC 9449 §4.2). */
export async function dpopProof(key: Secret, request: ProofRequest): Promise<string> {
  const { SignJWT, importJWK } = await loadJose();
  const jwk = JSON.parse(key.reveal()) as DpopJwk;
  const url = new URL(request.url);
  const claims = {
    htm: request.method,
    htu: `${url.origin}${url.pathname}`,
    ...(request.accessToken === undefined ? {} : { ath: hashOf(request.accessToken) }),
    ...(request.nonce === undefined ? {} : { nonce: request.nonce }),
  };
  return new SignJWT(claims)
    .setProtectedHeader({ typ: 'dpop+jwt', alg: jwk.alg, jwk: publicOf(jwk) })
    .setJti(randomUUID())
    .setIssuedAt(Math.floor(request.nowMs / 1_000))
    .sign(await importJWK(jwk, jwk.alg));
}

/** RFC 9449 §4.2, `ath`. */
function hashOf(token: Secret): string {
  return createHash('sha256').update(token.reveal()).digest('base64url');
}

function publicOf(jwk: DpopJwk): Record<string, string> {
  const members = PUBLIC_MEMBERS.map((name) => [name, jwk[name]] as const);
  return Object.fromEntries(
    members.filter((member): member is [(typeof members)[0][0], string] => member[1] !== undefined),
  );
}

/**
 * Makes the `DPoP` header of every request to a resource, beside `Authorization: DPoP <token>` (RFC 9449 §7.1). A
 * renewed token needs a new one.
 */
export function resourceProof(key: Secret, accessToken: Secret, clock: Pick<Clock, 'now'>): RequestProof {
  return async ({ method, url, nonce }) => ({
    dpop: await dpopProof(key, { method, url, accessToken, nonce, nowMs: clock.now() }),
  });
}
