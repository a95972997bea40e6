/**
 * The events of a fleet: what the CLI prints as NDJSON, the page listens to and library users iterate (BEHAVIOUR §10).
 *
 * @module
 */
import type { ReasonId } from './reasons.ts';
import type { Phase, Snapshot, Status } from './snapshot.ts';

/** What happened, by name. */
export type FleetEventBody =
  | {
      readonly event: 'server.status';
      readonly from?: Status;
      readonly to: Status;
      readonly reason?: ReasonId;
      readonly snapshot: Snapshot;
    }
  | { readonly event: 'server.removed' }
  | { readonly event: 'server.attempt'; readonly attempt: number; readonly max: number; readonly phase: Phase }
  | {
      readonly event: 'server.retry_scheduled';
      readonly attempt: number;
      /** 0 = a slow probe: there is no last one. */
      readonly max: number;
      readonly delayMs: number;
      readonly reason?: ReasonId;
      readonly httpStatus?: number;
      readonly transient: boolean;
    }
  | {
      readonly event: 'server.gave_up';
      readonly attempt: number;
      readonly reason: ReasonId;
      readonly nextRetryAt?: string;
    }
  | {
      readonly event: 'auth.required';
      readonly kind: 'sign-in' | 'credentials' | 'step-up';
      readonly scopes: readonly string[];
      readonly url?: string;
      /** The tool whose call asked for it (step-up). */
      readonly tool?: string;
    }
  | { readonly event: 'auth.url'; readonly url: string; readonly flow: string; readonly expiresAt: string }
  | { readonly event: 'auth.refreshed'; readonly expiresAt?: string }
  | { readonly event: 'auth.completed'; readonly scopes: readonly string[]; readonly flow?: string }
  | {
      readonly event: 'auth.failed';
      readonly reason: ReasonId;
      readonly error?: string;
      readonly detail?: string;
      /** The sign-in that failed; absent where a refresh did. */
      readonly flow?: string;
    }
  | {
      readonly event: 'helper.run';
      readonly durationMs: number;
      readonly exitCode: number | null;
      readonly headerNames: readonly string[];
    }
  | { readonly event: 'tools.changed'; readonly kind: 'tools' | 'prompts' | 'resources'; readonly count: number }
  | {
      readonly event: 'config.changed';
      readonly added: readonly string[];
      readonly removed: readonly string[];
      readonly changed: readonly string[];
    }
  | { readonly event: 'approval.required'; readonly hash: string }
  /** Events between `after` and `next` may be lost to this reader: they are no longer kept, or were of an owner that has ended. */
  | { readonly event: 'events.gap'; readonly after: number; readonly next: number };

/**
 * One event. `seq` rises strictly, over owners too: a later owner begins higher than an earlier one ended. `server` is
 * absent for events of the whole fleet.
 */
export type FleetEvent = FleetEventBody & {
  readonly seq: number;
  /** ISO-8601 UTC. */
  readonly time: string;
  readonly server?: string;
};

/** The names of all events, pinned by a test. */
export const EVENT_NAMES = [
  'server.status',
  'server.removed',
  'server.attempt',
  'server.retry_scheduled',
  'server.gave_up',
  'auth.required',
  'auth.url',
  'auth.refreshed',
  'auth.completed',
  'auth.failed',
  'helper.run',
  'tools.changed',
  'config.changed',
  'approval.required',
  'events.gap',
] as const satisfies readonly FleetEventBody['event'][];
