/**
 * What happens to a connection, in words for the timeline and as events: pure, so that every face tells the same.
 *
 * @module
 */
import { iso } from '../base/clock.ts';
import { faultMessage } from '../core/classify.ts';
import { REASONS } from '../core/reasons.ts';
import type { FleetEventBody } from '../core/events.ts';
import type { Fault } from '../core/fault.ts';
import type { HelperRun, Session } from '../core/ports.ts';
import type { Phase } from '../core/snapshot.ts';
import type { Effect } from '../core/state.ts';
import type { TimelineNote } from './timeline.ts';

/** One try, for the line that tells its end. */
export interface ToldTry {
  readonly epoch: number;
  readonly attempt: number;
  readonly max: number;
  readonly phase: Phase;
  readonly durationMs: number;
}

export function noteOfOpening(session: Session, { durationMs }: ToldTry): TimelineNote {
  return { kind: 'attempt', text: `connected (${session.transport}, ${session.era}, ${durationMs} ms)`, durationMs };
}

export function noteOfRefusal(fault: Fault, about: ToldTry): TimelineNote {
  const which = about.phase === 'probe' ? 'probe' : `try ${about.attempt} of ${about.max}`;
  return {
    kind: 'attempt',
    text: `${which}: ${faultMessage(fault)}`,
    reason: fault.reason,
    durationMs: about.durationMs,
    ...(fault.httpStatus === undefined ? {} : { httpStatus: fault.httpStatus }),
  };
}

export function noteOfLoss(fault: Fault, how: 'lost' | 'contact failed'): TimelineNote {
  return { kind: 'status', text: `${how}: ${faultMessage(fault)}`, reason: fault.reason };
}

/** The login goes on with the token it has. */
export function noteOfRefreshFault(fault: Fault): TimelineNote {
  const text = `the sign-in could not be renewed for now: ${fault.detail ?? faultMessage(fault)}`;
  return { kind: 'auth', text, reason: fault.reason };
}

export function noteOfHelper(run: HelperRun): TimelineNote {
  const words =
    run.outcome === 'ok' ? `headersHelper gave ${run.headerNames.length} header(s)` : `headersHelper: ${run.outcome}`;
  return { kind: 'helper', text: `${words} (exit ${run.exitCode ?? 'none'})`, durationMs: Math.round(run.durationMs) };
}

export function eventOfHelper(run: HelperRun): FleetEventBody {
  return {
    event: 'helper.run',
    durationMs: Math.round(run.durationMs),
    exitCode: run.exitCode,
    headerNames: run.headerNames,
  };
}

type RetryScheduled = Extract<Effect, { readonly type: 'retry-scheduled' }>;
type ProbeScheduled = Extract<Effect, { readonly type: 'probe-scheduled' }>;
type GaveUp = Extract<Effect, { readonly type: 'gave-up' }>;

export function noteOfRetry({ attempt, max, delayMs }: RetryScheduled): TimelineNote {
  return { kind: 'retry', text: `next try (${attempt} of ${max}) in ${Math.round(delayMs / 100) / 10} s` };
}

export function eventOfRetry({ attempt, max, delayMs, fault }: RetryScheduled): FleetEventBody {
  return {
    event: 'server.retry_scheduled',
    attempt,
    max,
    delayMs,
    reason: fault.reason,
    ...(fault.httpStatus === undefined ? {} : { httpStatus: fault.httpStatus }),
    transient: true,
  };
}

/** The next slow probe, for readers of events; `max` 0 = there is no last one. */
export function eventOfProbe({ probe, delayMs, fault }: ProbeScheduled): FleetEventBody {
  return {
    event: 'server.retry_scheduled',
    attempt: probe,
    max: 0,
    delayMs,
    reason: fault.reason,
    ...(fault.httpStatus === undefined ? {} : { httpStatus: fault.httpStatus }),
    transient: REASONS[fault.reason].persistence === 'transient',
  };
}

export function noteOfGivingUp({ fault, retryAt }: GaveUp): TimelineNote {
  const text = retryAt === undefined ? 'no further try by itself' : 'quick tries are over; slow probes go on';
  return { kind: 'gave-up', text, reason: fault.reason };
}

export function eventOfGivingUp({ attempt, fault, retryAt }: GaveUp): FleetEventBody {
  return {
    event: 'server.gave_up',
    attempt,
    reason: fault.reason,
    ...(retryAt === undefined ? {} : { nextRetryAt: iso(retryAt) }),
  };
}
