/**
 * Random lives of a connection: whatever happens in whatever order, the state stays legal, no timer is lost, and the
 * rules about retries hold.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { REASONS } from '../../../src/core/reasons.ts';
import type { ConnectionEvent, State } from '../../../src/core/state.ts';
import { step } from '../../../src/core/step.ts';
import { always, isBarred, isTrying, opensOf } from '../../support/random-life.ts';
import type { Moment, Verdict } from '../../support/random-life.ts';

/** How often a rule must have mattered before its silence counts. */
const OFTEN = 100;
const SOME = 15;

type EventType = ConnectionEvent['type'];
const isOne = (types: readonly EventType[], { event }: Moment): boolean => types.includes(event.type);
const byPerson = (moment: Moment): boolean => isOne(['start', 'reconnect', 'retry-now'], moment);
const byItself = (moment: Moment): boolean => isOne(['timer', 'woke'], moment);
const changed = ({ before, result }: Moment): boolean => result.state !== before;
const equal = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
const persistenceOf = (state: State): string | undefined =>
  state.status === 'failed' || state.status === 'needs-auth' ? REASONS[state.fault.reason].persistence : undefined;

/** What must be true of a state by itself. */
function isLegal(state: State, now: number): boolean {
  if (state.epoch < 0 || state.since > now) return false;
  switch (state.status) {
    case 'failed':
    case 'needs-auth':
      return REASONS[state.fault.reason].status === state.status;
    case 'pending':
      return state.doing !== 'waiting' || REASONS[state.fault.reason].persistence === 'transient';
    case 'connected':
    case 'disabled':
      return true;
  }
}

describe('[step.legal] any life', () => {
  test('stays within the legal states', () => {
    expect(always(({ result, policy }) => isLegal(result.state, policy.now))).toBeGreaterThan(OFTEN);
  });

  test('is the same for the same events, time and chance', () => {
    const rule = ({ before, event, policy, result }: Moment): Verdict => equal(step(before, event, policy), result);
    expect(always(rule)).toBeGreaterThan(OFTEN);
  });

  test('has exactly the try or session that its state speaks of', () => {
    const rule = ({ result: { state }, live }: Moment): Verdict =>
      live === (isTrying(state) || state.status === 'connected' ? state.epoch : undefined);
    expect(always(rule)).toBeGreaterThan(OFTEN);
  });
});

describe('an event', () => {
  test('[step.same-object] that changes nothing returns the same object', () => {
    const rule = ({ before, result: { state, effects } }: Moment): Verdict =>
      effects.length === 0 && equal(before, state) ? state === before : undefined;
    expect(always(rule)).toBeGreaterThan(OFTEN);
  });

  test('[step.late-answer] of an earlier epoch changes nothing', () => {
    const rule = ({ before, event, result }: Moment): Verdict =>
      'epoch' in event && event.epoch !== before.epoch
        ? result.state === before && result.effects.length === 0
        : undefined;
    expect(always(rule)).toBeGreaterThan(OFTEN);
  });
});

