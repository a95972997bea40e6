/**
 * Proofs of possession (RFC 9449), as both the token endpoint and the protected server check them.
 *
 * @module
 */
import type { Clock } from '../../base/clock.ts';
import type { Exchange } from '../exchange.ts';
import { headerOf } from '../exchange.ts';
import { isSignedBy, keyOf, readJws, sha256, thumbprint } from './jws.ts';
import { fresh } from './ledger.ts';
import { Refusal } from './reply.ts';

const LATEST_MS = 300_000;

/** Checks proofs; remembers the ones it has seen. */
export class DpopCheck {
  readonly #clock: Clock;
  readonly #nonce: string | undefined;
  readonly #seen = new Set<string>();

  constructor(clock: Clock, nonce: boolean) {
    this.#clock = clock;
    this.#nonce = nonce ? fresh('nonce') : undefined;
  }

  /** Thumbprint of the key that the request proves to hold; `undefined` when it carries no proof. Errors: `Refusal`. */
  check(exchange: Exchange, accessToken?: string): string | undefined {
    const text = headerOf(exchange, 'dpop');
    if (text === undefined) return undefined;
    const proof = readJws(text, 'invalid_dpop_proof');
    const { header, claims } = proof;
    const jwk = header['jwk'] as Readonly<Record<string, unknown>> | undefined;
    if (header['typ'] !== 'dpop+jwt' || jwk === undefined || !isSignedBy(proof, keyOf(jwk)))
      throw invalid('the proof is not signed by the key in it');
    if (claims['htm'] !== exchange.record.method) throw invalid('htm is wrong');
    const path = exchange.record.url.split('?', 1)[0];
    if (claims['htu'] !== `${exchange.origin}${path}`) throw invalid('htu is wrong');
    if (Math.abs(Number(claims['iat']) * 1_000 - this.#clock.now()) > LATEST_MS) throw invalid('iat is too far away');
    if (accessToken !== undefined && claims['ath'] !== sha256(accessToken)) throw invalid('ath is wrong');
    if (this.#nonce !== undefined && claims['nonce'] !== this.#nonce)
      throw new Refusal('use_dpop_nonce', 'a nonce is needed', 400, { 'dpop-nonce': this.#nonce });
    const jti = claims['jti'];
    if (typeof jti !== 'string' || this.#seen.has(jti)) throw invalid('jti is missing or was used before');
    this.#seen.add(jti);
    return thumbprint(jwk);
  }
}

function invalid(why: string): Refusal {
  return new Refusal('invalid_dpop_proof', why);
}
