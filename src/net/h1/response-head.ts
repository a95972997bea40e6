/**
 * The head of a response (RFC 9112 §4–6): status, fields, and how the end of the body is known. As strict as a parser
 * must be whose connection is used again: what can be read in two ways is refused.
 *
 * @module
 */
import { FIELD_NAME } from '../header-rule.ts';
import { H1Error } from './h1-error.ts';

/** How the body ends. A number = after so many bytes. */
export type Framing = number | 'chunked' | 'close';

/** A head. */
export interface ResponseHead {
  readonly status: number;
  /** Names in lower case; several lines of one name joined by ", ". */
  readonly fields: ReadonlyMap<string, string>;
  readonly framing: Framing;
  /** For how long the connection may be used again, in milliseconds; 0 = not at all, `undefined` = the server does not say. */
  readonly keepMs: number | undefined;
}

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: |$)/;
/** What stands in no field and no status line; tabs may. */
// eslint-disable-next-line no-control-regex -- those are what is looked for
const BAD_BYTES = /[\u0000-\u0008\u000A-\u001F\u007F]/;
const LENGTH = /^\d{1,15}$/;
const END = '\r\n';
const BLANK = 0x20;
const TAB = 0x09;

/** Names as servers write them, by their lower case: a handful, and looked up in every response. */
const known = new Map<string, string>();
const MOST_KNOWN = 512;

function nameOf(raw: string): string {
  const found = known.get(raw);
  if (found !== undefined) return found;
  if (!FIELD_NAME.test(raw)) throw invalid('a field name');
  const name = raw.toLowerCase();
  if (known.size < MOST_KNOWN && raw.length <= 64) known.set(raw, name);
  return name;
}

const invalid = (what: string): H1Error => new H1Error('HPE_INVALID_RESPONSE', `${what} of the response is not valid`);

/** Reads a head without the empty line at its end. Errors: `H1Error`. */
export function readHead(text: string): ResponseHead {
  let end = text.indexOf(END);
  if (end === -1) end = text.length;
  const line = text.slice(0, end);
  const start = STATUS_LINE.exec(line);
  if (start === null || BAD_BYTES.test(line)) throw invalid('the status line');
  const fields = readFields(text, end + END.length);
  const status = Number(start[2]);
  return { status, fields, framing: framingOf(status, fields), keepMs: keepMsOf(start[1] === '1', fields) };
}

function readFields(text: string, from: number): Map<string, string> {
  const fields = new Map<string, string>();
  for (let at = from; at < text.length;) {
    let end = text.indexOf(END, at);
    if (end === -1) end = text.length;
    const colon = text.indexOf(':', at);
    // Without a colon, or with a blank before it, which once meant that the last field goes on.
    if (colon === -1 || colon >= end) throw invalid('a field');
    const name = nameOf(text.slice(at, colon));
    const value = valueOf(text, colon + 1, end);
    const before = fields.get(name);
    fields.set(name, before === undefined ? value : `${before}, ${value}`);
    at = end + END.length;
  }
  return fields;
}

function valueOf(text: string, from: number, to: number): string {
  let first = from;
  let last = to;
  // Not `trim`, which takes other characters for blanks as well: what a proxy on the way reads must be read here too.
  while (first < last && isBlank(text.charCodeAt(first))) first += 1;
  while (last > first && isBlank(text.charCodeAt(last - 1))) last -= 1;
  const value = text.slice(first, last);
  if (BAD_BYTES.test(value)) throw invalid('a field value');
  return value;
}

const isBlank = (code: number): boolean => code === BLANK || code === TAB;

/** RFC 9112 §6.3. A message with both lengths, or with two that differ, is an attack or a fault: never guessed. */
function framingOf(status: number, fields: ReadonlyMap<string, string>): Framing {
  if (status < 200 || status === 204 || status === 304) return 0;
  const coding = fields.get('transfer-encoding');
  const length = fields.get('content-length');
  if (coding !== undefined) {
    if (length !== undefined || coding.toLowerCase() !== 'chunked') throw invalid('the length');
    return 'chunked';
  }
  if (length === undefined) return 'close';
  if (!LENGTH.test(length)) throw invalid('the length');
  return Number(length);
}

function keepMsOf(isCurrent: boolean, fields: ReadonlyMap<string, string>): number | undefined {
  const wish = fields.get('connection')?.toLowerCase();
  const isKept = isCurrent ? wish?.includes('close') !== true : wish?.includes('keep-alive') === true;
  if (!isKept) return 0;
  const hint = fields.get('keep-alive');
  const seconds = hint === undefined ? undefined : /(?:^|[\s,;])timeout\s*=\s*(\d{1,9})/i.exec(hint)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1_000;
}
