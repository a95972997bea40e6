/**
 * Keys of a terminal in raw mode → one line that is not shown.
 *
 * @module
 */

/** How the typing of a line ended. */
export type HiddenEnd =
  | { readonly kind: 'line'; readonly text: string }
  /** Ctrl-C. */
  | { readonly kind: 'interrupted' }
  /** Ctrl-D on an empty line, or nobody types any longer. */
  | { readonly kind: 'ended' };

/** Longer lines are no addresses; the rest is dropped. */
const LONGEST = 32_768;

/** One line in the making. Arrows, function keys and the marks of a bracketed paste are dropped. */
export class HiddenLine {
  #text = '';
  /** Inside an escape sequence: what may still end it. */
  #escape: 'start' | 'sequence' | undefined;

  /** How many characters there are. */
  get length(): number {
    return this.#text.length;
  }

  /** Takes what was typed; the end of the line, if it is there. What follows the end is dropped. */
  feed(keys: string): HiddenEnd | undefined {
    for (const key of keys) {
      const end = this.#take(key);
      if (end !== undefined) return end;
    }
    return undefined;
  }

  #take(key: string): HiddenEnd | undefined {
    if (this.#escape !== undefined) {
      this.#endEscape(key);
      return undefined;
    }
    switch (key) {
      case '\r':
      case '\n':
        return { kind: 'line', text: this.#text };
      case '\u0003':
        return { kind: 'interrupted' };
      case '\u0004':
        return this.#text === '' ? { kind: 'ended' } : undefined;
      case '\u007F':
      case '\b':
        this.#text = this.#text.slice(0, -1);
        return undefined;
      case '\u0015':
        this.#text = '';
        return undefined;
      case '\u001B':
        this.#escape = 'start';
        return undefined;
      default:
        if (key >= ' ' && this.#text.length < LONGEST) this.#text += key;
        return undefined;
    }
  }

  #endEscape(key: string): void {
    if (this.#escape === 'start') this.#escape = key === '[' || key === 'O' ? 'sequence' : undefined;
    else if (key >= '@' && key <= '~') this.#escape = undefined;
  }
}
