/**
 * One request to the daemon and its answer, on a connection of its own.
 *
 * @module
 */
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock, Timer } from '../base/clock.ts';
import { HoldfastError } from '../base/errors.ts';
import type { CallUnderWay } from './calls.ts';
import { dial } from './dial.ts';
import type { DialOptions } from './dial.ts';
import { linesOf } from './lines.ts';
import { BODY_LIMIT_BYTES, PROTOCOL, PROTOCOL_HEADER, SILENCE_MS, VERSION_HEADER } from './protocol.ts';

/** Whom to ask, and as who. */
export interface Caller extends DialOptions {
  /** Version of this program. */
  readonly version: string;
  /** Longest time without a sign of life; default 20 s. */
  readonly silenceMs?: number;
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
    cause,
  });
}

function hung(): HoldfastError {
  return new HoldfastError('ERR_DAEMON_UNREACHABLE', 'the daemon takes connections but does not answer', {
    hint: 'Run: holdfast daemon stop',
  });
}

function bodyOf(question: Question): string {
  const text = JSON.stringify(question.body);
  if (Buffer.byteLength(text) <= BODY_LIMIT_BYTES) return text;
  throw new HoldfastError('ERR_USAGE', 'the request is larger than 16 MiB', { hint: 'Send less at once.' });
}

/** Ends a connection that is silent for too long. */
class Watch {
  readonly #clock: Clock;
  readonly #limitMs: number;
  readonly #expire: () => void;
  #timer: Timer | undefined;

  constructor(clock: Clock, limitMs: number, expire: () => void) {
    this.#clock = clock;
    this.#limitMs = limitMs;
    this.#expire = expire;
    this.heard();
  }

  heard(): void {
    this.stop();
    // A process that was itself stopped finds its timer due before it has read what lies waiting: hence a second look.
    this.#timer = this.#clock.after(this.#limitMs, () => {
      this.#timer = this.#clock.after(SECOND_LOOK_MS, this.#expire);
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }
}

/** One connection in use: what arrives on it, and why it was cut if it was. */
class Exchange {
  readonly #socket: Socket;
  readonly #watch: Watch;
  #response: IncomingMessage | undefined;
  #cut: Error | undefined;

  constructor(socket: Socket, call: CallUnderWay, { clock, silenceMs = SILENCE_MS }: Caller) {
    this.#socket = socket;
    this.#watch = new Watch(clock, silenceMs, () => this.#silent());
    const abort = (): void => this.cut(call.signal.reason as Error);
    call.signal.addEventListener('abort', abort, { once: true });
    // Every byte that arrives is a sign of life: heads, lines and the empty lines between them.
    socket.on('data', () => this.#watch.heard());
    socket.once('close', () => {
      this.#watch.stop();
      call.signal.removeEventListener('abort', abort);
      call.end();
    });
    socket.resume();
    if (call.signal.aborted) abort();
  }

  cut(reason: Error): void {
    this.#cut ??= reason;
    this.#socket.destroy();
  }

  /** Why the answer did not come, or not whole. */
  why(cause: unknown): Error {
    return this.#cut ?? gone(cause);
  }

  #silent(): void {
    // A reader that takes its time keeps the socket from being read: that is not the daemon's silence.
    if ((this.#response?.readableLength ?? 0) > 0) this.#watch.heard();
    else this.cut(hung());
  }

  async *#chunks(response: IncomingMessage): AsyncGenerator<string> {
    try {
      for await (const chunk of response) yield chunk as string;
    } catch (error) {
      throw this.why(error);
    }
    if (!response.complete) throw this.why(undefined);
  }

  reply(response: IncomingMessage): Reply {
    this.#response = response;
    response.setEncoding('utf8');
    const header = (name: string): string => {
      const value = response.headers[name];
      return typeof value === 'string' ? value : '';
    };
    return {
      status: response.statusCode ?? 0,
      protocol: header(PROTOCOL_HEADER),
      version: header(VERSION_HEADER),
      text: async () => {
        const parts: string[] = [];
        for await (const part of this.#chunks(response)) parts.push(part);
        return parts.join('');
      },
      lines: () => linesOf(this.#chunks(response)),
    };
  }
}

function answerOn(socket: Socket, caller: Caller, { http, path, call }: Question, body: string): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const outgoing = request({
      createConnection: () => socket,
      method: http,
      path,
      headers: {
        host: 'localhost',
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        [PROTOCOL_HEADER]: PROTOCOL,
        [VERSION_HEADER]: caller.version,
      },
    });
    const under = new Exchange(socket, call, caller);
    outgoing.on('error', (error) => reject(under.why(error)));
    outgoing.once('response', (response) => resolve(under.reply(response)));
    outgoing.end(body);
  });
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
    return await answerOn(socket, caller, question, body);
  } catch (error) {
    question.call.end();
    throw error;
  }
}
