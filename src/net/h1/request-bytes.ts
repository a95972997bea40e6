/**
 * A request as it goes over the wire (RFC 9112 §3).
 *
 * @module
 */
import { FIELD_NAME, FIELD_VALUE } from '../header-rule.ts';
import { H1Error } from './h1-error.ts';

/** Where requests of one URL go. */
export interface Target {
  /** With the query, as the request line has it. */
  readonly path: string;
  /** Name and port, as the `Host` field has them. */
  readonly host: string;
}

/** What is sent. */
export interface Outgoing {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Pieces are sent one behind the other. */
  readonly body?: string | readonly Buffer[] | undefined;
}

const ASCII = /^[\t\u0020-\u007E\r\n]*$/;
const PATH = /^[!-~]+$/;

interface Made {
  readonly target: Target;
  readonly method: Outgoing['method'];
  readonly text: string;
  readonly isAscii: boolean;
}

/** Most requests of a link go with the same object of headers. */
const made = new WeakMap<object, Made>();

function make(target: Target, { method, headers }: Outgoing): Made {
  if (!PATH.test(target.path))
    throw new H1Error('UND_ERR_INVALID_ARG', 'the path holds a character that no path can have');
  let text = `${method} ${target.path} HTTP/1.1\r\nhost: ${target.host}\r\nconnection: keep-alive\r\n`;
  for (const [name, value] of Object.entries(headers)) {
    if (!FIELD_NAME.test(name) || !FIELD_VALUE.test(value))
      throw new H1Error('UND_ERR_INVALID_ARG', 'a header holds a character that no header can have');
    text += `${name}: ${value}\r\n`;
  }
  return { target, method, text, isAscii: ASCII.test(text) };
}

/** The head up to the length of the body. Errors: `UND_ERR_INVALID_ARG`. */
function headOf(target: Target, outgoing: Outgoing): Made {
  const known = made.get(outgoing.headers);
  if (known !== undefined && known.target === target && known.method === outgoing.method) return known;
  const fresh = make(target, outgoing);
  made.set(outgoing.headers, fresh);
  return fresh;
}

/** Where bytes go. */
export interface Sink {
  cork(): void;
  uncork(): void;
  write(bytes: string | Buffer, encoding?: BufferEncoding): unknown;
}

/** A request that is checked, to be written once a connection is there. */
export type Ready = (sink: Sink) => void;

/** Checks the request. Errors: `UND_ERR_INVALID_ARG`. */
export function ready(target: Target, outgoing: Outgoing): Ready {
  const { text, isAscii } = headOf(target, outgoing);
  const { body, method } = outgoing;
  if (body === undefined) {
    const whole = `${text}${method === 'POST' ? 'content-length: 0\r\n' : ''}\r\n`;
    return (sink) => sink.write(whole, 'latin1');
  }
  if (typeof body === 'string') {
    const length = Buffer.byteLength(body);
    const whole = `${text}${lengthField(length)}${body}`;
    // One piece is one write. Where every character is one byte, the shortest way of writing says the same.
    if (length === body.length) return (sink) => sink.write(whole, 'latin1');
    if (isAscii) return (sink) => sink.write(whole, 'utf8');
  }
  const pieces = typeof body === 'string' ? [Buffer.from(body)] : body;
  const head = `${text}${lengthField(pieces.reduce((sum, { length }) => sum + length, 0))}`;
  return (sink) => {
    sink.cork();
    sink.write(head, 'latin1');
    for (const piece of pieces) sink.write(piece);
    sink.uncork();
  };
}

const lengthField = (bytes: number): string => `content-length: ${bytes}\r\n\r\n`;
