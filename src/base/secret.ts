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
  readonly #forms = new Set<string>();
  #pattern: RegExp | undefined;

  /** Registers values whose text must never be shown. */
  add(...values: readonly (string | Secret | undefined)[]): void {
    for (const value of values) {
      const text = value instanceof Secret ? value.reveal() : value;
      if (text !== undefined) this.#addForms(text);
    }
  }

  /** The text with every registered value replaced by `[secret]`. */
  redact(text: string): string {
    if (this.#forms.size === 0) return text;
    this.#pattern ??= new RegExp(
      [...this.#forms]
        .toSorted((a, b) => b.length - a.length)
        .map((form) => form.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`))
        .join('|'),
      'g',
    );
    return text.replaceAll(this.#pattern, MASK);
  }

  #addForms(text: string): void {
    const credential = /^(?:Bearer|Basic|Token|ApiKey)\s+(.+)$/i.exec(text)?.[1];
    if (credential !== undefined) this.#addForms(credential);
    if (text.length < SHORTEST_REDACTED) return;
    const base64 = Buffer.from(text).toString('base64').replace(/=+$/, '');
    for (const form of [text, encodeURIComponent(text), JSON.stringify(text).slice(1, -1), base64]) {
      if (this.#forms.has(form)) continue;
      this.#forms.add(form);
      this.#pattern = undefined;
    }
    for (const oldest of this.#forms) {
      if (this.#forms.size <= MOST_FORMS) break;
      this.#forms.delete(oldest);
    }
  }
}
