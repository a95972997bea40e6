/**
 * Dynamic client registration (RFC 7591): one request, and what its answer means.
 *
 * @module
 */
import { safeLine } from '../../base/safe-text.ts';
import { Secret } from '../../base/secret.ts';
import { classifyConnect } from '../../core/classify.ts';
import type { Authority, ClientAuthMethod } from '../../core/credential.ts';
import type { Fault } from '../../core/fault.ts';
import { isLoopback } from '../../net/address.ts';
import { answerOf, guardedSend, type GuardedReply } from '../../net/guarded-send.ts';
import type { OAuthAsk, OAuthDeps } from '../deps.ts';
import { jsonObject, textAt, type JsonObject } from '../discovery/documents.ts';
import { acceptedMethod, wantedMethod } from './method.ts';

/** What is registered. */
export interface RegistrationAsk {
  readonly authority: Authority;
  readonly serverUrl: string;
  readonly grant: 'authorization_code' | 'device_code';
  readonly redirectUri?: string;
  readonly scopes?: readonly string[];
  /** As the entry pins it. */
  readonly method?: ClientAuthMethod;
}

/** A client as the authorization server has made it. */
export interface Registered {
  readonly clientId: string;
  readonly clientSecret?: Secret;
  /** Milliseconds since the epoch; absent = it stays. */
  readonly secretExpiresAt?: number;
  readonly method: ClientAuthMethod;
}

/** A client, or why there is none. */
export type RegistrationOutcome =
  | { readonly ok: true; readonly registered: Registered }
  | { readonly ok: false; readonly fault: Fault };

const NOTHING = { sent: 'none', offersOAuth: false, tokenHeld: false } as const;
/** Statuses below 500 that ask to come back later. */
const LATER: ReadonlySet<number> = new Set([408, 425, 429]);
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** Registers. Never throws; a secret is known to the redactor before anything else sees it. */
export async function register(deps: OAuthDeps, about: RegistrationAsk, ask: OAuthAsk): Promise<RegistrationOutcome> {
  const { authority, serverUrl } = about;
  const { clock, fetch, addressMode = 'local-user' } = deps;
  const { numbers, signal } = ask;
  const got = await guardedSend(authority.registrationEndpoint ?? '', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(clientMetadata(about)),
    timeoutMs: numbers.tokenTimeoutMs,
    maxBytes: numbers.tokenBytes,
    maxRedirects: 0,
    signal,
    addressPolicy: { mode: addressMode, serverUrl },
    clock,
    fetch,
  });
  if (got.ok) return readReply(got, deps, about);
  if (got.answer.kind === 'protocol') return refused(got.answer.text);
  const fault = classifyConnect(got.answer, NOTHING);
  return { ok: false, fault: { ...fault, detail: `the client registration: ${fault.detail ?? fault.reason}` } };
}

/** The client metadata document (RFC 7591 §2; `application_type` of OpenID Connect, demanded by MCP since 2026-07-28). */
export function clientMetadata(about: RegistrationAsk): Readonly<Record<string, unknown>> {
  const { authority, grant, redirectUri, scopes = [] } = about;
  const local = redirectUri === undefined || (URL.canParse(redirectUri) && isLoopback(new URL(redirectUri)));
  return {
    client_name: 'Holdfast',
    software_id: 'holdfast',
    application_type: local ? 'native' : 'web',
    ...(redirectUri === undefined ? {} : { redirect_uris: [redirectUri] }),
    grant_types: [grant === 'device_code' ? DEVICE_GRANT : grant, 'refresh_token'],
    response_types: grant === 'device_code' ? [] : ['code'],
    token_endpoint_auth_method: wantedMethod(authority, about.method),
    ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
  };
}

function readReply(reply: GuardedReply, deps: OAuthDeps, about: RegistrationAsk): RegistrationOutcome {
  const { status, text } = reply;
  const answer = answerOf(reply, deps.clock);
  if (LATER.has(status) || (status >= 500 && status !== 501)) {
    const fault = classifyConnect(answer, NOTHING);
    return { ok: false, fault: { ...fault, detail: `the client registration: HTTP ${status}` } };
  }
  if (status >= 300 && status < 400) return refused(`its registration redirects to ${answer.location ?? 'nowhere'}`);
  const document = jsonObject(text) ?? {};
  const clientId = textAt(document, 'client_id');
  // RFC 7591 §3.2.1 says 201; servers in the field say 200 too, and some say an error with it.
  if ((status !== 200 && status !== 201) || clientId === undefined || textAt(document, 'error') !== undefined)
    return refused(whyRefused(status, document, about.authority));
  const secret = textAt(document, 'client_secret');
  const clientSecret = secret === undefined ? undefined : new Secret(secret);
  deps.redactor.add(clientSecret);
  // Seconds; 0 = never (RFC 7591 §3.2.1). Many servers leave it out.
  const expires = document['client_secret_expires_at'];
  return {
    ok: true,
    registered: {
      clientId,
      ...(clientSecret === undefined ? {} : { clientSecret }),
      ...(typeof expires === 'number' && expires > 0 ? { secretExpiresAt: expires * 1_000 } : {}),
      method: acceptedMethod(about, textAt(document, 'token_endpoint_auth_method'), secret !== undefined),
    },
  };
}

function whyRefused(status: number, document: JsonObject, { issuer, by }: Authority): string {
  const error = textAt(document, 'error');
  // Nobody has said that there is a sign-in at all: its endpoints were assumed.
  if (error === undefined && by === 'endpoints')
    return `${issuer} describes no sign-in, and its /register answers HTTP ${status} without a client id`;
  if (error === undefined)
    return status < 300 ? 'its registration answers without a client id' : `its registration answers HTTP ${status}`;
  const description = textAt(document, 'error_description');
  return `its registration says ${safeLine(error, 80)}${description === undefined ? '' : `: ${safeLine(description)}`}`;
}

/** A refusal that a person mends, by a client of their own. */
export function refused(why: string): { readonly ok: false; readonly fault: Fault } {
  const detail = `${why}; register a client there by hand and put its id into the entry ("oauth": {"clientId": …})`;
  return { ok: false, fault: { reason: 'client-registration-refused', detail } };
}
