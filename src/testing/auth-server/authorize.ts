/**
 * The authorization endpoint: checks what it is asked, lets the person decide, sends the browser back (RFC 6749 §4.1).
 *
 * @module
 */
import type { Exchange } from '../exchange.ts';
import { isRegisteredRedirect } from './clients.ts';
import type { ClientRecord } from './clients.ts';
import { formOf, needed, Refusal, words } from './reply.ts';
import type { Reply } from './reply.ts';
import { decide, resourceOf } from './state.ts';
import type { AuthState } from './state.ts';

type Fields = ReadonlyMap<string, string>;

/** Answers `GET /authorize`: a redirect, or a page of 400 where the redirect itself cannot be trusted. */
export async function authorize(state: AuthState, exchange: Exchange): Promise<Reply> {
  const fields = formOf(exchange.record.url.split('?').slice(1).join('?'));
  const client = state.clients.find(needed(fields, 'client_id'));
  if (client === undefined) throw new Refusal('invalid_client', 'no such client');
  const redirectUri = needed(fields, 'redirect_uri');
  if (!isRegisteredRedirect(client, redirectUri))
    throw new Refusal('invalid_request', 'redirect_uri is not one of the client');
  try {
    return back(state, redirectUri, fields, await granted(state, client, fields));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return back(state, redirectUri, fields, { error: error.error, error_description: error.message });
  }
}

async function granted(state: AuthState, client: ClientRecord, fields: Fields): Promise<Record<string, string>> {
  if (fields.get('response_type') !== 'code') throw new Refusal('unsupported_response_type', 'only code');
  const challenge = needed(fields, 'code_challenge');
  if (fields.get('code_challenge_method') !== 'S256' || !/^[\w-]{43}$/.test(challenge))
    throw new Refusal('invalid_request', 'PKCE with S256 is needed');
  const resource = resourceOf(state, fields);
  const scopes = words(fields.get('scope'));
  const prompt = fields.get('prompt');
  const decision = await decide(state, {
    clientId: client.client_id,
    scopes,
    resource,
    ...(prompt === undefined ? {} : { prompt }),
  });
  if ('refused' in decision) throw new Refusal(decision.refused, decision.description);
  state.ledger.count.authorizations += 1;
  const jkt = fields.get('dpop_jkt');
  const grant = state.ledger.grant({
    clientId: client.client_id,
    subject: decision.subject,
    scopes: decision.granted,
    resource,
    by: 'authorization_code',
    asked: scopes,
    ...(jkt === undefined ? {} : { jkt }),
  });
  return { code: state.ledger.code({ grant, redirectUri: needed(fields, 'redirect_uri'), challenge }) };
}

function back(state: AuthState, redirectUri: string, fields: Fields, answer: Readonly<Record<string, string>>): Reply {
  const target = new URL(redirectUri);
  for (const [name, value] of Object.entries(answer)) target.searchParams.set(name, value);
  const given = fields.get('state');
  if (given !== undefined) target.searchParams.set('state', given);
  const send = state.options.iss?.send ?? true;
  if (send !== false) target.searchParams.set('iss', send === true ? state.issuer : send);
  return { status: 302, headers: { location: target.href } };
}
