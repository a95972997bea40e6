/**
 * One request to a webhook: signed, bounded, and to that address alone.
 *
 * @module
 */
import { classifyConnect } from '../core/classify.ts';
import type { ReasonId } from '../core/reasons.ts';
import { webhookAddress } from '../core/webhook.ts';
import type { Webhook } from '../core/webhook.ts';
import type { Clock } from '../base/clock.ts';
import type { Fetch } from '../net/dispatcher.ts';
import { answerOf, guardedSend } from '../net/guarded-send.ts';
import { headersOf } from './message.ts';
import type { Message } from './message.ts';

/** What a request needs of the world. */
export interface PostWorld {
  readonly clock: Clock;
  readonly fetch: Fetch;
  /** Ends the request. */
  readonly signal: AbortSignal;
}

/** Bounds of one request. */
export const POST_LIMITS = { timeoutMs: 15_000, answerBytes: 64 * 1_024 } as const;

/** HTTP 410: the receiver asks never to be called again. */
const GONE = 410;
const NOTHING_SENT = { sent: 'none', offersOAuth: false, tokenHeld: false } as const;

/** What came of it. `gone` = it asks never to be called again. */
export interface Posted {
  readonly kind: 'done' | 'failed' | 'gone';
  /** Absent where no answer of HTTP came. */
  readonly httpStatus?: number;
  /** Short, for a log: `HTTP 503`, `ECONNREFUSED`, `timeout`. */
  readonly why: string;
  /** Why no answer came. */
  readonly reason?: ReasonId;
  readonly redirectTo?: string;
  readonly retryAfterMs?: number;
}

/** Sends the message once. Never throws. */
export async function post({ url, secret }: Webhook, message: Message, world: PostWorld): Promise<Posted> {
  const { clock, fetch, signal } = world;
  const got = await guardedSend(url, {
    method: 'POST',
    body: message.body,
    headers: headersOf(message, clock.now(), secret),
    errorText: false,
    timeoutMs: POST_LIMITS.timeoutMs,
    maxBytes: POST_LIMITS.answerBytes,
    maxRedirects: 0,
    signal,
    addressPolicy: { mode: 'local-user', serverUrl: url },
    clock,
    fetch,
  });
  if (!got.ok) {
    const { answer } = got;
    // A 2xx whose body is too long was taken all the same.
    if (answer.kind === 'protocol') return { kind: 'done', why: 'an answer too long to read' };
    const why = answer.kind === 'network' ? answer.errno : answer.kind;
    return { kind: 'failed', why, reason: classifyConnect(answer, NOTHING_SENT).reason };
  }
  const { status: httpStatus } = got;
  const why = `HTTP ${httpStatus}`;
  if (httpStatus >= 200 && httpStatus < 300) return { kind: 'done', httpStatus, why };
  if (httpStatus === GONE) return { kind: 'gone', httpStatus, why };
  const { retryAfterMs, location } = answerOf(got, clock);
  return {
    kind: 'failed',
    httpStatus,
    why,
    ...(location === undefined ? {} : { redirectTo: webhookAddress(location) }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}
