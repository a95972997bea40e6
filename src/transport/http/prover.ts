/**
 * Headers that are made for each request anew (DPoP), with the nonce that the server wants in the next one.
 *
 * @module
 */
import type { RequestProof } from '../../core/ports.ts';
import { parseChallenges } from '../../net/challenge.ts';
import type { LeanResponse } from '../../net/lean-request.ts';

const LONGEST_NONCE = 1_024;

/** The proofs of one link. Without a `RequestProof` it adds nothing and asks for nothing. */
export class Prover {
  #proof: RequestProof | undefined;
  #nonce: string | undefined;

  constructor(proof: RequestProof | undefined) {
    this.#proof = proof;
  }

  /** Replaces what makes the proofs; the nonce belongs to the server and stays. */
  replace(proof: RequestProof | undefined): void {
    this.#proof = proof;
  }

  /** Whether requests go with a proof at all. */
  get isActive(): boolean {
    return this.#proof !== undefined;
  }

  /** The headers of one request. */
  async headers(method: string, url: URL): Promise<Readonly<Record<string, string>>> {
    if (this.#proof === undefined) return {};
    return this.#proof({ method, url: url.href, ...(this.#nonce === undefined ? {} : { nonce: this.#nonce }) });
  }

  /** Every answer may bring the nonce for the next request (RFC 9449 §8.2). */
  learn(response: LeanResponse): void {
    const nonce = response.header('dpop-nonce');
    if (nonce !== undefined && nonce !== '' && nonce.length <= LONGEST_NONCE) this.#nonce = nonce;
  }

  /** Whether the request was refused only because its proof lacked the nonce that came with the answer (RFC 9449 §9). */
  wantsNonce(response: LeanResponse): boolean {
    if (this.#proof === undefined || response.status !== 401 || response.header('dpop-nonce') === undefined)
      return false;
    return parseChallenges(response.header('www-authenticate')).some(
      ({ scheme, params }) => scheme === 'dpop' && params['error'] === 'use_dpop_nonce',
    );
  }
}
