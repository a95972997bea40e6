/**
 * Posts a form to an endpoint of an authorization server: client authentication, DPoP, bounds, and every secret of the
 * answer out of reach of logs before anybody else sees it.
 *
 * @module
 */
import { safeLine } from '../../base/safe-text.ts';
import { Secret } from '../../base/secret.ts';
import { classifyConnect } from '../../core/classify.ts';
import type { Authority, ClientIdentity } from '../../core/credential.ts';
import type { Fault } from '../../core/fault.ts';
import { guardedSend } from '../../net/guarded-send.ts';
import type { OAuthAsk, OAuthDeps } from '../deps.ts';
import { jsonObject, readAnswer, type Document, type Reading, type Transient } from './answer.ts';
import { ClientKeyError, plainBasicDiffers, proveClient } from './client-auth.ts';
import { dpopProof } from './dpop.ts';
import type { TokenParams } from './grants.ts';

/** The world of a request. */
export type PostDeps = Pick<OAuthDeps, 'clock' | 'fetch' | 'redactor' | 'addressMode'>;

/** One form and where it goes. */
export interface FormPost {
  readonly url: string;
  readonly authority: Pick<Authority, 'issuer' | 'tokenEndpoint' | 'by'>;
  readonly client: ClientIdentity;
  readonly params: TokenParams;
  /** Decides which addresses may be contacted. */
  readonly serverUrl: string;
  /** Binds the tokens to this key (RFC 9449 §5). */
  readonly dpopKey?: Secret | undefined;
  /** A success without a body is one too (RFC 7009 §2.2). Default false. */
  readonly mayBeEmpty?: boolean;
}

/** What may change from one try to the next. */
interface Try {
  readonly nonce?: string | undefined;
  readonly plainBasic?: boolean;
}

/** A reading, and the nonce that came with it. */
interface Tried {
  readonly reading: Reading;
  readonly nonce: string | undefined;
}

/** Members of an answer that nobody may see. */
const SECRET_MEMBERS = ['access_token', 'refresh_token', 'id_token', 'device_code', 'client_secret'] as const;
const LONGEST_NONCE = 1_024;

/**
 * One POST, read. A second one follows only where the server has refused the first before it looked at the grant: once
 * with the nonce that it asks for (RFC 9449 §8), once with Basic credentials as they are where it does not know the
 * encoded ones. Never throws; all tries share `tokenTimeoutMs`.
 */
export async function postForm(deps: PostDeps, post: FormPost, ask: OAuthAsk): Promise<Reading> {
  const { clock } = deps;
  const endsAt = clock.monotonic() + ask.numbers.tokenTimeoutMs;
  const send = (again: Try): Promise<Tried> =>
    tryOnce(deps, post, ask, { ...again, leftMs: endsAt - clock.monotonic() });
  try {
    let state: Try = {};
    let tried = await send(state);
    if (wantsNonce(tried, post)) {
      state = { nonce: tried.nonce };
      tried = await send(state);
    }
    if (isRefused(tried.reading, 'invalid_client') && plainBasicDiffers(post.client)) {
      const second = await send({ nonce: tried.nonce ?? state.nonce, plainBasic: true });
      // The first answer stands where the second knows no better.
      if (!isRefused(second.reading, 'invalid_client')) tried = second;
    }
    return cleaned(deps, tried.reading);
  } catch (error) {
    if (!(error instanceof ClientKeyError)) throw error;
    return unsent({ reason: 'config-invalid', detail: error.message });
  }
}

function isRefused(reading: Reading, error: string): boolean {
  return reading.kind === 'refused' && reading.error === error;
}

function wantsNonce({ reading, nonce }: Tried, { dpopKey }: FormPost): boolean {
  return dpopKey !== undefined && nonce !== undefined && isRefused(reading, 'use_dpop_nonce');
}

