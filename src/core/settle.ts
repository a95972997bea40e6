/**
 * Where a failure leads: quick retry, slow probe, needs-auth, or rest (BEHAVIOUR §3, §4, §6). The second half of `step`.
 *
 * @module
 */
import { authDelay, quickDelay, slowDelay } from './backoff.ts';
import { REASONS } from './reasons.ts';
import type { Fault } from './fault.ts';
import type { ReasonId } from './reasons.ts';
import type { Phase } from './snapshot.ts';
import type { Effect, Failed, NeedsAuth, Policy, State, Step, Waiting } from './state.ts';

/** A failure with everything that decides what comes next. */
export interface Failure extends Pick<State, 'epoch' | 'spent' | 'deaths' | 'helperFailures' | 'probes'> {
  readonly phase: Phase;
  /** The try that failed; 0 after a loss. */
  readonly attempt: number;
  readonly fault: Fault;
  readonly before: State;
  /** A session was lost (as opposed to a try that failed). */
  readonly lost: boolean;
}

const HELPER_FAULTS: ReadonlySet<ReasonId> = new Set<ReasonId>([
  'helper-failed',
  'helper-timeout',
  'helper-bad-output',
  'credentials-rejected',
]);

/** Deaths and helper failures after this failure. */
function count(failure: Failure, policy: Policy): Failure {
  const ended = failure.fault.reason === 'exited';
  const recent = failure.deaths.filter((at) => policy.now - at < policy.numbers.crashLoopWindowMs);
  const helperFailed = policy.helper && HELPER_FAULTS.has(failure.fault.reason);
  return {
    ...failure,
    deaths: ended ? [...recent, policy.now] : recent,
    helperFailures: helperFailed ? failure.helperFailures + 1 : 0,
  };
}

function base(
  failure: Failure,
  status: State['status'],
  policy: Policy,
): Pick<State, 'epoch' | 'spent' | 'deaths' | 'helperFailures' | 'probes' | 'since'> {
  const { epoch, spent, deaths, helperFailures, probes, before } = failure;
  return { epoch, spent, deaths, helperFailures, probes, since: before.status === status ? before.since : policy.now };
}

/** Background probes of a helper server run the helper: at most once a minute, and not after 5 failures in a row. */
function probeDelay(failure: Failure, policy: Policy, ms: number): number | undefined {
  if (!policy.helper) return ms;
  return failure.helperFailures >= policy.numbers.helperFailures ? undefined : Math.max(policy.numbers.helperGapMs, ms);
}

function arm(failure: Failure, ms: number | undefined): readonly Effect[] {
  return ms === undefined
    ? [{ type: 'disarm', timer: 'retry' }]
    : [{ type: 'arm', timer: 'retry', epoch: failure.epoch, ms }];
}

function needsAuth(failure: Failure, policy: Policy): Step {
  const { before, fault } = failure;
  const spellSince = before.status === 'needs-auth' ? before.spellSince : policy.now;
  const probes = before.status === 'needs-auth' ? failure.probes : 0;
  const waits = REASONS[fault.reason].persistence === 'waits';
  const ms = waits
    ? undefined
    : probeDelay(
        failure,
        policy,
        authDelay(policy.numbers, { reason: fault.reason, probes, ageMs: policy.now - spellSince }, policy.roll),
      );
  const state: NeedsAuth = {
    ...base(failure, 'needs-auth', policy),
    status: 'needs-auth',
    fault,
    probes,
    spellSince,
    probing: false,
    lastTryAt: policy.now,
    ...(ms === undefined ? {} : { retryAt: policy.now + ms }),
  };
  return { state, effects: [...arm(failure, ms), ...nextProbe(failure, ms, fault)] };
}

/** A probe that failed changes no status word; the time of the next one is told all the same. */
function nextProbe(failure: Failure, ms: number | undefined, fault: Fault): readonly Effect[] {
  if (failure.phase !== 'probe' || ms === undefined) return [];
  return [{ type: 'probe-scheduled', probe: failure.probes + 1, delayMs: Math.round(ms), fault }];
}

