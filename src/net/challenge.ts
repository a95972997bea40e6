/**
 * Reads `WWW-Authenticate` (RFC 9110 §11.2–11.6.1) in one pass, so that names inside quoted strings are never taken for parameters.
 *
 * @module
 */
import type { Challenge } from '../core/fault.ts';

/** Characters of the header that are read; the rest is ignored (Node itself accepts 16 KiB of headers). */
const LONGEST_HEADER = 16_384;

const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
const TOKEN68 = /[-._~+/0-9A-Za-z]+=*(?=[ \t\r\n]*(?:,|$))/y;
// Wider than a token: servers in the field send URLs without quotes.
const BARE_VALUE = /[!#-+\--~\u0080-\uFFFF]+/y;
// Line breaks count as white space: RFC 9110 §5.5 lets a folded line be read so.
const SPACE = /[ \t\r\n]*/y;
const NO_QUOTES = /[^",]*/y;
const QUOTED_RUN = /[^"\\]*/y;

interface Draft {
  readonly scheme: string;
  token68?: string;
  readonly params: Map<string, string>;
}

/** A cursor over one header line. Every method moves forward only, which keeps the whole reading linear. */
class Cursor {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get done(): boolean {
    return this.#at >= this.#text.length;
  }

  get position(): number {
    return this.#at;
  }

  /** Goes back to a position read before. Used for one look-ahead of one token, never further. */
  rewind(position: number): void {
    this.#at = position;
  }

  take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }

  takeChar(char: string): boolean {
    if (this.#text[this.#at] !== char) return false;
    this.#at += 1;
    return true;
  }

  /** The text of a quoted string whose opening quote was taken; `undefined` (and the end) if it is never closed. */
  takeQuoted(): string | undefined {
    let value = '';
    while (!this.done) {
      value += this.take(QUOTED_RUN);
      if (this.takeChar('"')) return value;
      if (!this.takeChar('\\') || this.done) break;
      value += this.#text[this.#at];
      this.#at += 1;
    }
    this.#at = this.#text.length;
    return undefined;
  }

  /** Passes over what makes no sense, up to the next comma outside quotes. */
  skipElement(): void {
    for (;;) {
      this.take(NO_QUOTES);
      if (!this.takeChar('"')) return;
      this.takeQuoted();
    }
  }
}

/**
 * Every challenge of a `WWW-Authenticate` header, in order; several header lines may be given as an array. Schemes and
 * parameter names come in lower case, the first of two equal names wins. Never throws: what cannot be read is passed
 * over. Parameters without commas between them and unquoted URLs are accepted, because servers send them.
 */
export function parseChallenges(header: string | readonly string[] | null | undefined): Challenge[] {
  const lines = typeof header === 'string' ? [header] : (header ?? []);
  const drafts: Draft[] = [];
  let left = LONGEST_HEADER;
  for (const line of lines) {
    readLine(new Cursor(line.slice(0, left)), drafts);
    left -= Math.min(left, line.length);
  }
  return drafts.map(challengeOf);
}

function challengeOf({ scheme, token68, params }: Draft): Challenge {
  const readable = Object.fromEntries(params);
  return token68 === undefined ? { scheme, params: readable } : { scheme, token68, params: readable };
}

/**
 * A parameter of the first Bearer or DPoP challenge that has it (`resource_metadata`, `error`, `scope` …; RFC 6750 §3,
 * RFC 9728 §5.1). Other schemes are not asked.
 */
export function bearerParam(challenges: readonly Challenge[], name: string): string | undefined {
  const key = name.toLowerCase();
  return challenges.find(
    ({ scheme, params }) => (scheme === 'bearer' || scheme === 'dpop') && Object.hasOwn(params, key),
  )?.params[key];
}

function readLine(cursor: Cursor, drafts: Draft[]): void {
  while (!cursor.done) {
    cursor.take(SPACE);
    if (cursor.takeChar(',')) continue;
    readElement(cursor, drafts);
    cursor.skipElement();
  }
}

/** One list element: a parameter of the last challenge, or a new challenge with its first content. */
function readElement(cursor: Cursor, drafts: Draft[]): void {
  if (readParams(cursor, drafts.at(-1))) return;
  const scheme = cursor.take(TOKEN);
  if (scheme === '') return;
  const spaced = cursor.take(SPACE) !== '';
  const draft: Draft = { scheme: scheme.toLowerCase(), params: new Map() };
  if (!spaced) {
    // `Bearer"x"` or `Bearer/x` is no scheme at all; a bare `Negotiate` is one.
    if (atElementEnd(cursor)) drafts.push(draft);
    return;
  }
  drafts.push(draft);
  const token68 = cursor.take(TOKEN68);
  if (token68 === '') readParams(cursor, draft);
  else draft.token68 = token68;
}

function atElementEnd(cursor: Cursor): boolean {
  const start = cursor.position;
  const end = cursor.done || cursor.takeChar(',');
  cursor.rewind(start);
  return end;
}

/** Reads `name = value` as often as it stands here; says whether it stood here at all. */
function readParams(cursor: Cursor, draft: Draft | undefined): boolean {
  let found = false;
  for (;;) {
    const start = cursor.position;
    const name = cursor.take(TOKEN);
    cursor.take(SPACE);
    if (name === '' || !cursor.takeChar('=')) {
      cursor.rewind(start);
      return found;
    }
    found = true;
    cursor.take(SPACE);
    const value = cursor.takeChar('"') ? cursor.takeQuoted() : cursor.take(BARE_VALUE) || undefined;
    const key = name.toLowerCase();
    if (value === undefined) return true;
    if (draft !== undefined && !draft.params.has(key)) draft.params.set(key, value);
    if (cursor.take(SPACE) === '') return true;
  }
}
