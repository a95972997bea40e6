/**
 * The statements of a TOML text (toml.io, v1.0.0) with their places, for edits that leave everything else as it is. It
 * reads no values: it only knows where they end.
 *
 * @module
 */

/** One header or one `key = value`, from its first character to the end of its last line. */
export interface Statement {
  readonly kind: 'table' | 'array-table' | 'pair';
  /** The parts of the key, unquoted. */
  readonly keys: readonly string[];
  readonly start: number;
  /** Behind the line end. */
  readonly end: number;
  /** Of a pair: the value as it is written. */
  readonly value: string;
}

const SPACE = /[ \t]*/y;
const BARE = /[\w-]+/y;
const BASIC = /"(?:[^"\\\n]|\\.)*"/y;
const LITERAL = /'[^'\n]*'/y;
const MULTI = /"""(?:[^\\]|\\[^])*?"{3,5}(?!")|'''[^]*?'{3,5}(?!')/y;
const REST = /[ \t]*(?:#[^\n]*)?\r?(?:\n|$)/y;
/** Nesting deeper than this is nobody's configuration. */
const DEEPEST = 100;

/** A text that is not TOML, as far as it is read here. */
class Unreadable extends Error {}

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  *statements(): Generator<Statement> {
    while (this.#skipBlank()) {
      const start = this.#at;
      const statement = this.#text[start] === '[' ? this.#header(start) : this.#pair(start);
      this.#need(REST, 'there is text after the end');
      yield { ...statement, start, end: this.#at };
    }
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #need(pattern: RegExp, problem: string): string {
    return this.#take(pattern) ?? this.#fail(problem);
  }

  #fail(problem: string): never {
    const line = this.#text.slice(0, this.#at).split('\n').length;
    throw new Unreadable(`${line}: ${problem}`);
  }

  /** Whether a statement follows. */
  #skipBlank(): boolean {
    this.#take(/(?:[ \t\r\n]|#[^\n]*)*/y);
    return this.#at < this.#text.length;
  }

  #header(start: number): Pick<Statement, 'kind' | 'keys' | 'value'> {
    const twice = this.#text.startsWith('[[', start);
    this.#at += twice ? 2 : 1;
    const keys = this.#keys();
    this.#need(twice ? /\]\]/y : /\]/y, 'a closing ] is missing');
    return { kind: twice ? 'array-table' : 'table', keys, value: '' };
  }

  #pair(_start: number): Pick<Statement, 'kind' | 'keys' | 'value'> {
    const keys = this.#keys();
    this.#need(/=[ \t]*/y, 'an = is missing');
    const from = this.#at;
    this.#value(0);
    return { kind: 'pair', keys, value: this.#text.slice(from, this.#at) };
  }

  #keys(): readonly string[] {
    const keys: string[] = [];
    do {
      this.#take(SPACE);
      keys.push(this.#key());
      this.#take(SPACE);
    } while (this.#take(/\./y) !== undefined);
    return keys;
  }

  #key(): string {
    const bare = this.#take(BARE);
    if (bare !== undefined) return bare;
    const basic = this.#take(BASIC);
    if (basic !== undefined) return unquoted(basic);
    return this.#need(LITERAL, 'a key is expected').slice(1, -1);
  }

  #value(depth: number): void {
    if (depth > DEEPEST) this.#fail('nested too deeply');
    const text = this.#take(MULTI) ?? this.#take(BASIC) ?? this.#take(LITERAL);
    if (text !== undefined) return;
    const open = this.#text[this.#at];
    if (open === '[' || open === '{') this.#group(open === '[' ? ']' : '}', depth);
    else this.#need(/[^\s,\]}#"'=]+(?: \d\d:[^\s,\]}#]*)?/y, 'a value is expected');
  }

  /** A list or an inline table: values, keys, commas and comments up to its end. */
  #group(close: string, depth: number): void {
    this.#at += 1;
    for (;;) {
      this.#take(/(?:[ \t\r\n,]|#[^\n]*)*/y);
      if (this.#text[this.#at] === close) break;
      if (this.#at >= this.#text.length) this.#fail(`a closing ${close} is missing`);
      if (close === '}') {
        this.#keys();
        this.#need(/=[ \t]*/y, 'an = is missing');
      }
      this.#value(depth + 1);
    }
    this.#at += 1;
  }
}

function unquoted(text: string): string {
  try {
    return JSON.parse(text) as string;
  } catch {
    return text.slice(1, -1);
  }
}

/** Every statement, in order; or what is wrong: `3: a value is expected`, with the line. */
export function scanToml(text: string): readonly Statement[] | string {
  try {
    return [...new Scanner(text).statements()];
  } catch (error) {
    if (error instanceof Unreadable) return error.message;
    throw error;
  }
}