async function tryOnce(
  deps: PostDeps,
  post: FormPost,
  ask: OAuthAsk,
  state: Try & { readonly leftMs: number },
): Promise<Tried> {
  const { clock, redactor, addressMode = 'local-user' } = deps;
  const nowMs = clock.now();
  const { client, authority, url, dpopKey } = post;
  const proof = await proveClient({ client, authority, nowMs, plainBasic: state.plainBasic === true });
  const params = { ...post.params, ...proof.params };
  redactor.add(client.clientSecret, dpopKey, ...secretsIn(params), ...secretsIn(proof.headers));
  if (!URL.canParse(url)) return { reading: unsent(unusableUrl), nonce: undefined };
  const dpop =
    dpopKey === undefined ? {} : { dpop: await dpopProof(dpopKey, { method: 'POST', url, nonce: state.nonce, nowMs }) };
  const sent = await guardedSend(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...proof.headers, ...dpop },
    body: formOf(params),
    timeoutMs: Math.max(0, state.leftMs),
    maxBytes: ask.numbers.tokenBytes,
    maxRedirects: 0,
    signal: ask.signal,
    addressPolicy: { mode: addressMode, serverUrl: post.serverUrl },
    clock,
    fetch: deps.fetch,
  });
  if (!sent.ok) return { reading: failed(sent), nonce: undefined };
  redactor.add(...secretsOf(jsonObject(sent.text)));
  const done =
    post.mayBeEmpty === true && sent.status >= 200 && sent.status < 300 && jsonObject(sent.text) === undefined;
  const nonce = sent.headers.get('dpop-nonce') ?? '';
  return {
    reading: done ? { kind: 'document', document: {} } : readAnswer(sent, clock.now()),
    nonce: nonce === '' || nonce.length > LONGEST_NONCE ? undefined : nonce,
  };
}

/** `application/x-www-form-urlencoded`. Names and values that are empty are left out: some servers refuse them. */
function formOf(params: TokenParams): Secret {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    const text = value instanceof Secret ? value.reveal() : value;
    if (text !== '') form.append(name, text);
  }
  return new Secret(form.toString());
}

function secretsIn(values: Readonly<Record<string, string | Secret>>): readonly Secret[] {
  return Object.values(values).filter((value) => value instanceof Secret);
}

function secretsOf(document: Document | undefined): readonly string[] {
  return SECRET_MEMBERS.map((name) => document?.[name]).filter((value) => typeof value === 'string');
}

const unusableUrl: Fault = {
  reason: 'auth-server-misconfigured',
  detail: 'the address of the endpoint cannot be read',
};

function unsent(fault: Fault): Transient {
  return { kind: 'transient', fault, sent: 'no' };
}

/** The errnos of our own refusals: the address is wrong, not the network. */
const BARRED: Readonly<Record<string, string>> = {
  ERR_URL_REFUSED: 'the endpoint has no https address',
  ERR_ADDRESS_REFUSED: 'the endpoint lies in a network to which this server may not point',
};

function failed({ answer, sent }: Extract<Awaited<ReturnType<typeof guardedSend>>, { ok: false }>): Transient {
  const barred = answer.kind === 'network' ? BARRED[answer.errno] : undefined;
  if (barred !== undefined) return unsent({ reason: 'auth-server-misconfigured', detail: barred });
  const fault = classifyConnect(answer, { sent: 'none', offersOAuth: false, tokenHeld: false });
  // "Does not speak MCP" and "broke the protocol" are words about MCP servers.
  const strange = fault.reason === 'not-mcp' || fault.reason === 'protocol-error';
  return { kind: 'transient', fault: strange ? { ...fault, reason: 'auth-server-misconfigured' } : fault, sent };
}

/** What the server says in its own words, fit to be shown. */
function cleaned({ redactor }: PostDeps, reading: Reading): Reading {
  if (reading.kind !== 'refused' || reading.description === undefined) return reading;
  return { ...reading, description: safeLine(redactor.redact(reading.description)) };
}
