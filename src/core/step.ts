/**
 * The life of one server connection as a pure function: `step(state, event, policy) → { state, effects }` (DESIGN §1.1).
 * An event that a state does not expect returns the same object and no effects; late answers carry an old epoch.
 *
 * @module
 */
import { REASONS } from './reasons.ts';
import { settle } from './settle.ts';
import type { Fault } from './fault.ts';
import type { Numbers } from './numbers.ts';
import type { Phase, StepUp } from './snapshot.ts';
import type {
  Barrier,
  Connected,
  ConnectionEvent,
  Connecting,
  Effect,
  Failed,
  NeedsAuth,
  Policy,
  State,
  Step,
} from './state.ts';

const unchanged = (state: State): Step => ({ state, effects: [] });
const DISARM: readonly Effect[] = [
  { type: 'disarm', timer: 'retry' },
  { type: 'disarm', timer: 'proven' },
];

/** The facts that every state carries, taken over from the one before. */
function carry(state: State): Pick<State, 'epoch' | 'spent' | 'deaths' | 'helperFailures' | 'probes'> {
  const { epoch, spent, deaths, helperFailures, probes } = state;
  return { epoch, spent, deaths, helperFailures, probes };
}

/** How many tries a phase has before quick retries are over. */
export function budgetOf(phase: Phase, policy: Policy): number {
  if (phase === 'probe') return 1;
  return phase === 'reconnect' ? Math.max(1, policy.numbers.reconnectTries) : policy.numbers.startupRetries + 1;
}

/** A visible try: status `pending`. */
function connect(state: State, phase: Phase, policy: Policy, fault?: Fault): Step {
  const epoch = state.epoch + 1;
  const attempt = state.spent + 1;
  // A wait has said already how many tries there are: a process has numbers of its own.
  const said = state.status === 'pending' && state.doing === 'waiting' && phase === state.phase ? state.max : 0;
  const max = Math.max(said === 0 ? budgetOf(phase, policy) : said, attempt);
  const next: Connecting = {
    ...carry(state),
    status: 'pending',
    doing: 'connecting',
    since: state.status === 'pending' ? state.since : policy.now,
    epoch,
    phase,
    attempt,
    max,
    ...(fault === undefined ? {} : { fault }),
  };
  return { state: next, effects: [{ type: 'drop' }, ...DISARM, { type: 'open', epoch, phase, attempt, max }] };
}

/** A person's act, or a first contact: every budget is fresh. */
function connectFresh(state: State, phase: Phase, policy: Policy): Step {
  return connect({ ...state, spent: 0, deaths: [], helperFailures: 0, probes: 0 }, phase, policy);
}

/** A probe keeps the status word until it is answered. */
function probe(state: NeedsAuth | Failed, policy: Policy): Step {
  const epoch = state.epoch + 1;
  const { retryAt: _retryAt, ...rest } = state;
  return {
    state: { ...rest, epoch, probing: true, lastTryAt: policy.now },
    effects: [
      { type: 'disarm', timer: 'retry' },
      { type: 'open', epoch, phase: 'probe', attempt: 1, max: 1 },
    ],
  };
}

function obstruct(state: State, barrier: Barrier, policy: Policy): Step {
  const base = { ...carry(state), epoch: state.epoch + 1, spent: 0, probes: 0 };
  const effects: readonly Effect[] = [{ type: 'drop' }, ...DISARM];
  const since = (status: State['status']): number => (state.status === status ? state.since : policy.now);
  switch (barrier.kind) {
    case 'blocked':
      return {
        state: { ...base, status: 'pending', doing: 'blocked', reason: barrier.reason, since: since('pending') },
        effects,
      };
    case 'disabled':
      return {
        state: {
          ...base,
          status: 'disabled',
          reason: barrier.reason,
          ...(barrier.detail === undefined ? {} : { detail: barrier.detail }),
          since: since('disabled'),
        },
        effects,
      };
    case 'invalid':
      return {
        state: {
          ...base,
          status: 'failed',
          fault: barrier.fault,
          phase: 'startup',
          attempt: 0,
          max: 0,
          probing: false,
          lastTryAt: 0,
          since: since('failed'),
        },
        effects,
      };
  }
}

function opened(state: Connecting | NeedsAuth | Failed, policy: Policy): Step {
  const phase = state.status === 'pending' ? state.phase : 'probe';
  // A first or manual contact has a whole reconnect budget before it; one won by a probe has none left until it is proven.
  const spent = phase === 'reconnect' ? state.spent + 1 : phase === 'probe' ? state.spent : 0;
  const next: Connected = {
    ...carry(state),
    status: 'connected',
    since: policy.now,
    spent,
    helperFailures: 0,
    proven: false,
    listsFailed: false,
  };
  return {
    state: next,
    effects: [
      { type: 'disarm', timer: 'retry' },
      { type: 'arm', timer: 'proven', epoch: state.epoch, ms: policy.numbers.provenMs },
    ],
  };
}

