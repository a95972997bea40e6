/**
 * HTML as values: what is put into a template is escaped, unless it is HTML already.
 *
 * @module
 */

import { safeText } from '../base/safe-text.ts';

/** A piece of HTML that is safe as it is. Only `html` makes it. */
export class Html {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  /** For `html` and for texts of this program's own; never for text from elsewhere. */
  static trusted(text: string): Html {
    return new Html(text);
  }

  toString(): string {
    return this.#text;
  }
}

/** What may stand in a template. `undefined` and `false` are nothing. */
export type Part = Html | string | number | undefined | false | readonly Part[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const LONGEST = 1_000_000;

/** The text as it stands between tags and inside quoted attributes, without characters that are not seen. */
export function escapeHtml(text: string): string {
  return safeText(text, LONGEST).replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}

function textOf(part: Part): string {
  if (part === undefined || part === false) return '';
  if (part instanceof Html) return part.toString();
  if (typeof part === 'string') return escapeHtml(part);
  return typeof part === 'number' ? String(part) : part.map(textOf).join('');
}

/** A template. Attributes must be written with quotes. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return Html.trusted(strings.reduce((text, string, index) => `${text}${textOf(parts[index - 1])}${string}`));
}

/** Several pieces as one. */
export function joined(parts: readonly Part[]): Html {
  return Html.trusted(parts.map(textOf).join(''));
}
