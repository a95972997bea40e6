/**
 * Random lives of a connection for property tests: what can happen, a runner that keeps timers and tries as the real one
 * does, and a rule that looks at every moment of many lives.
 *
 * @module
 */
import * as fc from 'fast-check';
import { REASONS } from '../../src/core/reasons.ts';
import type { ReasonId } from '../../src/core/reasons.ts';
import type { Fault } from '../../src/core/fault.ts';
import { resolveNumbers } from '../../src/core/numbers.ts';
import type { Numbers } from '../../src/core/numbers.ts';
import { initialState } from '../../src/core/state.ts';
import type { ConnectionEvent, Effect, Policy, State, Step, TimerId } from '../../src/core/state.ts';
import { step } from '../../src/core/step.ts';

const START = Date.UTC(2026, 10, 21);
const LIVES = 800;

// ── What can happen ──────────────────────────────────────────────────────────────────────────────────────────────

/** Reasons that no answer of a server has: they come from a barrier, or from the life itself. */
const INNER: ReadonlySet<ReasonId> = new Set(['crash-loop', 'stopped-by-user', 'config-invalid', 'variable-missing']);
const FAULT_REASONS = (Object.keys(REASONS) as ReasonId[]).filter(
  (id) => (REASONS[id].status === 'failed' || REASONS[id].status === 'needs-auth') && !INNER.has(id),
);
const NAMES_A_TIME: ReadonlySet<ReasonId> = new Set(['http-429', 'http-5xx', 'timeout']);

const fault: fc.Arbitrary<Fault> = fc
  .record({
    reason: fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...FAULT_REASONS) },
      { weight: 2, arbitrary: fc.constantFrom<ReasonId>('refused', 'exited', 'http-429', 'credentials-rejected') },
    ),
    retryAfterMs: fc.option(fc.constantFrom(1_000, 29_000, 31_000, 600_000, 7_200_000), { nil: undefined }),
  })
  .map(({ reason, retryAfterMs }) => ({
    reason,
    ...(retryAfterMs !== undefined && NAMES_A_TIME.has(reason) ? { retryAfterMs } : {}),
  }));

/** Faults whose counts and times decide something: lives in which they are the rule. */
const USUAL: readonly Fault[] = [
  { reason: 'exited' },
  { reason: 'helper-failed' },
  { reason: 'credentials-rejected' },
  { reason: 'http-429', retryAfterMs: 31_000 },
];

const WAITS_MS = [0, 400, 1_000, 1_000, 2_000, 2_000, 4_999, 5_000, 30_000, 60_000, 90_000, 300_000, 3_700_000];

type Answered = Extract<ConnectionEvent, { readonly epoch: number }>;

/** One thing that happens; `own` = the fault is the usual one of this life. `back` says how many epochs too late an answer comes. */
type Act =
  | { readonly act: 'event'; readonly event: ConnectionEvent }
  | { readonly act: 'answer'; readonly back: number; readonly own: boolean; readonly event: Answered }
  /** The promised try begins in its time, and has an outcome: what happens most in a real life. */
  | { readonly act: 'try'; readonly opens: boolean }
  | { readonly act: 'advance'; readonly ms: number };

const PLAIN: readonly ConnectionEvent[] = [
  { type: 'start', phase: 'startup' },
  { type: 'start', phase: 'manual' },
  { type: 'reconnect' },
  { type: 'retry-now' },
  { type: 'stop' },
  { type: 'wanted' },
  { type: 'wanted' },
  { type: 'woke' },
  { type: 'barrier', barrier: { kind: 'blocked', reason: 'awaiting-approval' } },
  { type: 'barrier', barrier: { kind: 'disabled', reason: 'disabled-by-user' } },
  { type: 'barrier', barrier: { kind: 'invalid', fault: { reason: 'config-invalid' } } },
];

/** Answers; the runner puts the epoch in. A timer among them is one that fires late: armed ones fire as time passes. */
const answered: fc.Arbitrary<Answered> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ type: 'opened' as const, epoch: 0 }) },
  { weight: 6, arbitrary: fault.map((cause) => ({ type: 'open-failed' as const, epoch: 0, fault: cause })) },
  { weight: 3, arbitrary: fault.map((cause) => ({ type: 'lost' as const, epoch: 0, fault: cause })) },
  { weight: 1, arbitrary: fc.constant({ type: 'answered' as const, epoch: 0 }) },
  { weight: 1, arbitrary: fc.boolean().map((ok) => ({ type: 'lists' as const, epoch: 0, ok })) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(undefined, { scopes: ['files:write'] })
      .map((stepUp) => ({ type: 'step-up' as const, epoch: 0, stepUp })),
  },
);
const lateTimer: fc.Arbitrary<Act> = fc
  .record({ back: fc.integer({ min: 1, max: 3 }), timer: fc.constantFrom('retry' as const, 'proven' as const) })
  .map(({ back, timer }) => ({ act: 'answer', back, own: false, event: { type: 'timer', epoch: 0, timer } }));
const answer: fc.Arbitrary<Act> = fc
  .record({ back: fc.constantFrom(0, 0, 0, 0, 0, 0, 1, 2), own: fc.constantFrom(true, true, false), event: answered })
  .map((given) => ({ act: 'answer', ...given }));

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: answer },
  { weight: 1, arbitrary: lateTimer },
  { weight: 5, arbitrary: fc.constantFrom(true, false, false).map((opens): Act => ({ act: 'try', opens })) },
  { weight: 4, arbitrary: fc.constantFrom(...WAITS_MS).map((ms): Act => ({ act: 'advance', ms })) },
  { weight: 2, arbitrary: fc.constantFrom(...PLAIN).map((event): Act => ({ act: 'event', event })) },
);