function proven(state: Connected): Step {
  if (state.proven) return unchanged(state);
  return { state: { ...state, proven: true, spent: 0, probes: 0 }, effects: [{ type: 'disarm', timer: 'proven' }] };
}

function lost(state: Connected, fault: Fault, policy: Policy): Step {
  const spent = state.proven ? 0 : state.spent;
  const settled = settle(
    { ...carry(state), spent, phase: 'reconnect', attempt: spent, fault, before: state, lost: true },
    policy,
  );
  return { state: settled.state, effects: [{ type: 'drop' }, { type: 'disarm', timer: 'proven' }, ...settled.effects] };
}

function openFailed(state: Connecting | NeedsAuth | Failed, fault: Fault, policy: Policy): Step {
  const wasProbe = state.status !== 'pending';
  return settle(
    {
      ...carry(state),
      spent: wasProbe ? state.spent : state.attempt,
      probes: wasProbe ? state.probes + 1 : state.probes,
      phase: wasProbe ? 'probe' : state.phase,
      attempt: state.status === 'needs-auth' ? 1 : state.attempt,
      fault,
      before: state,
      lost: false,
    },
    policy,
  );
}

/** What a stop leaves to be told of the cause before it. */
function stoppedFault(last: Fault | undefined): Fault {
  if (last === undefined || last.reason === 'stopped-by-user') return { ...last, reason: 'stopped-by-user' };
  const words = last.detail === undefined ? '' : ` (${last.detail})`;
  return { ...last, reason: 'stopped-by-user', detail: `last cause: ${last.reason}${words}` };
}

function stop(state: State, policy: Policy): Step {
  const isPlanned = 'retryAt' in state && state.retryAt !== undefined;
  if (!isPlanned && !isTrying(state)) return unchanged(state);
  const effects: readonly Effect[] = [{ type: 'drop' }, ...DISARM];
  const epoch = state.epoch + 1;
  if (state.status === 'needs-auth') {
    const { retryAt: _retryAt, ...rest } = state;
    return { state: { ...rest, epoch, probing: false }, effects };
  }
  const { phase, attempt, max, fault } = state;
  const next: Failed = {
    ...carry(state),
    epoch,
    status: 'failed',
    since: state.status === 'failed' ? state.since : policy.now,
    fault: stoppedFault(fault),
    phase,
    attempt,
    max,
    probing: false,
    lastTryAt: policy.now,
  };
  return { state: next, effects };
}

/** For how much longer the server asked not to be contacted. */
export function askedToWaitMs({ fault, lastTryAt }: NeedsAuth | Failed, numbers: Numbers, now: number): number {
  // Not by `retryAt`: a person who stopped the tries took that away, and a call must not undercut the server's word.
  return lastTryAt + Math.min(fault.retryAfterMs ?? 0, numbers.retryAfterCapMs) - now;
}

/** Faults for which a call does not provoke a try: nothing can have changed, or the server named a time. */
function mayHalfOpen(state: NeedsAuth | Failed, policy: Policy): boolean {
  if (state.probing || policy.now - state.lastTryAt < policy.numbers.halfOpenMs) return false;
  const { reason } = state.fault;
  if (reason === 'step-up-required' || reason === 'crash-loop' || reason === 'config-invalid') return false;
  return askedToWaitMs(state, policy.numbers, policy.now) <= 0;
}

function woke(state: State, policy: Policy): Step {
  const ms = policy.roll * policy.numbers.wakeSpreadMs;
  if (state.status === 'connected') return { state, effects: [{ type: 'check', epoch: state.epoch, ms }] };
  if (!('retryAt' in state) || state.retryAt === undefined) return unchanged(state);
  // Timers stand still while the machine sleeps, so the timer is armed anew even where its time has not come yet.
  const left = state.retryAt - policy.now;
  // A helper runs at most once a minute in the background, awake or not.
  const helperGap =
    policy.helper && state.status !== 'pending' ? state.lastTryAt + policy.numbers.helperGapMs - policy.now : 0;
  const soon = Math.max(ms, helperGap, state.fault.retryAfterMs === undefined ? 0 : left);
  return {
    state: { ...state, retryAt: policy.now + soon },
    effects: [{ type: 'arm', timer: 'retry', epoch: state.epoch, ms: soon }],
  };
}

