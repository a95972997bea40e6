/**
 * The device grant (RFC 8628): a code for the person to type somewhere else, and polling until it is settled.
 *
 * @module
 */
import { safeLine } from '../../base/safe-text.ts';
import type { Secret } from '../../base/secret.ts';
import type { Authority, ClientIdentity } from '../../core/credential.ts';
import type { Fault } from '../../core/fault.ts';
import { isLoopback } from '../../net/address.ts';
import type { OAuthAsk } from '../deps.ts';
import { unusable, type Document } from './answer.ts';
import { postForm, type PostDeps } from './form-post.ts';
import { deviceAuthorization, deviceGrant, type GrantTarget } from './grants.ts';
import type { TokenOutcome } from './outcome.ts';
import { requestToken } from './request.ts';
import { secondsOf, tokenOf } from './token-set.ts';

/** What a sign-in by device waits for. */
export interface DeviceCode {
  readonly deviceCode: Secret;
  /** For the person; not a secret from whoever asked. */
  readonly userCode: string;
  /** Where to type it. https, or http on loopback. */
  readonly verificationUri: string;
  /** The same with the code in it, where the server gives one. */
  readonly verificationUriComplete?: string;
  /** Wall clock, ms since the epoch. */
  readonly expiresAt: number;
  readonly intervalMs: number;
}

/** Who signs in, for what. */
export interface DeviceAsk extends GrantTarget {
  readonly authority: Authority;
  readonly client: ClientIdentity;
  readonly serverUrl: string;
}

/** A code, or why there is none. */
export type DeviceBegun =
  | { readonly kind: 'begun'; readonly device: DeviceCode }
  | Exclude<TokenOutcome, { readonly kind: 'tokens' }>;

/** How the waiting ended. `expired` = nobody typed the code in time. */
export type DeviceOutcome =
  | Exclude<TokenOutcome, { readonly kind: 'transient' }>
  | { readonly kind: 'expired'; readonly fault?: Fault };

/** RFC 8628 §3.2. */
const DEFAULT_INTERVAL_S = 5;
const SLOW_DOWN_MS = 5_000;
/** Errors that say "ask again" (RFC 8628 §3.5). */
const PENDING: ReadonlySet<string> = new Set(['authorization_pending', 'slow_down']);
/** A server may not make a person wait longer than this between two polls. */
const LONGEST_INTERVAL_MS = 300_000;
/** Nor hold a code open for longer. */
const LONGEST_LIFE_S = 3_600;

/** Asks for a code. `transient` with reason `auth-server-misconfigured` where the server has no such endpoint. */
export async function beginDevice(deps: PostDeps, about: DeviceAsk, ask: OAuthAsk): Promise<DeviceBegun> {
  const { authority, client, serverUrl } = about;
  const url = authority.deviceAuthorizationEndpoint;
  if (url === undefined) {
    const detail = 'the authorization server offers no sign-in by device';
    return { kind: 'transient', fault: { reason: 'auth-server-misconfigured', detail }, sent: 'no' };
  }
  const reading = await postForm(deps, { url, authority, client, params: deviceAuthorization(about), serverUrl }, ask);
  if (reading.kind !== 'document') return reading;
  const device = deviceOf(reading.document, deps.clock.now(), ask);
  return device === undefined ? unusable('the answer holds no usable device code') : { kind: 'begun', device };
}

function deviceOf(document: Document, nowMs: number, { numbers }: OAuthAsk): DeviceCode | undefined {
  const deviceCode = tokenOf(document['device_code']);
  const userCode = document['user_code'];
  // `verification_url` is Google's spelling, older than the RFC.
  const verificationUri = pageOf(document['verification_uri'] ?? document['verification_url']);
  const shown = typeof userCode === 'string' ? safeLine(userCode, 100) : '';
  if (deviceCode === undefined || shown === '' || verificationUri === undefined) return undefined;
  const complete = pageOf(document['verification_uri_complete']);
  const lifeS = Math.min(secondsOf(document['expires_in']) ?? numbers.loginMs / 1_000, LONGEST_LIFE_S);
  const intervalS = secondsOf(document['interval']) ?? DEFAULT_INTERVAL_S;
  return {
    deviceCode,
    userCode: shown,
    verificationUri,
    ...(complete === undefined ? {} : { verificationUriComplete: complete }),
    expiresAt: nowMs + lifeS * 1_000,
    intervalMs: Math.min(intervalS * 1_000, LONGEST_INTERVAL_MS),
  };
}

/** A page that a person may be sent to. */
function pageOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || !URL.canParse(value)) return undefined;
  const url = new URL(value);
  const secure = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));
  return secure && url.username === '' && url.password === '' ? url.href : undefined;
}

/** A code that somebody may be typing. */
export interface DevicePoll extends Pick<DeviceAsk, 'authority' | 'client' | 'serverUrl' | 'resource'> {
  readonly device: DeviceCode;
  readonly dpopKey?: Secret;
}

/**
 * Polls until the person has decided or the code has ended. `slow_down` adds 5 s for good; a fault that passes doubles
 * the wait (RFC 8628 §3.5), and polling goes on. Rejects with the reason of `ask.signal` when that is aborted, but not
 * before a poll that is under way has ended: tokens that it brings are given all the same.
 */
export async function pollDevice(deps: PostDeps, about: DevicePoll, ask: OAuthAsk): Promise<DeviceOutcome> {
  const { clock } = deps;
  const { device, authority, client, serverUrl, resource, dpopKey } = about;
  const params = deviceGrant({ deviceCode: device.deviceCode, resource });
  const request = { authority, client, params, serverUrl, ...(dpopKey === undefined ? {} : { dpopKey }) };
  let intervalMs = device.intervalMs;
  let fault: Fault | undefined;
  // A poll that is under way may be the one that redeems the code: nobody's impatience breaks it off.
  const unbroken: OAuthAsk = { ...ask, signal: new AbortController().signal };
  for (let waitMs = intervalMs; clock.now() + waitMs < device.expiresAt;) {
    await clock.sleep(waitMs, ask.signal);
    const outcome = await requestToken(deps, request, unbroken);
    if (outcome.kind === 'tokens') return outcome;
    ask.signal.throwIfAborted();
    if (outcome.kind === 'refused') {
      if (outcome.error === 'expired_token') return { kind: 'expired' };
      if (!PENDING.has(outcome.error)) return outcome;
      if (outcome.error === 'slow_down') intervalMs += SLOW_DOWN_MS;
      fault = undefined;
      waitMs = intervalMs;
    } else {
      fault = outcome.fault;
      intervalMs = Math.min(intervalMs * 2, LONGEST_INTERVAL_MS);
      waitMs = Math.max(intervalMs, outcome.retryAfterMs ?? 0);
    }
  }
  return { kind: 'expired', ...(fault === undefined ? {} : { fault }) };
}
