/**
 * The token endpoint: every grant, with the client proved, PKCE checked and refresh tokens rotated.
 *
 * @module
 */
import type { Exchange } from '../exchange.ts';
import type { ClientRecord } from './clients.ts';
import { DEVICE_GRANT, redeemDevice } from './device.ts';
import type { DeviceCodes } from './device.ts';
import { sha256 } from './jws.ts';
import type { Grant } from './ledger.ts';
import { formOf, needed, Refusal, words } from './reply.ts';
import type { Reply } from './reply.ts';
import { grantable, resourceOf, tokenReply } from './state.ts';
import type { AuthState } from './state.ts';

/** The grant of RFC 7523 §2.1. */
export const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

interface TokenAsk {
  readonly state: AuthState;
  readonly client: ClientRecord;
  readonly fields: ReadonlyMap<string, string>;
  /** Key that the request has proved to hold. */
  readonly jkt: string | undefined;
}

/** Answers `POST /token`. Errors: `Refusal`. */
export async function answerTokenRequest(state: AuthState, exchange: Exchange, devices: DeviceCodes): Promise<Reply> {
  const fields = formOf(exchange.record.body);
  const type = exchange.record.headers['content-type'] ?? '';
  if (!type.startsWith('application/x-www-form-urlencoded')) throw new Refusal('invalid_request', 'no form');
  const client = state.clients.authenticate(exchange, fields);
  const dpop = state.options.dpop ?? 'optional';
  const jkt = dpop === 'none' ? undefined : state.dpop.check(exchange);
  if (dpop === 'required' && jkt === undefined) throw new Refusal('invalid_dpop_proof', 'a proof is needed');
  const ask: TokenAsk = { state, client, fields, jkt };
  const grantType = needed(fields, 'grant_type');
  switch (grantType) {
    case 'authorization_code':
      return byCode(ask);
    case 'refresh_token':
      return byRefresh(ask);
    case 'client_credentials':
      return byClient(ask);
    case JWT_BEARER:
      return byAssertion(ask);
    case DEVICE_GRANT:
      return byDevice(ask, await redeemDevice(state, devices, client, fields));
    default:
      throw new Refusal('unsupported_grant_type', grantType);
  }
}

function byCode({ state, client, fields, jkt }: TokenAsk): Reply {
  const code = state.ledger.spendCode(needed(fields, 'code'), client.client_id);
  if (fields.get('redirect_uri') !== code.redirectUri) throw new Refusal('invalid_grant', 'redirect_uri differs');
  const verifier = needed(fields, 'code_verifier');
  if (!/^[\w.~-]{43,128}$/.test(verifier) || sha256(verifier) !== code.challenge)
    throw new Refusal('invalid_grant', 'code_verifier does not fit');
  const resource = resourceOf(state, fields);
  if (resource !== code.grant.resource) throw new Refusal('invalid_target', 'resource differs from the authorization');
  if (code.grant.jkt !== undefined && code.grant.jkt !== jkt) throw new Refusal('invalid_grant', 'another key');
  const bound = bind(code.grant, jkt);
  return tokenReply(state, bound, state.ledger.issue(bound), bound.asked);
}

// Binding happens once, when the code is redeemed; the grant in the ledger is the same object.
function bind(grant: Grant, jkt: string | undefined): Grant {
  return jkt === undefined ? grant : Object.assign(grant, { jkt });
}

function byRefresh({ state, client, fields, jkt }: TokenAsk): Reply {
  const text = needed(fields, 'refresh_token');
  const grant = state.ledger.grantOfRefresh(text);
  if (grant?.jkt !== undefined && client.token_endpoint_auth_method === 'none' && grant.jkt !== jkt)
    throw new Refusal('invalid_grant', 'another key');
  resourceOf(state, fields);
  const asked = fields.has('scope') ? words(fields.get('scope')) : undefined;
  const issued = state.ledger.redeem(text, client.client_id, asked);
  if (grant === undefined) throw new Refusal('invalid_grant', 'unknown refresh token');
  return tokenReply(state, grant, issued, asked ?? grant.scopes);
}

function byClient(ask: TokenAsk): Reply {
  if ((ask.client.token_endpoint_auth_method ?? 'none') === 'none' && ask.client.client_secret === undefined)
    throw new Refusal('unauthorized_client', 'a client without a proof has no credentials');
  return machineGrant(ask, 'client_credentials');
}

function byAssertion(ask: TokenAsk): Reply {
  const accept = ask.state.options.acceptAssertion ?? ((): boolean => false);
  if (!accept(needed(ask.fields, 'assertion'))) throw new Refusal('invalid_grant', 'the assertion is not accepted');
  return machineGrant(ask, 'jwt_bearer');
}

function machineGrant({ state, client, fields, jkt }: TokenAsk, by: string): Reply {
  const asked = words(fields.get('scope'));
  const grant = state.ledger.grant({
    clientId: client.client_id,
    subject: client.client_id,
    scopes: grantable(state, asked),
    resource: resourceOf(state, fields),
    by,
    asked,
    ...(jkt === undefined ? {} : { jkt }),
  });
  return tokenReply(state, grant, state.ledger.issue(grant, grant.scopes, false), asked);
}

function byDevice({ state, jkt }: TokenAsk, grant: Grant): Reply {
  const bound = bind(grant, jkt);
  return tokenReply(state, bound, state.ledger.issue(bound), bound.asked);
}
