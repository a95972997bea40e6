/**
 * The link to a server process: one JSON-RPC message per line (MCP, stdio transport). Closing it ends the process.
 *
 * @module
 */
import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/client';
import { safeLine } from '../../base/safe-text.ts';
import type { Redactor } from '../../base/secret.ts';
import type { Answer, ProcessExit } from '../../core/fault.ts';
import type { StderrLine } from '../../core/ports.ts';
import { AnswerError } from '../answer-error.ts';
import { messageLine } from '../forward/message-bytes.ts';
import type { Link, RawReply, RawRequest } from '../link.ts';
import { DEEPEST } from '../protocol.ts';
import { FrameReader } from './framing.ts';
import { LineForwards } from './line-forwards.ts';
import type { Untold } from './line-forwards.ts';
import { LineWriter } from './line-writer.ts';
import type { Unwritten } from './line-writer.ts';
import type { ServerProcess } from './server-process.ts';

/** Unsent bytes, in messages of the largest size, after which a server is taken not to read its input. */
const LARGEST_WAITING = 4;
/** Lost messages that are told; later ones are only counted. */
const TOLD = 5;
/** Notes that wait for a listener: banners come before anybody listens. */
const WAITING_NOTES = 10;

const tooLargeText = (bytes: number, limit: number): string => `the message has ${bytes} bytes, the limit is ${limit}`;

/** A message that was not written at all. */
function unsent(text: string, isLarge = false): Untold {
  const size = isLarge ? ({ tooLarge: 'call' } as const) : {};
  const error = new AnswerError({ kind: 'protocol', text, ...size }, { sent: 'no' });
  return { sent: 'no', error: Promise.resolve(error) };
}

/** One link over one process that runs already. */
export class StdioLink implements Link {
  readonly kind = 'stdio';
  onclose: Link['onclose'];
  onerror: Link['onerror'];
  onmessage: Link['onmessage'];
  onfail: Link['onfail'];
  readonly #process: ServerProcess;
  readonly #limit: number;
  readonly #frames: FrameReader;
  readonly #lines: LineWriter;
  #onnote: Link['onnote'];
  readonly #waiting: string[] = [];
  readonly #forwards = new LineForwards(
    (message) => this.send(message),
    (message, told) => this.#put(message, told),
  );
  #exit: ProcessExit | undefined;
  #over = false;

  /** @param messageBytes largest message in either direction. */
  constructor(process: ServerProcess, messageBytes: number, redactor: Redactor) {
    this.#process = process;
    this.#limit = messageBytes;
    this.#lines = new LineWriter(process.stdin);
    this.#frames = new FrameReader(messageBytes, {
      unread: (line) => this.#forwards.take(line),
      message: (message) => this.#deliver(message),
      stray: (line) => this.#note(safeLine(redactor.redact(line))),
      tooDeep: (answered) => this.#fail(answered, { text: `its answer is nested deeper than ${DEEPEST} levels` }),
      dropped: (bytes, answered) => this.#lost(bytes, answered),
    });
  }

  get onnote(): Link['onnote'] {
    return this.#onnote;
  }

  /** What was noted before anybody listened is told at once. */
  set onnote(listener: Link['onnote']) {
    this.#onnote = listener;
    if (listener === undefined) return;
    for (const text of this.#waiting.splice(0)) listener('stray-output', text);
  }

  /** Begins to read. */
  start(): Promise<void> {
    this.#process.stdout.on('data', (chunk: Buffer) => this.#frames.push(chunk));
    void this.#process.ended.then((exit) => this.#end(exit));
    return Promise.resolve();
  }

  /** Resolves when the message was handed to the operating system; a server that reads slowly is waited for. */
  async send(message: JSONRPCMessage): Promise<void> {
    const failure = await new Promise<Untold | undefined>((resolve) => {
      this.#put(message, resolve);
    });
    if (failure !== undefined) throw await failure.error;
  }

  #put(message: JSONRPCMessage, told: (failure?: Untold) => void): void {
    const line = messageLine(message);
    const bytes = Buffer.byteLength(line) - 1;
    if (bytes > this.#limit) told(unsent(tooLargeText(bytes, this.#limit), true));
    else if (this.#lines.length > this.#limit * LARGEST_WAITING) told(unsent('the server does not read its input'));
    else
      this.#lines.write(line, (failure) => {
        told(failure === undefined ? undefined : { sent: failure.sent, error: this.#broken(failure) });
      });
  }

  /** A process whose input broke ends, by itself or by us; how it ended is what there is to tell. */
  async #broken(failure: Unwritten): Promise<AnswerError> {
    this.#end(await this.#process.ended);
    return new AnswerError(this.ending(), failure);
  }

  forward(request: RawRequest): Promise<RawReply> {
    return this.#forwards.send(request);
  }

  /** Ends the process with its whole group and waits for it. */
  async close(): Promise<void> {
    this.#lines.flush();
    await this.#process.close();
    this.#end(await this.#process.ended);
  }

  /** How the process ended. */
  ending(): Answer {
    return {
      kind: 'exit',
      exit: this.#exit ?? { code: null, signal: null, stderr: this.stderr().map(({ text }) => text) },
    };
  }

  stderr(): readonly StderrLine[] {
    return this.#process.stderr();
  }

  /** Lines so far that were no message, and messages over the limit. */
  get counts(): { readonly strays: number; readonly dropped: number } {
    return { strays: this.#frames.strays, dropped: this.#frames.dropped };
  }

  #deliver(message: JSONRPCMessage): void {
    // Whatever becomes of one message, the next one is read: what is thrown here would end the whole process.
    try {
      if (!this.#forwards.read(message)) this.onmessage?.(message);
    } catch (error) {
      this.onerror?.(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #note(text: string): void {
    if (this.#onnote !== undefined) this.#onnote('stray-output', text);
    else if (this.#waiting.length < WAITING_NOTES) this.#waiting.push(text);
  }

  #lost(bytes: number, answered: RequestId | undefined): void {
    const text = `a message of the server has ${bytes} bytes, the limit is ${this.#limit}; it was dropped`;
    if (this.#frames.dropped <= TOLD) this.#note(text);
    if (answered !== undefined) this.#fail(answered, { text, tooLarge: 'answer' });
  }

  #fail(answered: RequestId, why: { readonly text: string; readonly tooLarge?: 'answer' }): void {
    const error = new AnswerError({ kind: 'protocol', ...why });
    if (!this.#forwards.fail(answered, error)) this.onfail?.(answered, error);
  }

  #end(exit: ProcessExit): void {
    if (this.#over) return;
    this.#over = true;
    this.#exit = exit;
    this.#forwards.end((sent) => new AnswerError(this.ending(), { sent }));
    this.onclose?.();
  }
}
