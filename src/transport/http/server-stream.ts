/**
 * The optional stream on which a legacy server speaks unasked: opened by GET, reopened alone with back-off, never the
 * reason to end a session.
 *
 * @module
 */
import type { JSONRPCMessage } from '@modelcontextprotocol/client';
import type { Clock } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import type { LeanResponse } from '../../net/lean-request.ts';
import { AnswerError } from '../answer-error.ts';
import { readMessages } from '../protocol.ts';
import { GOOD_LIFE_MS, reopenDelay } from '../reopen.ts';
import { discard, mediaType, readEvents } from './body.ts';
import type { Exchanger } from './exchange.ts';

/** What a stream needs. */
export interface ServerStreamPlan {
  readonly exchanger: Exchanger;
  readonly clock: Clock;
  readonly random: Random;
  readonly messageBytes: number;
  /** Session headers, asked before each opening. */
  readonly headers: () => Record<string, string>;
  readonly deliver: (message: JSONRPCMessage) => void;
  readonly note: (text: string) => void;
  /** The stream is back, and announcements may have been missed meanwhile. */
  readonly gap: () => void;
  /** The server answered 404 where it gave a stream before: it no longer knows the session. */
  readonly sessionGone: () => void;
}

/** Answers that say "there is no such stream here". 405 is the one of the specification, the others are in the field. */
const NO_STREAM: ReadonlySet<number> = new Set([400, 404, 405, 406, 415, 501]);

/** How one opening ended. */
type End = 'none' | 'gone' | 'failed' | 'ended';

/** One stream. `start` once, `stop` ends it for good. */
export class ServerStream {
  readonly #plan: ServerStreamPlan;
  readonly #stop = new AbortController();
  #lastId: string | undefined;
  #retryMs: number | undefined;
  #opened = false;

  constructor(plan: ServerStreamPlan) {
    this.#plan = plan;
  }

  /** Opens the stream and keeps it. Returns at once. */
  start(): void {
    // The only rejection left is that of the wait, when the stream is stopped.
    this.#keep().catch(() => {});
  }

  stop(): void {
    this.#stop.abort();
  }

  async #keep(): Promise<void> {
    const { clock, random, note } = this.#plan;
    for (let idle = 0; !this.#stop.signal.aborted;) {
      const started = clock.monotonic();
      const { end, heard } = await this.#once(idle > 0);
      if (this.#stop.signal.aborted || end === 'none') return;
      if (end === 'gone') {
        this.#plan.sessionGone();
        return;
      }
      if (heard || clock.monotonic() - started >= GOOD_LIFE_MS) idle = 0;
      // Said every time: whoever hears it may ask the server whether it is still there.
      note(end === 'ended' ? 'the server ended its stream' : 'the stream of the server broke');
      await clock.sleep(reopenDelay(idle, random.next(), this.#retryMs), this.#stop.signal);
      idle += 1;
    }
  }

  async #once(again: boolean): Promise<{ readonly end: End; readonly heard: boolean }> {
    let heard = false;
    try {
      const response = await this.#open();
      if (response === undefined) return { end: 'none', heard };
      this.#opened = true;
      if (again) this.#plan.gap();
      const onRetry = (ms: number): void => {
        this.#retryMs = ms;
      };
      for await (const event of readEvents(response.body, this.#plan.messageBytes, onRetry)) {
        if (event.id !== undefined) this.#lastId = event.id;
        if (event.type !== 'message' || event.data === '') continue;
        // An event that only carries an id comes with every opening and proves nothing.
        heard = true;
        for (const message of readMessages(event.data)) this.#plan.deliver(message);
      }
      return { end: 'ended', heard };
    } catch (error) {
      return { end: this.#meaning(error), heard };
    }
  }

  /** The response, or `undefined` where the server gives no stream. */
  async #open(): Promise<LeanResponse | undefined> {
    const response = await this.#plan.exchanger.send({
      phase: 'stream',
      method: 'GET',
      headers: {
        ...this.#plan.headers(),
        accept: 'text/event-stream',
        ...(this.#lastId === undefined ? {} : { 'last-event-id': this.#lastId }),
      },
      signal: this.#stop.signal,
    });
    if (mediaType(response) === 'text/event-stream') return response;
    await discard(response);
    return undefined;
  }

  #meaning(error: unknown): End {
    if (!(error instanceof AnswerError) || error.answer.kind !== 'http') return 'failed';
    const { status } = error.answer;
    if (!this.#opened) return NO_STREAM.has(status) ? 'none' : 'failed';
    if (status === 404) return 'gone';
    return NO_STREAM.has(status) && status !== 400 ? 'none' : 'failed';
  }
}
