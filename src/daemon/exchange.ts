/**
 * One request to the daemon and its answer, on a connection of its own.
 *
 * @module
 */
import type { Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { HoldfastError } from '../base/errors.ts';
import type { CallUnderWay } from './calls.ts';
import { dial } from './dial.ts';
import type { DialOptions } from './dial.ts';
import { BadAnswer, EarlyEnd, HttpAnswer } from './http-answer.ts';
import type { AnswerHead } from './http-answer.ts';
import { linesOf } from './lines.ts';
import { BODY_LIMIT_BYTES, PROTOCOL, PROTOCOL_HEADER, SILENCE_MS, VERSION_HEADER } from './protocol.ts';

/** Whom to ask, and as who. */
export interface Caller extends DialOptions {
  /** Version of this program. */
  readonly version: string;
  /** Longest time without a sign of life; default 20 s. */
  readonly silenceMs?: number;
  /** The pid that the daemon wrote down: it is named when the daemon does not answer. */
  readonly pid?: () => number | undefined;
}

/** What to ask. */
export interface Question {
  readonly http: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Ends the exchange; the daemon hears it and stops what it does for it. */
  readonly call: CallUnderWay;
}

/** The beginning of an answer. Its body must be read or the exchange aborted. */
export interface Reply {
  readonly status: number;
  /** Protocol and version that the other side told; empty when it told none. */
  readonly protocol: string;
  readonly version: string;
  text(): Promise<string>;
  /** Lines of an NDJSON answer. */
  lines(): AsyncGenerator<string>;
}

const SECOND_LOOK_MS = 1_000;

function gone(cause: unknown): HoldfastError {
  return new HoldfastError('ERR_DAEMON_UNREACHABLE', 'the daemon went away before it had answered', {
    hint: 'Run the command again; it starts a new daemon.',
    // `gone` = it closed or was cut off; another program at the socket, which talks nonsense, is still there.
    data: { gone: !(cause instanceof BadAnswer) || cause instanceof EarlyEnd },
    cause,
  });
}

function hung(pid: number | undefined): HoldfastError {
  return new HoldfastError('ERR_DAEMON_UNREACHABLE', 'the daemon takes connections but does not answer', {
    hint: pid === undefined ? 'Run: holdfast daemon stop' : `If process ${pid} is the daemon, end it: kill -9 ${pid}`,
    data: pid === undefined ? {} : { pid },
  });
}

function bodyOf(question: Question): string {
  const text = JSON.stringify(question.body);
  if (Buffer.byteLength(text) <= BODY_LIMIT_BYTES) return text;
  throw new HoldfastError('ERR_USAGE', 'the request is larger than 16 MiB', { hint: 'Send less at once.' });
}

/** One connection in use: what arrives on it, and why it was cut if it was. */
class Exchange {
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #silenceMs: number;
  readonly #pid: (() => number | undefined) | undefined;
  readonly #arriving: AsyncIterator<Buffer>;
  readonly #answer = new HttpAnswer(() => this.#more());
  #cut: Error | undefined;

  constructor(socket: Socket, call: CallUnderWay, { clock, silenceMs = SILENCE_MS, pid }: Caller) {
    this.#socket = socket;
    this.#clock = clock;
    this.#silenceMs = silenceMs;
    this.#pid = pid;
    this.#arriving = (socket as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
    const abort = (): void => this.#end(call.signal.reason as Error);
    call.signal.addEventListener('abort', abort, { once: true });
    socket.once('close', () => {
      call.signal.removeEventListener('abort', abort);
      call.end();
    });
    // What is wrong is heard by whoever reads; a write that fails says nothing more.
    socket.on('error', () => {});
    if (call.signal.aborted) abort();
  }

  async ask(head: string, body: string): Promise<Reply> {
    this.#socket.write(`${head}\r\n\r\n${body}`);
    const answer = await this.#orWhy(() => this.#answer.head());
    const { status, headers } = answer;
    return {
      status,
      protocol: headers.get(PROTOCOL_HEADER) ?? '',
      version: headers.get(VERSION_HEADER) ?? '',
      text: async () => {
        const parts: string[] = [];
        for await (const part of this.#body(answer)) parts.push(part);
        return parts.join('');
      },
      lines: () => linesOf(this.#body(answer)),
    };
  }

  async *#body(head: AnswerHead): AsyncGenerator<string> {
    const parts = this.#answer.body(head);
    try {
      for (;;) {
        const { value, done } = await this.#orWhy(() => parts.next());
        if (done === true) return;
        yield value;
      }
    } finally {
      this.#socket.destroy();
    }
  }

  // Silence counts only while somebody waits for bytes: a reader that takes its time is not the daemon's silence.
  async #more(): Promise<Buffer | undefined> {
    let timer = this.#clock.after(this.#silenceMs, () => {
      // A process that was itself stopped finds its timer due before it has read what lies waiting: hence a second look.
      timer = this.#clock.after(SECOND_LOOK_MS, () => this.#end(hung(this.#pid?.())));
    });
    try {
      const { value, done } = await this.#arriving.next();
      return done === true ? undefined : value;
    } finally {
      timer.cancel();
    }
  }

  #end(reason: Error): void {
    this.#cut ??= reason;
    this.#socket.destroy();
  }

  async #orWhy<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.#socket.destroy();
      throw this.#cut ?? gone(error);
    }
  }
}

function headOf({ http, path }: Question, body: string, version: string): string {
  return [
    `${http} ${path} HTTP/1.1`,
    'host: localhost',
    'connection: close',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    `${PROTOCOL_HEADER}: ${PROTOCOL}`,
    `${VERSION_HEADER}: ${version}`,
  ].join('\r\n');
}

/**
 * Sends the question and resolves with the head of the answer. Errors: those of `dial`; `ERR_DAEMON_UNREACHABLE` when the
 * daemon goes away or gives no sign of life; the abort reason of the signal.
 */
export async function exchange(caller: Caller, question: Question): Promise<Reply> {
  try {
    question.call.signal.throwIfAborted();
    const body = bodyOf(question);
    const socket = await dial(caller);
    const head = headOf(question, body, caller.version);
    return await new Exchange(socket, question.call, caller).ask(head, body);
  } catch (error) {
    question.call.end();
    throw error;
  }
}
