/**
 * One request to a token endpoint, whatever the grant.
 *
 * @module
 */
import type { Secret } from '../../base/secret.ts';
import type { Authority, ClientIdentity } from '../../core/credential.ts';
import type { OAuthAsk } from '../deps.ts';
import { unusable } from './answer.ts';
import { postForm, type PostDeps } from './form-post.ts';
import type { TokenParams } from './grants.ts';
import type { TokenOutcome } from './outcome.ts';
import { tokenSetOf } from './token-set.ts';

/** What is asked, of whom, by whom. */
export interface TokenRequest {
  readonly authority: Authority;
  readonly client: ClientIdentity;
  /** The grant; see `grants.ts`. */
  readonly params: TokenParams;
  /** Url of the entry: decides which addresses may be contacted. */
  readonly serverUrl: string;
  /** Binds the tokens to this key (RFC 9449). */
  readonly dpopKey?: Secret;
}

/**
 * Asks for tokens: POST, `tokenTimeoutMs`, `tokenBytes` after decompression, no redirects, https or loopback. Never
 * throws and never asks again after a fault; nothing of the entry's headers is sent. The caller's `signal` breaks the
 * request off, so a refresh hands in one that nobody aborts.
 */
export async function requestToken(deps: PostDeps, about: TokenRequest, ask: OAuthAsk): Promise<TokenOutcome> {
  const { authority, client, params, serverUrl, dpopKey } = about;
  const post = { url: authority.tokenEndpoint, authority, client, params, serverUrl, dpopKey };
  const reading = await postForm(deps, post, ask);
  if (reading.kind !== 'document') return reading;
  const tokens = tokenSetOf(reading.document, deps.clock.now());
  return tokens === undefined ? unusable('the answer holds no access token') : { kind: 'tokens', tokens };
}