/** Negative results end at the first contact, so whatever try is planned stays planned. */
function signInRefused(state: State, fault: Fault): Step {
  if (state.status !== 'needs-auth' || REASONS[fault.reason].status !== 'needs-auth') return unchanged(state);
  return { state: { ...state, fault: { offersOAuth: true, ...fault } }, effects: [] };
}

/** The try that waits is made now. */
function retryNow(state: State, policy: Policy): Step {
  if (state.status === 'pending' && state.doing === 'waiting') return connect(state, state.phase, policy, state.fault);
  if ((state.status === 'failed' || state.status === 'needs-auth') && !state.probing) return probe(state, policy);
  return unchanged(state);
}

/** A person asks for it: what was held back for want of one begins anew. */
function retryByPerson(state: State, policy: Policy): Step {
  const made = retryNow(state, policy);
  if (made.state === state) return made;
  return { ...made, state: { ...made.state, helperFailures: 0, probes: 0 } };
}

function timer(state: State, which: 'retry' | 'proven', policy: Policy): Step {
  if (which === 'proven') return state.status === 'connected' ? proven(state) : unchanged(state);
  if (!('retryAt' in state) || state.retryAt === undefined) return unchanged(state);
  return retryNow(state, policy);
}

/** Whether a person must decide, or the file be mended, before anything is contacted. */
function isBarred(state: State): boolean {
  return state.status === 'disabled' || (state.status === 'pending' && state.doing === 'blocked');
}

/** Whether a try is under way. */
export const isTrying = (state: State): state is Connecting | NeedsAuth | Failed =>
  (state.status === 'pending' && state.doing === 'connecting') ||
  ((state.status === 'needs-auth' || state.status === 'failed') && state.probing);

const rightsOf = (stepUp: StepUp | undefined): string => JSON.stringify([stepUp?.tool, stepUp?.scopes]);
const sameRights = (a: StepUp | undefined, b: StepUp | undefined): boolean => rightsOf(a) === rightsOf(b);

/** What a live session says; every other state has none, so it is late there. */
function stepSession(state: Connected, event: SessionSignal, policy: Policy): Step {
  switch (event.type) {
    case 'lost':
      return lost(state, event.fault, policy);
    case 'answered':
      return proven(state);
    case 'lists':
      return state.listsFailed === !event.ok
        ? unchanged(state)
        : { state: { ...state, listsFailed: !event.ok }, effects: [] };
    case 'step-up': {
      if (sameRights(state.stepUp, event.stepUp)) return unchanged(state);
      const { stepUp: _stepUp, ...rest } = state;
      return { state: event.stepUp === undefined ? rest : { ...rest, stepUp: event.stepUp }, effects: [] };
    }
  }
}

type Answered = Extract<ConnectionEvent, { readonly epoch: number }>;
type SessionSignal = Exclude<Answered, { readonly type: 'opened' | 'open-failed' | 'timer' }>;

/** Events that name an epoch: late ones change nothing. */
function stepAnswer(state: State, event: Answered, policy: Policy): Step {
  if (event.epoch !== state.epoch) return unchanged(state);
  switch (event.type) {
    case 'opened':
      return isTrying(state) ? opened(state, policy) : unchanged(state);
    case 'open-failed':
      return isTrying(state) ? openFailed(state, event.fault, policy) : unchanged(state);
    case 'timer':
      return timer(state, event.timer, policy);
    case 'lost':
    case 'answered':
    case 'lists':
    case 'step-up':
      return state.status === 'connected' ? stepSession(state, event, policy) : unchanged(state);
  }
}

/** One step of a connection's life. Pure: time and chance come in with the policy. */
export function step(state: State, event: ConnectionEvent, policy: Policy): Step {
  if ('epoch' in event) return stepAnswer(state, event, policy);
  switch (event.type) {
    case 'start':
      return connectFresh(state, event.phase, policy);
    case 'reconnect':
      return isBarred(state) ? unchanged(state) : connectFresh(state, 'manual', policy);
    case 'retry-now':
      return retryByPerson(state, policy);
    case 'stop':
      return stop(state, policy);
    case 'barrier':
      return obstruct(state, event.barrier, policy);
    case 'wanted':
      if (state.status !== 'needs-auth' && state.status !== 'failed') return unchanged(state);
      return mayHalfOpen(state, policy) ? probe({ ...state, helperFailures: 0 }, policy) : unchanged(state);
    case 'woke':
      return woke(state, policy);
    case 'sign-in-refused':
      return signInRefused(state, event.fault);
  }
}
