/**
 * Bytes as they come → whole lines, with a bound on their length.
 *
 * @module
 */
import { StringDecoder } from 'node:string_decoder';

/** Longest line, in characters: that of the channel to the owner. */
export const LONGEST_LINE = 16 * 1_024 * 1_024;

/** Who hears the lines. */
export interface LineEars {
  readonly line: (text: string) => void;
  /** A line was over the bound, and was dropped. */
  readonly tooLong: () => void;
}

/** Cuts one stream into lines. Empty lines are dropped. */
export class LineReader {
  readonly #ears: LineEars;
  readonly #longest: number;
  readonly #decoder = new StringDecoder('utf8');
  /** Kept as parts: joining at every chunk would copy a long line again and again. */
  #parts: string[] = [];
  #size = 0;

  constructor(ears: LineEars, longest = LONGEST_LINE) {
    this.#ears = ears;
    this.#longest = longest;
  }

  /** Takes the next bytes. */
  feed(chunk: Buffer): void {
    const text = this.#decoder.write(chunk);
    let from = 0;
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', from)) {
      this.#keep(text.slice(from, at));
      this.#deliver();
      from = at + 1;
    }
    this.#keep(text.slice(from));
  }

  /** The stream has ended: what has no line end is a line, too. */
  end(): void {
    this.#keep(this.#decoder.end());
    this.#deliver();
  }

  #keep(part: string): void {
    this.#size += part.length;
    if (this.#size > this.#longest) this.#parts = [];
    else if (part !== '') this.#parts.push(part);
  }

  #deliver(): void {
    const line = this.#parts.join('');
    const size = this.#size;
    this.#parts = [];
    this.#size = 0;
    if (size > this.#longest) this.#ears.tooLong();
    else if (line.trim() !== '') this.#ears.line(line);
  }
}
