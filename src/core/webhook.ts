/**
 * Webhooks: addresses that are told what happens to a fleet while nobody looks at it.
 *
 * @module
 */
import type { Secret } from '../base/secret.ts';
import type { FleetEvent, FleetEventBody } from './events.ts';

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
}

/** The webhooks of a configuration, and what is wrong with those that are not used. */
export interface WebhookList {
  readonly hooks: readonly Webhook[];
  /** `file: which one: what`, no value of anything in it. */
  readonly problems: readonly string[];
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
