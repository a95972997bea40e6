/**
 * docs/reference/events.md: every event and its fields. The compiler holds this table to the types.
 *
 * @module
 */
import { EVENT_NAMES } from '../../src/core/events.ts';
import type { FleetEventBody } from '../../src/core/events.ts';
import { code, page, table } from './markdown.ts';

type Name = FleetEventBody['event'];
type FieldsOf<N extends Name> = Exclude<keyof Extract<FleetEventBody, { readonly event: N }>, 'event'>;

/** When an event comes, and what its fields mean. */
type Told = {
  readonly [N in Name]: { readonly when: string; readonly fields: { readonly [F in FieldsOf<N>]: string } };
};

const TOLD: Told = {
  'server.status': {
    when: 'the status or the reason of a server changed',
    fields: {
      from: 'status before',
      to: 'status now',
      reason: 'its cause',
      snapshot: 'the whole record of the server',
    },
  },
  'server.removed': { when: 'a server is no longer configured', fields: {} },
  'server.attempt': {
    when: 'a try begins',
    fields: {
      attempt: 'number of the try',
      max: 'quick tries there are',
      phase: '`startup`, `reconnect`, `manual` or `probe`',
    },
  },
  'server.retry_scheduled': {
    when: 'a try failed, and another one follows soon',
    fields: {
      attempt: 'number of the next try',
      max: 'quick tries there are',
      delayMs: 'wait before it',
      reason: 'why the last one failed',
      httpStatus: 'status of the answer',
      transient: 'whether the cause can pass',
    },
  },
  'server.gave_up': {
    when: 'the quick tries are over',
    fields: { attempt: 'tries made', reason: 'the last cause', nextRetryAt: 'when the slow probe comes' },
  },
  'auth.required': {
    when: 'a server wants authentication',
    fields: {
      kind: '`sign-in`, `credentials` or `step-up`',
      scopes: 'rights it names',
      url: 'where to sign in',
      tool: 'the tool whose call asked for it',
    },
  },
  'auth.url': {
    when: 'a sign-in waits for a person',
    fields: { url: 'to open', flow: 'id of the sign-in', expiresAt: 'its end' },
  },
  'auth.refreshed': { when: 'an access token was renewed', fields: { expiresAt: 'its end' } },
  'auth.completed': { when: 'a sign-in succeeded', fields: { scopes: 'rights granted', flow: 'id of the sign-in' } },
  'auth.failed': {
    when: 'a sign-in failed',
    fields: {
      reason: 'why',
      error: 'the word of the authorization server',
      detail: 'redacted text of the server',
      flow: 'id of the sign-in; absent where a refresh failed',
    },
  },
  'helper.run': {
    when: 'a headersHelper ran',
    fields: {
      durationMs: 'how long',
      exitCode: 'its exit code, `null` when it was ended',
      headerNames: 'names, never values',
    },
  },
  'tools.changed': {
    when: 'a list was read again',
    fields: { kind: '`tools`, `prompts` or `resources`', count: 'how many there are' },
  },
  'config.changed': {
    when: 'configuration was read again',
    fields: { added: 'names', removed: 'names', changed: 'names' },
  },
  'approval.required': {
    when: 'a project entry waits for approval',
    fields: { hash: 'what `approve NAME --hash H` names' },
  },
  'events.gap': {
    when: 'events may be lost to this reader: they are no longer kept (an owner keeps 1000), or an earlier owner had them',
    fields: { after: 'the last event that the reader has', next: 'the first one that follows' },
  },
};

/** The page. */
export function eventsPage(): string {
  const rows = EVENT_NAMES.map((name) => [
    code(name),
    TOLD[name].when,
    Object.entries<string>(TOLD[name].fields)
      .map(([field, meaning]) => `${code(field)}: ${meaning}`)
      .join('; ') || '–',
  ]);
  return page('Events', '`src/core/events.ts`', [
    'One JSON object a line, from `holdfast events --follow` and from `fleet.events()`. Every event has `seq` (rises strictly, from one owner to the next one too), `time` (ISO-8601 UTC), `event`, and `server` unless it concerns the whole fleet.',
    table(['event', 'when', 'fields'], rows),
  ]);
}
