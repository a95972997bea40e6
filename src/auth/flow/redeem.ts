/**
 * Turns the answer of an authorization server into a login that is kept.
 *
 * @module
 */
import { HoldfastError, messageOf } from '../../base/errors.ts';
import { Secret } from '../../base/secret.ts';
import type { Credential, TokenSet } from '../../core/credential.ts';
import { REASONS } from '../../core/reasons.ts';
import type { LoginOutcome } from '../../core/sign-in.ts';
import { codeGrant } from '../token/grants.ts';
import type { TokenOutcome } from '../token/outcome.ts';
import { readCallback, type CallbackParams } from './callback.ts';
import {
  faultEnding,
  forgottenClientEnding,
  refusedEnding,
  unsavedEnding,
  wrongIssuerEnding,
  type Ending,
} from './endings.ts';
import type { Flow, FlowAbout } from './flow.ts';
import type { FlowParts } from './parts.ts';
import { missingScopes, union } from './scopes.ts';

/** Tries of a redemption that surely did not happen. */
const TRIES = 3;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 3_000;
/** Tries to keep tokens that are there. */
const SAVE_TRIES = 3;
const SAVE_WAIT_MS = 700;

/**
 * What a callback makes of its flow, which has been taken (`FlowStore.take`). Goes on until it is known: nobody's
 * impatience loses a login, so only the end of this process ends `signal`.
 */
export async function redeemCallback(
  parts: FlowParts,
  flow: Flow,
  answer: { readonly params: CallbackParams; readonly signal: AbortSignal },
): Promise<LoginOutcome> {
  if (flow.way.kind !== 'code') throw new HoldfastError('ERR_INTERNAL', 'this sign-in expects no callback');
  const { authority, resource, way } = flow;
  const said = readCallback(answer.params, authority);
  if (said.kind === 'wrong-issuer') return wrongIssuerEnding(flow);
  if (said.kind === 'error') return refusal(parts, flow, said);
  const code = new Secret(said.code);
  parts.redactor.add(code);
  const params = codeGrant({ code, redirectUri: way.redirectUri, verifier: way.verifier, resource });
  return settleTokens(parts, flow, await redeemed(parts, flow, { params, signal: answer.signal }));
}

/** The login that an answer of the token endpoint makes, or why there is none. */
export async function settleTokens(
  parts: FlowParts,
  about: FlowAbout & Ending & { readonly grant?: Credential['grant'] },
  outcome: TokenOutcome,
): Promise<LoginOutcome> {
  if (outcome.kind === 'refused') return refusal(parts, about, outcome);
  if (outcome.kind === 'transient') return faultEnding(about, outcome.fault);
  try {
    const credential = await save(parts, about, outcome.tokens);
    const missing = missingScopes(about.needed, about.scopes, outcome.tokens.scopes);
    return {
      kind: 'completed',
      flow: about.id,
      server: about.server,
      credential: parts.logins.info(credential),
      missing,
    };
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    parts.logger.error({ error: messageOf(error), server: about.server }, 'a login could not be kept');
    return unsavedEnding(about, `The login could not be kept: ${error.message}`);
  }
}

/** A refusal. The registration of a client that the server has forgotten is forgotten too: the next sign-in makes one. */
async function refusal(
  parts: FlowParts,
  about: FlowAbout & Ending,
  said: { readonly error: string; readonly description?: string },
): Promise<LoginOutcome> {
  const { client, authority } = about;
  const unknown = said.error === 'invalid_client' || said.error === 'unauthorized_client';
  if (!unknown || client.kind !== 'dynamic') return refusedEnding(about, said);
  await parts.forgetRegistration(authority.issuer, client.clientId);
  return forgottenClientEnding(about);
}

/** The tokens for a code. Sent again only while the server surely did not use it: a code counts once. */
async function redeemed(
  parts: FlowParts,
  flow: Flow,
  ask: { readonly params: ReturnType<typeof codeGrant>; readonly signal: AbortSignal },
): Promise<TokenOutcome> {
  const { authority, client, numbers, dpopKey, place } = flow;
  const about = {
    authority,
    client,
    params: ask.params,
    serverUrl: place.serverUrl,
    ...(dpopKey === undefined ? {} : { dpopKey }),
  };
  for (let tried = 1; ; tried += 1) {
    const outcome = await parts.requestToken(about, { numbers, signal: ask.signal });
    if (outcome.kind !== 'transient' || outcome.sent === 'maybe' || tried === TRIES) return outcome;
    if (REASONS[outcome.fault.reason].persistence !== 'transient') return outcome;
    const wait = Math.max(outcome.retryAfterMs ?? 0, FIRST_WAIT_MS * 2 ** (tried - 1));
    if (wait > LONGEST_WAIT_MS || ask.signal.aborted) return outcome;
    await parts.clock.sleep(wait);
  }
}

async function save(
  parts: FlowParts,
  about: FlowAbout & { readonly grant?: Credential['grant'] },
  tokens: TokenSet,
): Promise<Credential> {
  const { authority, client, place, resource, dpopKey } = about;
  const made: Omit<Credential, 'id' | 'generation'> = {
    key: {
      issuer: authority.issuer,
      resource: resource ?? '',
      client: client.clientId,
      profile: place.profile,
      serverUrl: place.serverUrl,
      lane: place.lane,
    },
    authority,
    client,
    tokens,
    requestedScopes: union(about.requestedBefore, about.scopes ?? []),
    grant: about.grant ?? 'authorization_code',
    status: 'live',
    ...(dpopKey === undefined ? {} : { dpopKey }),
  };
  for (let tried = 1; ; tried += 1) {
    try {
      return await parts.logins.create(made);
    } catch (error) {
      if (!(error instanceof HoldfastError) || tried === SAVE_TRIES) throw error;
      await parts.clock.sleep(SAVE_WAIT_MS);
    }
  }
}
