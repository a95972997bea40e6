/**
 * The life of one server connection, as data: states, the events that change them, and the effects that a change asks
 * for (DESIGN §1.1). `step.ts` is the function between them.
 *
 * @module
 */
import type { Fault } from './fault.ts';
import type { Numbers } from './numbers.ts';
import type { ReasonId } from './reasons.ts';
import type { Phase, StepUp } from './snapshot.ts';

/** What is true of a server at every moment, whatever its status. */
interface Common {
  /** Rises with every try; an answer that carries an older one is late and changes nothing. */
  readonly epoch: number;
  /** When the status word began, ms since the epoch. */
  readonly since: number;
  /** Tries spent since the last proven session, in the budget of `phase`. */
  readonly spent: number;
  /** Times at which a process ended, within the crash-loop window. */
  readonly deaths: readonly number[];
  /** Failures of the headersHelper in a row. */
  readonly helperFailures: number;
  /** Slow probes made since the last proven session or a person's act; decides the next wait. */
  readonly probes: number;
}

/** A try is under way. */
export interface Connecting extends Common {
  readonly status: 'pending';
  readonly doing: 'connecting';
  readonly phase: Phase;
  readonly attempt: number;
  readonly max: number;
  /** The last cause, shown while trying again. */
  readonly fault?: Fault;
}

/** Waiting between two quick tries. */
export interface Waiting extends Common {
  readonly status: 'pending';
  readonly doing: 'waiting';
  readonly phase: Phase;
  /** The try that was made last. */
  readonly attempt: number;
  readonly max: number;
  readonly fault: Fault;
  readonly retryAt: number;
}

/** Nothing is contacted until a person approves. */
export interface Blocked extends Common {
  readonly status: 'pending';
  readonly doing: 'blocked';
  readonly reason: 'awaiting-approval' | 'helper-untrusted';
}

/** The server answered. */
export interface Connected extends Common {
  readonly status: 'connected';
  /** The session answered a call or lived long enough: the budget was given back. */
  readonly proven: boolean;
  readonly listsFailed: boolean;
  readonly stepUp?: StepUp;
}

/** The server was reached, but wants authentication. A probe in the background keeps this word. */
export interface NeedsAuth extends Common {
  readonly status: 'needs-auth';
  readonly fault: Fault;
  /** When the spell began that decides the probe interval (survives probes). */
  readonly spellSince: number;
  readonly probing: boolean;
  readonly retryAt?: number;
  readonly lastTryAt: number;
}

/** Quick tries are over, or there were none to make. A probe in the background keeps this word. */
export interface Failed extends Common {
  readonly status: 'failed';
  readonly fault: Fault;
  readonly phase: Phase;
  readonly attempt: number;
  readonly max: number;
  readonly probing: boolean;
  readonly retryAt?: number;
  readonly lastTryAt: number;
}

/** Switched off. */
export interface Disabled extends Common {
  readonly status: 'disabled';
  readonly reason: 'disabled-by-user' | 'rejected-by-user' | 'policy-denied';
  readonly detail?: string;
}

/** One server's state. */
export type State = Connecting | Waiting | Blocked | Connected | NeedsAuth | Failed | Disabled;

/** Why nothing may be contacted (BEHAVIOUR §5.1, the exceptions that say so). */
export type Barrier =
  | { readonly kind: 'blocked'; readonly reason: Blocked['reason'] }
  | { readonly kind: 'disabled'; readonly reason: Disabled['reason']; readonly detail?: string }
  | { readonly kind: 'invalid'; readonly fault: Fault };

/** What happens to a connection. */
export type ConnectionEvent =
  /** First contact, or again after enable, approval or a change of the entry: always contacts. */
  | { readonly type: 'start'; readonly phase: 'startup' | 'manual' }
  /** A person's reconnect: drops everything and contacts now. */
  | { readonly type: 'reconnect' }
  /** The waiting try is made now. */
  | { readonly type: 'retry-now' }
  /** A person ends the tries. */
  | { readonly type: 'stop' }
  | { readonly type: 'barrier'; readonly barrier: Barrier }
  | { readonly type: 'opened'; readonly epoch: number }
  | { readonly type: 'open-failed'; readonly epoch: number; readonly fault: Fault }
  /** The session ended by itself, or our own contact after a failed call failed too. */
  | { readonly type: 'lost'; readonly epoch: number; readonly fault: Fault }
  /** A call was answered on this session. */
  | { readonly type: 'answered'; readonly epoch: number }
  | { readonly type: 'timer'; readonly timer: TimerId; readonly epoch: number }
  /** A call wants the server while it is not connected: half-open. */
  | { readonly type: 'wanted' }
  /** The machine slept. */
  | { readonly type: 'woke' }
  /** A sign-in was not possible for a cause that is told as this server's state until the next contact. */
  | { readonly type: 'sign-in-refused'; readonly fault: Fault }
  | { readonly type: 'lists'; readonly epoch: number; readonly ok: boolean }
  | { readonly type: 'step-up'; readonly epoch: number; readonly stepUp: StepUp | undefined };

/** Timers a state may wait on; at most one of each is armed. */
export type TimerId = 'retry' | 'proven';

/** What the runner must do, in order. */
export type Effect =
  /** Make one try; answer with `opened` or `open-failed` of this epoch. `probe` tries make no noise and run a helper once at most. */
  | {
      readonly type: 'open';
      readonly epoch: number;
      readonly phase: Phase;
      readonly attempt: number;
      readonly max: number;
    }
  /** Drop the try or session of every earlier epoch. */
  | { readonly type: 'drop' }
  /** Arm (or re-arm) a timer; `epoch` comes back with it. */
  | { readonly type: 'arm'; readonly timer: TimerId; readonly epoch: number; readonly ms: number }
  | { readonly type: 'disarm'; readonly timer: TimerId }
  /** Check the open session by one contact of our own, after `ms`. */
  | { readonly type: 'check'; readonly epoch: number; readonly ms: number }
  | { readonly type: 'probe-scheduled'; readonly probe: number; readonly delayMs: number; readonly fault: Fault }
  | {
      readonly type: 'retry-scheduled';
      readonly attempt: number;
      readonly max: number;
      readonly delayMs: number;
      readonly fault: Fault;
    }
  | { readonly type: 'gave-up'; readonly attempt: number; readonly fault: Fault; readonly retryAt?: number };

/** What `step` needs to know beside state and event. `now` and `roll` make it pure. */
export interface Policy {
  readonly numbers: Numbers;
  readonly transport: 'stdio' | 'remote';
  readonly helper: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** A fresh random number in [0, 1). */
  readonly roll: number;
}

/** A step's result. An event that the state does not expect returns the same state object and no effects. */
export interface Step {
  readonly state: State;
  readonly effects: readonly Effect[];
}

/** The state before the first event: nothing was contacted yet. */
export function initialState(now: number): Blocked {
  return {
    status: 'pending',
    doing: 'blocked',
    reason: 'awaiting-approval',
    epoch: 0,
    since: now,
    spent: 0,
    deaths: [],
    helperFailures: 0,
    probes: 0,
  };
}

/** The reason a state shows. */
export function reasonOfState(state: State): ReasonId | undefined {
  switch (state.status) {
    case 'connected':
      return state.listsFailed ? 'lists-failed' : undefined;
    case 'pending':
      return state.doing === 'blocked' ? state.reason : state.fault?.reason;
    case 'needs-auth':
    case 'failed':
      return state.fault.reason;
    case 'disabled':
      return state.reason;
  }
}
