/**
 * What only we may know of a sign-in: the state that its answer must carry and the verifier behind its code challenge
 * (RFC 7636).
 *
 * @module
 */
import { createHash, randomBytes } from 'node:crypto';
import { Secret } from '../../base/secret.ts';

/** The secrets of one sign-in: 256 bits each. */
export interface FlowSecrets {
  readonly state: Secret;
  readonly verifier: Secret;
}

/** New ones. */
export function newFlowSecrets(): FlowSecrets {
  return { state: randomText(), verifier: randomText() };
}

/** The `code_challenge` of a verifier, method `S256`. */
export function codeChallenge(verifier: Secret): string {
  return createHash('sha256').update(verifier.reveal()).digest('base64url');
}

/**
 * The id of the flow that a state belongs to: a hash, so that the id may be shown, and so that looking a state up tells
 * nothing by the time it takes.
 */
export function flowIdOf(state: string): string {
  return createHash('sha256').update(`holdfast flow ${state}`).digest('hex').slice(0, 32);
}

function randomText(): Secret {
  return new Secret(randomBytes(32).toString('base64url'));
}
