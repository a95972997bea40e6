/**
 * What is POSTed to a webhook: the event as JSON, with the headers of Standard Webhooks (standardwebhooks.com).
 *
 * @module
 */
import { createHmac } from 'node:crypto';
import type { Secret } from '../base/secret.ts';
import type { FleetEvent } from '../core/events.ts';

/** One delivery, the same for every try but for its time and signature. */
export interface Message {
  /** The same for every try of one event: a receiver that has it already may forget the second one. */
  readonly id: string;
  readonly body: string;
}

const PREFIX = 'whsec_';

/** The message of an event: `{type, timestamp, data}`, where `data` is the event as `holdfast events` prints it. */
export function messageOf(event: FleetEvent): Message {
  return {
    id: `evt_${event.seq}`,
    body: JSON.stringify({ type: event.event, timestamp: event.time, data: event }),
  };
}

/** A key that begins with `whsec_` is base64 after that; any other text is the key itself. */
function keyOf(secret: string): Buffer {
  return secret.startsWith(PREFIX) ? Buffer.from(secret.slice(PREFIX.length), 'base64') : Buffer.from(secret, 'utf8');
}

/** The headers of one try, made at `nowMs`; signed where there is a secret. */
export function headersOf({ id, body }: Message, nowMs: number, secret?: Secret): Record<string, string> {
  const timestamp = String(Math.floor(nowMs / 1_000));
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'holdfast-webhooks',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
  };
  if (secret === undefined) return headers;
  const signed = createHmac('sha256', keyOf(secret.reveal())).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { ...headers, 'webhook-signature': `v1,${signed}` };
}
