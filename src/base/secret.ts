/**
 * Secrets as a type that cannot print, and the one place that removes known secrets from text.
 *
 * @module
 */
import { inspect } from 'node:util';

const MASK = '[secret]';
const SHORTEST_REDACTED = 6;
/** Helpers make new tokens for as long as a daemon lives; the oldest forms are forgotten beyond this. */
const MOST_FORMS = 20_000;
/** The same by their length: a server may make its tokens as long as an answer may be. */
const MOST_CHARS = 32 * 1024 * 1024;

/** A value that must not be shown. `toString`, `toJSON` and `util.inspect` give `[secret]`; `reveal()` is the one way out. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself. Only for the place that sends it. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}

/**
 * Remembers secret values and removes them, and their URL- and base64-encoded forms, from any text.
 * Values shorter than 6 characters are not registered: they would blank out ordinary words.
 */
export class Redactor {
  /** Every form, the one registered longest ago first. */
  readonly #forms = new Set<string>();
  /** Length of all forms together. */
  #chars = 0;
  /** How many forms begin so and are that long. Redacting asks this, so that its cost does not grow with every token. */
  readonly #lengths = new Map<string, Map<number, number>>();

  /** Registers values whose text must never be shown. */
  add(...values: readonly (string | Secret | undefined)[]): void {
    for (const value of values) {
      const text = value instanceof Secret ? value.reveal() : value;
      if (text !== undefined) this.#addForms(text);
    }
    for (const oldest of this.#forms) {
      if (this.#forms.size <= MOST_FORMS && this.#chars <= MOST_CHARS) break;
      this.#forms.delete(oldest);
      this.#count(oldest, -1);
    }
  }

  /** The text with every registered value replaced by `[secret]`, where two begin together the longer one. */
  redact(text: string): string {
    let clean = '';
    let kept = 0;
    for (let at = 0; this.#forms.size > 0 && at + SHORTEST_REDACTED <= text.length; at += 1) {
      const length = this.#lengthAt(text, at);
      if (length === 0) continue;
      clean += text.slice(kept, at) + MASK;
      kept = at + length;
      at = kept - 1;
    }
    return clean + text.slice(kept);
  }

  /** Length of the longest form that stands here, or 0. */
  #lengthAt(text: string, at: number): number {
    let longest = 0;
    for (const length of this.#lengths.get(text.slice(at, at + SHORTEST_REDACTED))?.keys() ?? [])
      if (length > longest && this.#forms.has(text.slice(at, at + length))) longest = length;
    return longest;
  }

  #addForms(text: string): void {
    const credential = /^(?:Bearer|Basic|Token|ApiKey)\s+(.+)$/i.exec(text)?.[1];
    if (credential !== undefined) this.#addForms(credential);
    if (text.length < SHORTEST_REDACTED) return;
    const base64 = Buffer.from(text).toString('base64').replace(/=+$/, '');
    for (const form of [text, urlEncoded(text), JSON.stringify(text).slice(1, -1), base64]) {
      // Taken out and put in again: what is still in use is not the oldest.
      if (!this.#forms.delete(form)) this.#count(form, 1);
      this.#forms.add(form);
    }
  }

  #count(form: string, change: 1 | -1): void {
    this.#chars += change * form.length;
    const start = form.slice(0, SHORTEST_REDACTED);
    const lengths = this.#lengths.get(start) ?? new Map<number, number>();
    const count = (lengths.get(form.length) ?? 0) + change;
    if (count === 0) lengths.delete(form.length);
    else lengths.set(form.length, count);
    if (lengths.size === 0) this.#lengths.delete(start);
    else this.#lengths.set(start, lengths);
  }
}

/** As in a URL. Half a surrogate pair cannot be written there; such a text has no form of its own. */
function urlEncoded(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return text;
  }
}
