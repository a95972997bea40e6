/**
 * Bytes of a keyboard → keys and pastes. Terminals differ in what they send; what nobody knows is dropped whole, so that
 * its letters are never taken for keys.
 *
 * @module
 */

/** What a person typed: a named key, a character, or a paste as one. */
export type Input = { readonly kind: 'key'; readonly key: string } | { readonly kind: 'paste'; readonly text: string };

const ESC = '\u001B';
const PASTE_END = `${ESC}[201~`;
/** Longer pastes are no addresses; the rest is dropped. */
const LONGEST_PASTE = 65_536;

const FINALS: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  H: 'home',
  F: 'end',
  Z: 'shift-tab',
};
const NUMBERED: Readonly<Record<string, string>> = {
  '1': 'home',
  '2': 'insert',
  '3': 'delete',
  '4': 'end',
  '5': 'page-up',
  '6': 'page-down',
  '7': 'home',
  '8': 'end',
};
const CONTROLS: Readonly<Record<string, string>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\b': 'backspace',
  '\u007F': 'backspace',
  ' ': 'space',
};

function namedControl(character: string): string {
  const code = character.charCodeAt(0);
  return CONTROLS[character] ?? (code < 32 ? `ctrl-${String.fromCharCode(code + 96)}` : character);
}

function sequenceKey(body: string, final: string): string | undefined {
  if (final === '~') return NUMBERED[body.split(';', 1)[0] ?? ''];
  return FINALS[final];
}

/** Keys of the number pad, where it is told from the rest. */
function applicationKey(final: string): string | undefined {
  return final === 'M' ? 'enter' : FINALS[final];
}

/** Takes bytes as they come, in whatever pieces, and gives what was typed. */
export class KeysIn {
  #rest = '';
  #paste: string | undefined;

  /** Whether an escape has begun that may be a key of its own: `flush` after a moment decides. */
  get waiting(): boolean {
    return this.#rest !== '';
  }

  feed(text: string): readonly Input[] {
    this.#rest += text;
    return this.#take();
  }

  /** Nothing more came: what has begun is the key Escape, or nothing. */
  flush(): readonly Input[] {
    const rest = this.#rest;
    this.#rest = '';
    return rest.startsWith(ESC) && this.#paste === undefined ? [{ kind: 'key', key: 'escape' }] : [];
  }

  #take(): readonly Input[] {
    const inputs: Input[] = [];
    while (this.#rest !== '') {
      const before = this.#rest;
      const input = this.#paste === undefined ? this.#next() : this.#pasted();
      if (input !== undefined) inputs.push(input);
      if (this.#rest === before) break;
    }
    return inputs;
  }

  #pasted(): Input | undefined {
    const all = (this.#paste ?? '') + this.#rest;
    const end = all.indexOf(PASTE_END);
    if (end < 0) {
      // The mark of the end may come in pieces.
      this.#paste = all.slice(0, LONGEST_PASTE) + all.slice(LONGEST_PASTE).slice(-PASTE_END.length);
      this.#rest = '';
      return undefined;
    }
    this.#paste = undefined;
    this.#rest = all.slice(end + PASTE_END.length);
    return { kind: 'paste', text: all.slice(0, Math.min(end, LONGEST_PASTE)) };
  }

  #next(): Input | undefined {
    if (this.#rest.startsWith(ESC)) return this.#escape();
    const character = String.fromCodePoint(this.#rest.codePointAt(0) ?? 0);
    this.#rest = this.#rest.slice(character.length);
    return { kind: 'key', key: namedControl(character) };
  }

  #escape(): Input | undefined {
    const after = this.#rest.slice(1);
    const found = /^(?:\[([0-?]*)[ -/]*([@-~])|O([ -~]))/.exec(after);
    if (found !== null) {
      this.#rest = after.slice(found[0].length);
      const [, body = '', final, application] = found;
      if (final === '~' && body === '200') {
        this.#paste = '';
        return undefined;
      }
      const key = application === undefined ? sequenceKey(body, final ?? '') : applicationKey(application);
      return key === undefined ? undefined : { kind: 'key', key };
    }
    // May still become a sequence; `flush` says when not.
    if (/^(?:\[[0-?]*[ -/]*|O)?$/.test(after)) return undefined;
    if (/^[[O]/.test(after)) {
      // A sequence that nobody knows.
      this.#rest = after.slice(1);
      return undefined;
    }
    // Escape and another key, together because the line is slow (or Alt and a key, which means nothing here).
    this.#rest = after;
    return { kind: 'key', key: 'escape' };
  }
}
