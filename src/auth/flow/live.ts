/**
 * The sign-ins that this process has begun and that have not ended, and, for a while, how the last ones ended.
 *
 * @module
 */
import type { Clock, Timer } from '../../base/clock.ts';
import { HoldfastError } from '../../base/errors.ts';
import type { LoginOutcome, LoginWaiting } from '../../core/sign-in.ts';
import type { Door } from './doors.ts';
import type { Flow } from './flow.ts';

/** A sign-in of this process. */
export interface LiveFlow {
  readonly flow: Flow;
  readonly waiting: LoginWaiting;
  /** What it was begun with: the same asks for the same flow. */
  readonly key: string;
  /** Rejects only when this process closes. */
  readonly done: Promise<LoginOutcome>;
}

/** An outcome that is not there yet. */
class Ending {
  settle!: (outcome: LoginOutcome) => void;
  abandon!: (error: Error) => void;
  readonly promise = new Promise<LoginOutcome>((resolve, reject) => {
    this.settle = resolve;
    this.abandon = reject;
  });

  constructor() {
    // Nobody has to wait for it.
    this.promise.catch(() => undefined);
  }
}

interface Inner extends LiveFlow {
  readonly ending: Ending;
  readonly timer: Timer;
  readonly door: Door | undefined;
}

/** How many ends are remembered, for those who ask late. */
const MOST_ENDED = 200;

/** The flows of one process. */
export class LiveFlows {
  readonly #clock: Clock;
  readonly #open = new Map<string, Inner>();
  readonly #ended = new Map<string, LoginOutcome>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Adds a flow; `expired` is called once when its time is over. */
  add(begun: Omit<LiveFlow, 'done'> & { readonly door?: Door }, expired: (flow: Flow) => void): LiveFlow {
    const { flow, waiting, key, door } = begun;
    const ending = new Ending();
    const timer = this.#clock.after(flow.expiresAt - this.#clock.now(), () => expired(flow), { unref: true });
    const inner: Inner = { flow, waiting, key, door, done: ending.promise, ending, timer };
    this.#open.set(flow.id, inner);
    return inner;
  }

  get(id: string): LiveFlow | undefined {
    return this.#open.get(id);
  }

  /** The one that waits and was begun with the same. */
  like(key: string): LiveFlow | undefined {
    return [...this.#open.values()].find((live) => live.key === key && live.flow.expiresAt > this.#clock.now());
  }

  ended(id: string): LoginOutcome | undefined {
    return this.#ended.get(id);
  }

  /** Ends a flow, if it is one of this process: its door closes, and everybody who waits hears how. */
  end(outcome: LoginOutcome): void {
    this.#ended.set(outcome.flow, outcome);
    for (const oldest of this.#ended.keys()) {
      if (this.#ended.size <= MOST_ENDED) break;
      this.#ended.delete(oldest);
    }
    const inner = this.#open.get(outcome.flow);
    if (inner === undefined) return;
    this.#open.delete(outcome.flow);
    inner.timer.cancel();
    inner.door?.close();
    inner.ending.settle(outcome);
  }

  /** Lets go of all: what they wait for can still be brought to another process. */
  close(): void {
    for (const inner of this.#open.values()) {
      inner.timer.cancel();
      inner.ending.abandon(
        new HoldfastError('ERR_CLOSED', 'Holdfast was closed while the sign-in waited', {
          hint: `Finish it with "holdfast login --finish ${inner.flow.id}".`,
        }),
      );
    }
    this.#open.clear();
  }
}