const numbers: fc.Arbitrary<Numbers> = fc
  .record({
    startupRetries: fc.constantFrom(0, 3),
    reconnectTries: fc.constantFrom(1, 5),
    crashLoopDeaths: fc.constantFrom(2, 5),
    respawnTries: fc.constantFrom(3, 10),
    helperFailures: fc.constantFrom(2, 5),
  })
  .map((overrides) => resolveNumbers(overrides));

const life = fc.record({
  numbers,
  transport: fc.constantFrom('stdio' as const, 'remote' as const),
  helper: fc.boolean(),
  rolls: fc.array(fc.double({ min: 0, max: 0.999_999, noNaN: true }), { minLength: 1, maxLength: 20 }),
  /** What usually goes wrong in this life: so that counts of equal faults are reached. */
  usual: fc.oneof(fault, fc.constantFrom(...USUAL)),
  acts: fc.array(act, { minLength: 20, maxLength: 120, size: 'max' }),
});
type Life = typeof life extends fc.Arbitrary<infer T> ? T : never;

// ── The runner, as the real one: it keeps timers and tries, and hands in what comes of them ──────────────────────

interface Armed {
  readonly epoch: number;
  readonly at: number;
}

/** One step of a life, with everything a rule may want to look at. */
export interface Moment {
  readonly before: State;
  readonly event: ConnectionEvent;
  readonly policy: Policy;
  readonly result: Step;
  /** Timers after the step. */
  readonly timers: ReadonlyMap<TimerId, Armed>;
  /** Epoch of the try or session that lives after the step. */
  readonly live: number | undefined;
}

/** Runs one random life from its start to its end. */
export class Runner {
  state: State = initialState(START);
  now = START;
  readonly timers = new Map<TimerId, Armed>();
  readonly moments: Moment[] = [];
  #live: number | undefined;
  #draws = 0;
  readonly #life: Life;

  constructor(given: Life) {
    this.#life = given;
    this.send({ type: 'start', phase: 'startup' });
    for (const one of given.acts) this.#do(one);
  }

  send(happens: ConnectionEvent): void {
    const { rolls, transport, helper } = this.#life;
    const roll = rolls[this.#draws % rolls.length] ?? 0;
    this.#draws += 1;
    const policy: Policy = { numbers: this.#life.numbers, transport, helper, now: this.now, roll };
    const before = this.state;
    const result = step(before, happens, policy);
    this.state = result.state;
    // What failed or was lost is gone without being dropped.
    if (result.state !== before && (happens.type === 'open-failed' || happens.type === 'lost')) this.#live = undefined;
    for (const effect of result.effects) this.#run(effect);
    this.moments.push({ before, event: happens, policy, result, timers: new Map(this.timers), live: this.#live });
  }

  #do(one: Act): void {
    if (one.act === 'event') this.send(one.event);
    else if (one.act === 'advance') this.#advance(one.ms);
    else if (one.act === 'try') this.#try(one.opens);
    else {
      const cause = one.own && 'fault' in one.event ? { fault: this.#life.usual } : {};
      this.send({ ...one.event, ...cause, epoch: this.state.epoch - one.back });
    }
  }

  #try(opens: boolean): void {
    const due = this.timers.get('retry');
    if (due !== undefined) this.#advance(Math.max(0, due.at - this.now));
    const { epoch } = this.state;
    this.send(opens ? { type: 'opened', epoch } : { type: 'open-failed', epoch, fault: this.#life.usual });
  }

  #advance(ms: number): void {
    const end = this.now + ms;
    for (let fired = 0; fired < 1_000; fired += 1) {
      const due = [...this.timers].toSorted(([, a], [, b]) => a.at - b.at)[0];
      if (due === undefined || due[1].at > end) break;
      const [timer, { at, epoch }] = due;
      this.now = Math.max(this.now, at);
      this.timers.delete(timer);
      this.send({ type: 'timer', timer, epoch });
    }
    this.now = end;
  }

  #run(effect: Effect): void {
    if (effect.type === 'arm') this.timers.set(effect.timer, { epoch: effect.epoch, at: this.now + effect.ms });
    if (effect.type === 'disarm') this.timers.delete(effect.timer);
    if (effect.type === 'open') this.#live = effect.epoch;
    if (effect.type === 'drop') this.#live = undefined;
  }
}

/** What a rule says of one moment: it holds, it is broken, or the moment is not its business. */
export type Verdict = boolean | undefined;

function told({ before, event, policy, result }: Moment): string {
  return JSON.stringify({ before, event, roll: policy.roll, now: policy.now, ...result }, undefined, 1);
}

/** Looks at every moment of many random lives; throws at the first broken one. The result counts those that mattered. */
export function always(rule: (moment: Moment, earlier: readonly Moment[]) => Verdict): number {
  let mattered = 0;
  fc.assert(
    fc.property(life, (given) => {
      const { moments } = new Runner(given);
      for (const [index, moment] of moments.entries()) {
        const verdict = rule(moment, moments.slice(0, index));
        if (verdict === false) throw new Error(`broken at moment ${index}: ${told(moment)}`);
        if (verdict === true) mattered += 1;
      }
    }),
    { numRuns: LIVES, seed: 20_261_121 },
  );
  return mattered;
}

/** The tries that a moment asks for. */
export function opensOf({ result }: Moment): readonly Extract<Effect, { type: 'open' }>[] {
  return result.effects.filter((effect) => effect.type === 'open');
}

/** Whether a try is under way. */
export function isTrying(state: State): boolean {
  return (state.status === 'pending' && state.doing === 'connecting') || ('probing' in state && state.probing);
}

/** Whether a person must decide before anything is contacted. */
export function isBarred(state: State): boolean {
  return state.status === 'disabled' || (state.status === 'pending' && state.doing === 'blocked');
}
