/**
 * Tokens without a person: client credentials, an assertion as the grant (workload identity), and enterprise-managed
 * authorization, where an identity provider makes the assertion.
 *
 * @module
 */
import type { Secret } from '../../base/secret.ts';
import type { Authority, ClientIdentity } from '../../core/credential.ts';
import type { IdentityProvider, OAuthSettings } from '../../core/entry.ts';
import type { OAuthAsk } from '../deps.ts';
import { unusable, type Refused, type Transient } from './answer.ts';
import { postForm, type PostDeps } from './form-post.ts';
import { clientCredentialsGrant, jwtBearerGrant, tokenExchange, TOKEN_TYPES, type GrantTarget } from './grants.ts';
import type { TokenOutcome } from './outcome.ts';
import { requestToken } from './request.ts';
import { tokenOf } from './token-set.ts';

/** Who asks for what, and with which settings of the entry. */
export interface MachineAsk extends GrantTarget {
  readonly authority: Authority;
  readonly client: ClientIdentity;
  readonly oauth: Pick<OAuthSettings<Secret>, 'grant' | 'assertion' | 'identityProvider'>;
  readonly serverUrl: string;
  readonly dpopKey?: Secret;
}

/** Whether the settings ask for a sign-in in which no person takes part. */
export function isMachineGrant({ grant }: Pick<OAuthSettings<Secret>, 'grant'>): boolean {
  return grant === 'client_credentials' || grant === 'jwt_bearer';
}

/**
 * Tokens for a machine grant. Also the renewal of such a login: these grants give no refresh token. Settings that are not
 * complete are `transient` · `config-invalid`, and nothing is sent. A refusal is never followed by another grant.
 */
export async function machineTokens(deps: PostDeps, about: MachineAsk, ask: OAuthAsk): Promise<TokenOutcome> {
  const { oauth, dpopKey, authority, client, serverUrl } = about;
  const request = { authority, client, serverUrl, ...(dpopKey === undefined ? {} : { dpopKey }) };
  if (oauth.grant === 'client_credentials')
    return requestToken(deps, { ...request, params: clientCredentialsGrant(about) }, ask);
  const granted = await assertionOf(deps, about, ask);
  if (granted.kind !== 'assertion') return granted;
  const { assertion } = granted;
  const { resource, scopes } = about;
  return requestToken(deps, { ...request, params: jwtBearerGrant({ assertion, resource, scopes }) }, ask);
}

type Assertion = { readonly kind: 'assertion'; readonly assertion: Secret };

async function assertionOf(deps: PostDeps, about: MachineAsk, ask: OAuthAsk): Promise<Assertion | Refused | Transient> {
  const { assertion, identityProvider, grant } = about.oauth;
  if (grant === 'jwt_bearer' && assertion !== undefined) return { kind: 'assertion', assertion };
  if (grant === 'jwt_bearer' && identityProvider !== undefined)
    return exchangeIdentity(deps, { ...about, identityProvider }, ask);
  const detail = 'the grant needs "assertion" or "identityProvider" in the oauth settings of the entry';
  return { kind: 'transient', fault: { reason: 'config-invalid', detail }, sent: 'no' };
}

/**
 * Exchanges the identity of a person for an assertion that the authorization server accepts (RFC 8693; identity
 * assertion authorization grant, draft 04). The audience is the issuer of that server.
 */
async function exchangeIdentity(
  deps: PostDeps,
  about: MachineAsk & { readonly identityProvider: IdentityProvider<Secret> },
  ask: OAuthAsk,
): Promise<Assertion | Refused | Transient> {
  const { identityProvider: provider, authority, resource, scopes } = about;
  const { tokenEndpoint, issuer, clientId, idToken } = provider;
  const params = tokenExchange({
    subjectToken: idToken,
    subjectTokenType: TOKEN_TYPES.idToken,
    requestedTokenType: TOKEN_TYPES.idJag,
    audience: authority.issuer,
    resource,
    scopes,
  });
  const client: ClientIdentity = { clientId, method: 'none', kind: 'configured' };
  const reading = await postForm(
    deps,
    {
      url: tokenEndpoint,
      authority: { issuer, tokenEndpoint, by: 'metadata' },
      client,
      params,
      // A person put this address into the entry: it stands for itself.
      serverUrl: tokenEndpoint,
    },
    ask,
  );
  if (reading.kind === 'refused') return { ...reading, description: fromProvider(reading) };
  if (reading.kind === 'transient') return reading;
  const issued = reading.document['issued_token_type'];
  const assertion = tokenOf(reading.document['access_token']);
  if (assertion === undefined || (issued !== undefined && issued !== TOKEN_TYPES.idJag))
    return unusable('the identity provider gave no identity assertion');
  return { kind: 'assertion', assertion };
}

/** Says whose word it is: the person would else look at the wrong server. */
function fromProvider({ description }: Refused): string {
  return `the identity provider refused${description === undefined ? '' : `: ${description}`}`;
}
