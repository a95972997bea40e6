/**
 * Reads `text/event-stream` (WHATWG HTML §9.2.6) from bytes, with a bound on the size of one event.
 *
 * @module
 */
import { AnswerError } from '../answer-error.ts';

/** One event. `data` of several lines is joined by line feeds. */
export interface SseEvent {
  /** `message` where the stream names none. */
  readonly type: string;
  readonly data: string;
  /** The id that the event itself carries. */
  readonly id?: string;
}

const LINE_END = /\r\n|\n|\r/g;

/** An incremental reader. Bytes go in, whole events come out; a comment, even an endless one, is bounded too. */
export class SseParser {
  /** The wait before a reconnection that the server asked for last. */
  retryMs: number | undefined;
  readonly #limit: number;
  readonly #decoder = new TextDecoder();
  #rest = '';
  /** How much of `#rest` is known to hold no line end. */
  #scanned = 0;
  #halfPair = false;
  #type = '';
  #data: string[] = [];
  #size = 0;
  #id: string | undefined;

  /** `limit`: characters of one event (never more than its bytes). Going over it throws an `AnswerError` of kind `protocol`. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The events that these bytes complete. */
  push(bytes: Uint8Array): readonly SseEvent[] {
    const text = this.#decoder.decode(bytes, { stream: true });
    if (text === '') return [];
    this.#rest += this.#halfPair && text.startsWith('\n') ? text.slice(1) : text;
    // A carriage return at the end ends a line, but may be the first half of a pair.
    this.#halfPair = text.endsWith('\r');
    const events: SseEvent[] = [];
    let start = 0;
    LINE_END.lastIndex = this.#scanned;
    for (let found = LINE_END.exec(this.#rest); found !== null; found = LINE_END.exec(this.#rest)) {
      const event = this.#line(this.#rest.slice(start, found.index));
      if (event !== undefined) events.push(event);
      start = LINE_END.lastIndex;
    }
    this.#rest = this.#rest.slice(start);
    this.#scanned = this.#rest.length;
    this.#bound(this.#rest.length);
    return events;
  }

  #bound(more: number): void {
    if (this.#size + more <= this.#limit) return;
    throw new AnswerError({
      kind: 'protocol',
      text: `one event is larger than ${this.#limit} bytes`,
      tooLarge: 'answer',
    });
  }

  #line(line: string): SseEvent | undefined {
    if (line === '') return this.#dispatch();
    const colon = line.indexOf(':');
    if (colon === 0) return undefined;
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    this.#field(name, value);
    return undefined;
  }

  #field(name: string, value: string): void {
    if (name === 'data') {
      this.#bound(value.length);
      this.#size += value.length + 1;
      this.#data.push(value);
    } else if (name === 'event') this.#type = value;
    else if (name === 'id' && !value.includes('\0')) this.#id = value;
    else if (name === 'retry' && /^\d{1,9}$/.test(value)) this.retryMs = Number(value);
  }

  #dispatch(): SseEvent | undefined {
    const event =
      this.#data.length === 0 && this.#id === undefined
        ? undefined
        : {
            type: this.#type || 'message',
            data: this.#data.join('\n'),
            ...(this.#id === undefined ? {} : { id: this.#id }),
          };
    this.#type = '';
    this.#data = [];
    this.#size = 0;
    this.#id = undefined;
    return event;
  }
}
