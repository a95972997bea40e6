/**
 * Reads a stream in pieces that its protocol asks for: a line, so many bytes.
 *
 * @module
 */

/** Where the bytes come from: `undefined` at the end. */
export type Source = () => Promise<Buffer | undefined>;

const NOTHING = Buffer.alloc(0);

/** A reader over a source. Asking beyond the end gives `undefined`. */
export class ByteReader {
  readonly #source: Source;
  #left: Buffer = NOTHING;

  constructor(source: Source) {
    this.#source = source;
  }

  /** The next line, without its end; `undefined` when the stream ends before it. Errors: `RangeError` for one over `limit` bytes. */
  async line(limit: number): Promise<string | undefined> {
    let from = 0;
    for (;;) {
      const end = this.#left.indexOf('\r\n', Math.max(0, from - 1));
      if (end !== -1) {
        const line = this.#left.toString('latin1', 0, end);
        this.#left = this.#left.subarray(end + 2);
        return line;
      }
      if (this.#left.length > limit) throw new RangeError('a line is too long');
      from = this.#left.length;
      const more = await this.#source();
      if (more === undefined) return undefined;
      this.#left = from === 0 ? more : Buffer.concat([this.#left, more]);
    }
  }

  /** The next bytes as they come, at least one and at most `most`; `undefined` at the end. */
  async some(most: number): Promise<Buffer | undefined> {
    if (this.#left.length === 0) {
      const more = await this.#source();
      if (more === undefined) return undefined;
      this.#left = more;
    }
    const part = this.#left.subarray(0, most);
    this.#left = this.#left.subarray(part.length);
    return part;
  }
}