describe('[step.timer] timers', () => {
  test('one retry timer is armed exactly where a state promises a next try', () => {
    const rule = ({ result: { state }, timers }: Moment): Verdict => {
      const promised =
        'retryAt' in state && state.retryAt !== undefined ? { epoch: state.epoch, at: state.retryAt } : undefined;
      return equal(timers.get('retry'), promised);
    };
    expect(always(rule)).toBeGreaterThan(OFTEN);
  });

  test('one timer waits for the proof of a session exactly while it is not proven', () => {
    const rule = ({ result: { state }, timers }: Moment): Verdict =>
      timers.get('proven')?.epoch === (state.status === 'connected' && !state.proven ? state.epoch : undefined);
    expect(always(rule)).toBeGreaterThan(OFTEN);
  });

  test('none runs where a person must decide', () => {
    const rule = ({ result: { state }, timers }: Moment): Verdict =>
      isBarred(state) || persistenceOf(state) === 'waits' ? timers.size === 0 : undefined;
    expect(always(rule)).toBeGreaterThan(OFTEN);
  });

  test('a cause that can pass is always tried again, unless a person stopped it or its helper gave up', () => {
    const rule = (moment: Moment, earlier: readonly Moment[]): Verdict => {
      const { state } = moment.result;
      const persistence = persistenceOf(state);
      if (isTrying(state) || (persistence !== 'transient' && persistence !== 'heals')) return undefined;
      const lastTry = earlier.findLastIndex((one) => opensOf(one).length > 0);
      const stopped = [...earlier.slice(lastTry + 1), moment].some((one) => isOne(['stop'], one));
      const exhausted = moment.policy.helper && state.helperFailures >= moment.policy.numbers.helperFailures;
      return stopped || exhausted ? undefined : 'retryAt' in state;
    };
    expect(always(rule)).toBeGreaterThan(OFTEN);
  });

  test('[numbers.slow-probe] [heal.auth-probe] a wait is never longer than its cap', () => {
    const rule = ({ result: { state }, policy: { numbers: n, now } }: Moment): Verdict => {
      if (!('retryAt' in state) || state.retryAt === undefined) return undefined;
      const cap =
        state.status === 'pending'
          ? Math.max(n.retryCapMs, n.respawnCapMs, n.retryAfterInlineMs)
          : Math.max(n.slowProbeCapMs, n.retryAfterCapMs, n.authProbeLateMs * 1.5, n.crashLoopProbeMs);
      return state.retryAt - now <= cap;
    };
    expect(always(rule)).toBeGreaterThan(OFTEN);
  });
});

