/**
 * The answers that a server is making, so that it can let them finish, or end them.
 *
 * @module
 */
import type { Clock } from '../base/clock.ts';
import type { Answering } from './answer.ts';

/** What is under way: `wait` = long polls and streams, which end at once; `act` = what a person is waiting for. */
export type WorkKind = 'wait' | 'act';

/** All of it. */
export class Work {
  readonly #open = new Map<Answering, WorkKind>();
  #idle: (() => void) | undefined;

  /** Runs `task`, known as under way meanwhile. */
  async track(answer: Answering, kind: WorkKind, task: () => Promise<void>): Promise<void> {
    this.#open.set(answer, kind);
    try {
      await task();
    } finally {
      this.#open.delete(answer);
      if (this.#acting() === 0) this.#idle?.();
    }
  }

  /** Ends what waits, gives what acts `ms` to finish, then ends that too. */
  async drain(ms: number, clock: Clock): Promise<void> {
    this.#abandon('wait');
    if (this.#acting() > 0 && ms > 0)
      await new Promise<void>((resolve) => {
        const timer = clock.after(ms, resolve);
        this.#idle = () => {
          timer.cancel();
          resolve();
        };
      });
    this.#abandon('act');
  }

  #acting(): number {
    return [...this.#open.values()].filter((kind) => kind === 'act').length;
  }

  #abandon(kind: WorkKind): void {
    for (const [answer, own] of this.#open) if (own === kind) answer.abandon();
  }
}
