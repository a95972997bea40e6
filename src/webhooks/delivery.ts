/**
 * Delivers messages to one webhook: in their order at first, again after failures, never for ever.
 *
 * @module
 */
import type { Clock, Timer } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Random } from '../base/random.ts';
import { webhookAddress } from '../core/webhook.ts';
import type { Webhook } from '../core/webhook.ts';
import type { Fetch } from '../net/dispatcher.ts';
import type { Message } from './message.ts';
import { POST_LIMITS, post } from './post.ts';
import type { Posted } from './post.ts';

/** What a delivery needs of the world. */
export interface DeliveryWorld {
  readonly clock: Clock;
  readonly random: Random;
  readonly fetch: Fetch;
  readonly logger: Logger;
}

/** Bounds of deliveries. */
export const WEBHOOK_LIMITS = {
  /** One try. */
  ...POST_LIMITS,
  /** Waits before the tries after the first one, each × random 0.75–1.25. */
  retryMs: [1_000, 5_000, 30_000, 120_000, 600_000, 1_800_000],
  /** A `Retry-After` is kept up to here. */
  longestWaitMs: 3_600_000,
  /** Messages that wait; beyond this the oldest are given up. */
  waiting: 1_000,
  /** Requests at once, so that one that hangs does not hold up the rest. */
  atOnce: 4,
} as const;

interface Job {
  readonly message: Message;
  failures: number;
}

/** The deliveries to one webhook. Who makes it closes it. */
export class Delivery {
  readonly #hook: Webhook;
  readonly #world: DeliveryWorld;
  readonly #end = new AbortController();
  readonly #waiting: Job[] = [];
  readonly #timers = new Set<Timer>();
  readonly #running = new Set<Promise<void>>();
  #isGone = false;

  constructor(hook: Webhook, world: DeliveryWorld) {
    this.#hook = hook;
    this.#world = world;
  }

  /** Puts a message to the others. */
  send(message: Message): void {
    if (!this.#isGone && !this.#end.signal.aborted) this.#add({ message, failures: 0 });
  }

  /** Lets first tries under way end, at most `graceMs`, and gives up the rest. */
  async close(graceMs: number): Promise<void> {
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    const timer = this.#world.clock.after(graceMs, () => this.#stop());
    while (this.#running.size > 0) await Promise.all(this.#running);
    timer.cancel();
    this.#stop();
  }

  #stop(): void {
    this.#waiting.length = 0;
    this.#end.abort(new Error('deliveries have ended'));
  }

  #add(job: Job): void {
    this.#waiting.push(job);
    if (this.#waiting.length > WEBHOOK_LIMITS.waiting) this.#giveUp(this.#waiting.shift(), 'too many wait');
    this.#pump();
  }

  #pump(): void {
    while (this.#running.size < WEBHOOK_LIMITS.atOnce) {
      const job = this.#waiting.shift();
      if (job === undefined) return;
      const run = this.#attempt(job)
        .catch((error: unknown) => this.#world.logger.error({ error }, 'a webhook could not be called'))
        .finally(() => {
          this.#running.delete(run);
          this.#pump();
        });
      this.#running.add(run);
    }
  }

  async #attempt(job: Job): Promise<void> {
    const { clock, fetch } = this.#world;
    const outcome = await post(this.#hook, job.message, { clock, fetch, signal: this.#end.signal });
    if (outcome.kind === 'done' || this.#end.signal.aborted) return;
    if (outcome.kind === 'gone') this.#leave();
    else this.#again(job, outcome);
  }

  #again(job: Job, { why, retryAfterMs = 0 }: Posted): void {
    const { clock, random } = this.#world;
    const wait = WEBHOOK_LIMITS.retryMs[job.failures];
    job.failures += 1;
    if (wait === undefined) {
      this.#giveUp(job, why);
      return;
    }
    const delay = Math.max(Math.min(retryAfterMs, WEBHOOK_LIMITS.longestWaitMs), wait * (0.75 + random.next() / 2));
    const timer = clock.after(
      delay,
      () => {
        this.#timers.delete(timer);
        this.#add(job);
      },
      { unref: true },
    );
    this.#timers.add(timer);
  }

  #giveUp(job: Job | undefined, why: string): void {
    const about = { url: webhookAddress(this.#hook.url), id: job?.message.id, tries: job?.failures ?? 0, why };
    this.#world.logger.warn(about, 'a webhook was not delivered');
  }

  #leave(): void {
    this.#isGone = true;
    this.#waiting.length = 0;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    this.#world.logger.warn(
      { url: webhookAddress(this.#hook.url) },
      'a webhook answered 410 Gone and is called no more',
    );
  }
}