describe('tries', () => {
  test('[step.permanent] a permanent fault is never tried again by itself', () => {
    const rule = (moment: Moment): Verdict =>
      persistenceOf(moment.before) === 'permanent' && byItself(moment) ? opensOf(moment).length === 0 : undefined;
    expect(always(rule)).toBeGreaterThan(OFTEN);
  });

  test('[fresh.blocked-not-contacted] nothing is contacted while a person must decide, except by a start', () => {
    const rule = (moment: Moment): Verdict =>
      isBarred(moment.before) && !isOne(['start'], moment) ? opensOf(moment).length === 0 : undefined;
    expect(always(rule)).toBeGreaterThan(OFTEN);
  });

  test('[step.attempts] the attempt shown is never over its limit', () => {
    const rule = (moment: Moment): Verdict => {
      const { state } = moment.result;
      const shown = !('max' in state) || state.attempt <= state.max;
      return shown && opensOf(moment).every(({ attempt, max }) => attempt >= 1 && attempt <= max);
    };
    expect(always(rule)).toBeGreaterThan(OFTEN);
  });

  test('[step.attempts] without a person or a proven session the visible tries are bounded', () => {
    const proves = ({ before, result: { state } }: Moment): boolean =>
      state.status === 'connected' && state.proven && before.status === 'connected' && !before.proven;
    const rule = (moment: Moment, earlier: readonly Moment[]): Verdict => {
      const fresh = earlier.findLastIndex((one) => byPerson(one) || isOne(['barrier'], one) || proves(one));
      const own = [...earlier.slice(fresh + 1), moment].filter((one) => !byPerson(one));
      const visible = own.flatMap(opensOf).filter(({ phase }) => phase !== 'probe').length;
      const { startupRetries, reconnectTries, respawnTries } = moment.policy.numbers;
      return visible <= startupRetries + Math.max(reconnectTries, respawnTries) + 1;
    };
    expect(always(rule)).toBeGreaterThan(OFTEN);
  });

  test('[numbers.budget] what was spent comes back only by a person, a barrier or a proven session', () => {
    const rule = (moment: Moment): Verdict => {
      const { before, event, result } = moment;
      if (result.state.spent >= before.spent) return undefined;
      if (isOne(['start', 'reconnect', 'barrier', 'answered'], moment)) return true;
      if (event.type === 'timer') return event.timer === 'proven';
      if (event.type === 'lost') return before.status === 'connected' && before.proven;
      // The tries that led to a first or manual contact are not those of the reconnect budget.
      return (
        event.type === 'opened' && 'phase' in before && before.status === 'pending' && before.phase !== 'reconnect'
      );
    };
    expect(always(rule)).toBeGreaterThan(OFTEN);
  });

  test('[step.retry-after] a Retry-After is never undercut, but by a person', () => {
    const rule = (moment: Moment, earlier: readonly Moment[]): Verdict => {
      if (byPerson(moment) || opensOf(moment).length === 0) return undefined;
      const asked = earlier.findLast(
        (one) => byPerson(one) || isOne(['barrier'], one) || (isOne(['open-failed', 'lost'], one) && changed(one)),
      );
      if (asked === undefined || !('fault' in asked.event) || asked.event.fault.retryAfterMs === undefined)
        return undefined;
      const named = Math.min(asked.event.fault.retryAfterMs, moment.policy.numbers.retryAfterCapMs);
      return moment.policy.now - asked.policy.now >= named;
    };
    expect(always(rule)).toBeGreaterThan(SOME);
  });

  test('[heal.half-open] a call provokes a try at most every five seconds', () => {
    const rule = (moment: Moment, earlier: readonly Moment[]): Verdict => {
      if (!isOne(['wanted'], moment) || opensOf(moment).length === 0) return undefined;
      const last = earlier.findLast((one) => opensOf(one).length > 0);
      return last === undefined || moment.policy.now - last.policy.now >= moment.policy.numbers.halfOpenMs;
    };
    expect(always(rule)).toBeGreaterThan(SOME);
  });

  test('[connect.crash-loop] so many deaths within the window are a crash-loop, started again slowly', () => {
    const rule = (moment: Moment): Verdict => {
      const { numbers: n, now } = moment.policy;
      const { state } = moment.result;
      if (!('fault' in moment.event) || moment.event.fault.reason !== 'exited' || !changed(moment)) return undefined;
      if (state.deaths.filter((at) => now - at < n.crashLoopWindowMs).length < n.crashLoopDeaths) return undefined;
      return (
        state.status === 'failed' && state.fault.reason === 'crash-loop' && state.retryAt === now + n.crashLoopProbeMs
      );
    };
    expect(always(rule)).toBeGreaterThan(SOME);
  });

  test('[helper.gap] in the background a helper runs at most once a minute', () => {
    const rule = (moment: Moment, earlier: readonly Moment[]): Verdict => {
      if (!moment.policy.helper || !byItself(moment)) return undefined;
      if (!opensOf(moment).some(({ phase }) => phase === 'probe')) return undefined;
      const last = earlier.findLast((one) => opensOf(one).length > 0);
      return last === undefined || moment.policy.now - last.policy.now >= moment.policy.numbers.helperGapMs;
    };
    expect(always(rule)).toBeGreaterThan(SOME);
  });

  test('[helper.gap] after its failures in a row a helper waits for a call, a change or a person', () => {
    const rule = ({ result: { state }, policy }: Moment): Verdict => {
      const rests = persistenceOf(state) !== undefined && !isTrying(state);
      if (!policy.helper || !rests || state.helperFailures < policy.numbers.helperFailures) return undefined;
      return !('retryAt' in state);
    };
    expect(always(rule)).toBeGreaterThan(SOME);
  });

  test('[reconnect.contacts] a reconnect contacts the server in every state in which nothing forbids it', () => {
    const rule = (moment: Moment): Verdict =>
      isOne(['reconnect'], moment) && !isBarred(moment.before) ? opensOf(moment).length === 1 : undefined;
    expect(always(rule)).toBeGreaterThan(OFTEN);
  });
});