function failed(
  failure: Failure,
  policy: Policy,
  end: { readonly max: number; readonly ms?: number | undefined; readonly fault?: Fault },
): Step {
  const { ms } = end;
  const fault = end.fault ?? failure.fault;
  const state: Failed = {
    ...base(failure, 'failed', policy),
    status: 'failed',
    fault,
    phase: failure.phase,
    attempt: Math.min(Math.max(failure.attempt, 0), end.max),
    max: end.max,
    probing: false,
    lastTryAt: policy.now,
    ...(ms === undefined ? {} : { retryAt: policy.now + ms }),
  };
  const gaveUp: readonly Effect[] =
    failure.phase === 'probe'
      ? nextProbe(failure, ms, fault)
      : [
          {
            type: 'gave-up',
            attempt: failure.attempt,
            fault,
            ...(ms === undefined ? {} : { retryAt: policy.now + ms }),
          },
        ];
  return { state, effects: [...arm(failure, ms), ...gaveUp] };
}

function waiting(failure: Failure, policy: Policy, wait: { readonly max: number; readonly ms: number }): Step {
  const state: Waiting = {
    ...base(failure, 'pending', policy),
    status: 'pending',
    doing: 'waiting',
    phase: failure.phase,
    attempt: failure.attempt,
    max: wait.max,
    fault: failure.fault,
    retryAt: policy.now + wait.ms,
  };
  return {
    state,
    effects: [
      ...arm(failure, wait.ms),
      {
        type: 'retry-scheduled',
        attempt: failure.attempt + 1,
        max: wait.max,
        delayMs: Math.round(wait.ms),
        fault: failure.fault,
      },
    ],
  };
}

/** A process that ended: respawn with its own numbers, or a crash loop. */
function died(failure: Failure, policy: Policy): Step {
  const { numbers } = policy;
  const { before } = failure;
  const looping =
    failure.deaths.length >= numbers.crashLoopDeaths ||
    failure.spent >= numbers.respawnTries ||
    (before.status === 'failed' && before.fault.reason === 'crash-loop');
  if (looping) {
    const fault: Fault = { ...failure.fault, reason: 'crash-loop' };
    return failed({ ...failure, attempt: numbers.crashLoopDeaths }, policy, {
      max: numbers.crashLoopDeaths,
      ms: numbers.crashLoopProbeMs,
      fault,
    });
  }
  if (failure.phase === 'probe') {
    const ms = slowDelay(numbers, failure.probes, policy.roll);
    return failed(failure, policy, { max: failedMax(failure, 1), ms });
  }
  const n = failure.lost ? failure.spent + 1 : Math.max(1, failure.deaths.length, failure.spent);
  const ms = quickDelay(numbers, { phase: failure.phase, process: true }, { n, roll: policy.roll });
  return waiting({ ...failure, phase: 'reconnect' }, policy, {
    max: Math.max(numbers.crashLoopDeaths, failure.attempt + 1),
    ms,
  });
}

function transient(failure: Failure, policy: Policy): Step {
  const { numbers } = policy;
  const { fault, phase } = failure;
  const named = Math.min(fault.retryAfterMs ?? 0, numbers.retryAfterCapMs);
  const phaseMax = phase === 'reconnect' ? numbers.reconnectTries : numbers.startupRetries + 1;
  const max = Math.max(1, phaseMax);
  const slow = (): number | undefined => {
    const ms = probeDelay(failure, policy, slowDelay(numbers, failure.probes, policy.roll));
    return ms === undefined ? undefined : Math.max(ms, named);
  };
  if (phase === 'probe') return failed(failure, policy, { max: failedMax(failure, 1), ms: slow() });
  if (named > numbers.retryAfterInlineMs)
    return failed(failure, policy, { max, ms: probeDelay(failure, policy, named) });
  if (failure.attempt >= max) return failed(failure, policy, { max, ms: slow() });
  // The loss itself stands before the first reconnect try, so the wait after that try is already the second.
  const n = phase === 'reconnect' ? failure.attempt + 1 : failure.attempt;
  const ms = quickDelay(numbers, { phase, process: false }, { n, roll: policy.roll });
  return waiting(failure, policy, { max, ms: Math.max(ms, named) });
}

/** A probe that failed shows the numbers of the tries before it. */
function failedMax(failure: Failure, max: number): number {
  return failure.before.status === 'failed' ? failure.before.max : max;
}

/** The state after a failure, and its effects. */
export function settle(raw: Failure, policy: Policy): Step {
  const failure = count(raw, policy);
  const reason = REASONS[failure.fault.reason];
  if (reason.status === 'needs-auth') return needsAuth(failure, policy);
  if (failure.fault.reason === 'exited') return died(failure, policy);
  if (reason.persistence === 'transient') return transient(failure, policy);
  const max = failure.phase === 'probe' ? failedMax(failure, 1) : Math.max(1, failure.attempt);
  return failed(failure, policy, { max });
}
