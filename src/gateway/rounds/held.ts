/**
 * Calls that stay open at a server with sessions while a stateless client is asked what the server wants to know: the one
 * thing that is remembered for such a client.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import type { Clock, Timer } from '../../base/clock.ts';
import { LightAbortController } from '../../base/light-abort.ts';
import type { AskClient, RelayAnswer } from '../../core/relay.ts';
import type { Answer } from '../rpc/answer.ts';
import type { Json } from '../rpc/message.ts';
import { ROUND_MS } from './envelope.ts';
import type { Question } from './input.ts';

/** How a step of a call ended: it is over, or the server wants to know something. */
export type Step =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'asks'; readonly questions: Readonly<Record<string, Question>> };

/** Questions that come together are asked together. */
const TOGETHER_MS = 15;
/** Calls that are held at the same time; the oldest one is given up. */
const MOST = 1_000;

interface Open extends Question {
  readonly resolve: (answer: RelayAnswer) => void;
}

/** One call. */
export class HeldCall {
  readonly id: string = randomUUID();
  /** Tells the client of the round that is under way. */
  notify: (method: string, params: Json) => void = () => {};
  readonly #clock: Clock;
  readonly #cut = new LightAbortController();
  readonly #open = new Map<string, Open>();
  #asked = 0;
  #wake: (() => void) | undefined;
  #outcome: Promise<Answer> | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Begins the call. `run` gets what asks the client, and the signal that ends it all. */
  begin(run: (ask: AskClient, signal: AbortSignal) => Promise<Answer>): void {
    this.#outcome = run((method, params, signal) => this.#ask({ method, params }, signal), this.#cut.signal);
    this.#outcome.catch(() => undefined);
  }

  /** Waits for the answer, or for questions. A client that leaves meanwhile has cancelled the call. */
  async step(signal: AbortSignal): Promise<Step> {
    const stop = (): void => this.end(signal.reason as Error);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
    try {
      const woken = new Promise<undefined>((resolve) => {
        this.#wake = (): void => resolve(undefined);
        if (this.#open.size > 0) resolve(undefined);
      });
      const answer = await Promise.race([this.#outcome, woken]);
      if (answer !== undefined) return { kind: 'answer', answer };
      await this.#clock.sleep(TOGETHER_MS);
      if (this.#open.size === 0) return await this.step(signal);
      const questions = [...this.#open].map(([key, { method, params }]) => [key, { method, params }]);
      return { kind: 'asks', questions: Object.fromEntries(questions) as Readonly<Record<string, Question>> };
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** Takes what the client answered. Keys that nobody asked for are passed over. */
  answer(responses: Readonly<Record<string, Json>>): void {
    for (const [key, result] of Object.entries(responses)) {
      this.#open.get(key)?.resolve({ result });
      this.#open.delete(key);
    }
  }

  end(reason: Error): void {
    this.#cut.abort(reason);
  }

  #ask(question: Question, signal: AbortSignal): Promise<RelayAnswer> {
    this.#asked += 1;
    const key = `q${this.#asked}`;
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        this.#open.delete(key);
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', stop, { once: true });
      this.#open.set(key, { ...question, resolve });
      this.#wake?.();
    });
  }
}

/** The calls that wait for their clients. Who makes it closes it. */
export class HeldCalls {
  readonly #clock: Clock;
  readonly #calls = new Map<string, { readonly call: HeldCall; readonly timer: Timer }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Keeps a call until it is taken up again; after a while it is given up. */
  keep(call: HeldCall): void {
    const end = (): void => {
      this.#calls.delete(call.id);
      call.end(new Error('the client did not answer'));
    };
    this.#calls.set(call.id, { call, timer: this.#clock.after(ROUND_MS, end, { unref: true }) });
    if (this.#calls.size > MOST) this.#give(this.#calls.keys().next().value as string);
  }

  /** The call, which is its taker's from then on. */
  take(id: string): HeldCall | undefined {
    const held = this.#calls.get(id);
    held?.timer.cancel();
    this.#calls.delete(id);
    return held?.call;
  }

  close(): void {
    for (const id of this.#calls.keys()) this.#give(id);
  }

  #give(id: string): void {
    this.take(id)?.end(new Error('the call was given up'));
  }
}
