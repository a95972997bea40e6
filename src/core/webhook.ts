/**
 * Webhooks: addresses that are told what happens to a fleet while nobody looks at it.
 *
 * @module
 */
import type { Secret } from '../base/secret.ts';
import type { FleetEvent, FleetEventBody } from './events.ts';
import type { ReasonId } from './reasons.ts';

/** Where a webhook is written. */
export interface WebhookSource {
  readonly file: string;
  /** 1-based; 0 = the whole file. */
  readonly line: number;
  /** `webhooks[0]`; the empty string for the whole file. */
  readonly pointer: string;
  /** The number in `pointer`. */
  readonly index: number;
}

/** One webhook of our own configuration, its variables expanded. */
export interface Webhook {
  /** https, or http on this machine. May itself be a secret: show it without query. */
  readonly url: string;
  /** Names of events; `*` = all. */
  readonly events: readonly (FleetEventBody['event'] | '*')[];
  /** Only events of these servers; absent = all. */
  readonly servers?: readonly string[];
  /** The signing secret; without one deliveries are not signed. */
  readonly secret?: Secret;
  /** `url` as it stands in the file, its variables not expanded. */
  readonly written?: string;
  /** Absent where it stands in no file. */
  readonly source?: WebhookSource;
}

/** What is wrong with a webhook that is not used, or with the file of all of them. */
export interface WebhookProblem extends WebhookSource {
  /** No value of anything is in it. */
  readonly text: string;
}

/** What came of a message that was sent once to see whether it arrives. */
export interface WebhookTry {
  readonly took: boolean;
  /** Short: `HTTP 204`, `ECONNREFUSED`, `timeout`. */
  readonly answer: string;
  /** Absent where no answer of HTTP came. */
  readonly httpStatus?: number;
  /** Why no answer came. */
  readonly reason?: ReasonId;
  /** Where a redirect would have gone, as `webhookAddress` shows it; it is not followed. */
  readonly redirectTo?: string;
  readonly retryAfterMs?: number;
  readonly durationMs: number;
  /** `webhook-id` of the message, for whoever looks into the receiver's log. */
  readonly id: string;
}

/** The webhooks of a configuration, and what is wrong with those that are not used. */
export interface WebhookList {
  readonly hooks: readonly Webhook[];
  readonly problems: readonly WebhookProblem[];
}

const HIDDEN = '[hidden]';
/** Words and variables. Everything else in a path may be a key: a number, a UUID, a run of letters of both cases. */
const PLAIN = /^(?:[A-Za-z]?[a-z._-]{0,19}|v\d|\$\{\w+(?::-\[hidden\])?\})$/;

/**
 * The address of a webhook as it may be shown: many receivers know a caller by the path alone, so that of it only words
 * are shown. Nor are user, password, query and defaults of variables. Works on texts that still hold `${VAR}`.
 */
export function webhookAddress(url: string): string {
  const bare = url
    .replaceAll(/(\$\{\w+:-)[^}]*\}/g, `$1${HIDDEN}}`)
    .replace(/[?#].*$/s, '')
    .replace(/^([a-z][\d+.a-z-]*:\/\/)[^/]*@/i, '$1');
  const [, origin = '', path = ''] = /^([a-z][\d+.a-z-]*:\/\/[^/]*)?(.*)$/is.exec(bare) ?? [];
  return (
    origin +
    path
      .split('/')
      .map((part) => (PLAIN.test(part) ? part : HIDDEN))
      .join('/')
  );
}

/** A problem in a line: where, which one, what. */
export function webhookProblemLine({ file, line, pointer, text }: WebhookProblem): string {
  return line === 0 ? `${file}: ${text}` : `${file}:${line}: ${pointer}: ${text}`;
}

/** The events that call for a person; what a webhook without `events` gets. */
export const CALLS_FOR_PERSON = [
  'server.gave_up',
  'auth.required',
  'auth.failed',
  'approval.required',
] as const satisfies readonly FleetEventBody['event'][];

/** Whether the webhook wants the event. */
export function wants({ events, servers }: Webhook, { event, server }: FleetEvent): boolean {
  const isNamed = events.includes('*') || events.includes(event);
  return isNamed && (servers === undefined || (server !== undefined && servers.includes(server)));
}
