/**
 * The last lines of a process's stderr, bounded in bytes however much it writes.
 *
 * @module
 */
import { safeText } from '../../base/safe-text.ts';
import type { Redactor } from '../../base/secret.ts';

const LINE_FEED = 0x0a;
/** Longest line kept, in bytes; the rest of a longer one is dropped. */
const LINE_BYTES = 8_192;
/** How far back a cut line is shortened to the last blank, so that no half of a secret stays behind unrecognised. */
const WORD_BYTES = 1_024;
/** What one kept line costs beside its text, so that a flood of short lines is bounded too. */
const LINE_OVERHEAD = 16;

/** Keeps the newest lines of a byte stream. Redacting and cleaning happen when the lines are read. */
export class LineRing {
  readonly #limit: number;
  readonly #lines: Buffer[] = [];
  #bytes = 0;
  #open: Buffer[] = [];
  #openBytes = 0;
  #openCut = false;

  /** @param limitBytes bytes kept in all (`stderrBytes`). */
  constructor(limitBytes: number) {
    this.#limit = limitBytes;
  }

  /** Takes the next bytes of the stream, cut anywhere. */
  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      this.#extend(chunk.subarray(start, end));
      this.#closeLine();
      start = end + 1;
    }
    this.#extend(chunk.subarray(start));
  }

  /** The lines, oldest first, without secrets and control characters; the unfinished last line is one of them. */
  lines(redactor: Redactor): readonly string[] {
    const kept = this.#openBytes === 0 ? this.#lines : [...this.#lines, this.#openLine()];
    const text = kept.map((line) => line.toString('utf8')).join('\n');
    // Redacted as one text: a secret may span lines.
    return redactor
      .redact(text)
      .split('\n')
      .map((line) => safeText(line.trimEnd(), LINE_BYTES))
      .filter((line) => line !== '');
  }

  #extend(part: Buffer): void {
    const room = LINE_BYTES - this.#openBytes;
    if (part.length > room) this.#openCut = true;
    const taken = part.subarray(0, room);
    if (taken.length === 0) return;
    // A copy: a slice would keep the whole chunk of the stream alive.
    this.#open.push(Buffer.from(taken));
    this.#openBytes += taken.length;
  }

  #openLine(): Buffer {
    const line = Buffer.concat(this.#open);
    if (!this.#openCut) return line;
    const blank = Math.max(line.lastIndexOf(' '), line.lastIndexOf('\t'), line.length - WORD_BYTES);
    return Buffer.concat([line.subarray(0, blank), Buffer.from(' …')]);
  }

  #closeLine(): void {
    if (this.#openBytes === 0) return;
    const line = this.#openLine();
    this.#open = [];
    this.#openBytes = 0;
    this.#openCut = false;
    this.#lines.push(line);
    this.#bytes += line.length + LINE_OVERHEAD;
    while (this.#bytes > this.#limit) this.#bytes -= (this.#lines.shift()?.length ?? 0) + LINE_OVERHEAD;
  }
}
