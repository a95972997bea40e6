/**
 * Gives tokens back (RFC 7009): the refresh token first, because it could make new ones.
 *
 * @module
 */
import type { Authority, ClientIdentity, TokenSet } from '../../core/credential.ts';
import type { Fault } from '../../core/fault.ts';
import type { OAuthAsk } from '../deps.ts';
import type { Reading } from './answer.ts';
import { postForm, type PostDeps } from './form-post.ts';
import type { TokenParams } from './grants.ts';

/** Which tokens are given back, and where. */
export interface Revocation {
  readonly authority: Authority;
  readonly client: ClientIdentity;
  readonly tokens: Pick<TokenSet, 'accessToken' | 'refreshToken'>;
  readonly serverUrl: string;
}

/**
 * Revokes both tokens. `not-offered` where the server has no endpoint for it or supports neither kind of token; a fault
 * where a token may still be good. An access token that the server does not want to hear of any more after its refresh
 * token was revoked (RFC 7009 §2.1) is no fault.
 */
export async function revoke(
  deps: PostDeps,
  { authority, client, tokens, serverUrl }: Revocation,
  ask: OAuthAsk,
): Promise<'revoked' | 'not-offered' | Fault> {
  const url = authority.revocationEndpoint;
  if (url === undefined) return 'not-offered';
  const send = (params: TokenParams): Promise<Reading> =>
    postForm(deps, { url, authority, client, params, serverUrl, mayBeEmpty: true }, ask);
  const { accessToken, refreshToken } = tokens;
  const first =
    refreshToken === undefined ? undefined : await send({ token: refreshToken, token_type_hint: 'refresh_token' });
  if (first !== undefined && first.kind !== 'document' && !isUnsupported(first)) return faultOf(first);
  const second = await send({ token: accessToken, token_type_hint: 'access_token' });
  if (second.kind === 'document') return first === undefined || first.kind === 'document' ? 'revoked' : refreshKept;
  if (first?.kind === 'document' && second.kind === 'refused') return 'revoked';
  return isUnsupported(second) ? 'not-offered' : faultOf(second);
}

const refreshKept: Fault = {
  reason: 'auth-server-misconfigured',
  detail: 'the authorization server revokes access tokens only; its refresh token may still be good',
};

function isUnsupported(reading: Reading): boolean {
  return reading.kind === 'refused' && reading.error === 'unsupported_token_type';
}

function faultOf(reading: Exclude<Reading, { kind: 'document' }>): Fault {
  if (reading.kind === 'transient') return reading.fault;
  const { error, description, status } = reading;
  const detail = `the authorization server did not revoke: ${error}${description === undefined ? '' : ` (${description})`}`;
  return { reason: 'auth-server-misconfigured', httpStatus: status, detail };
}
