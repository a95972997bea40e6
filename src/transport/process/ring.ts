/**
 * The last lines of a process's stderr, bounded in bytes however much it writes.
 *
 * @module
 */
import type { Clock } from '../../base/clock.ts';
import { safeText } from '../../base/safe-text.ts';
import type { Redactor } from '../../base/secret.ts';
import type { StderrLine } from '../../core/ports.ts';

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
  readonly #clock: Pick<Clock, 'now'>;
  readonly #lines: { readonly at: number; readonly bytes: Buffer }[] = [];
  #bytes = 0;
  #open: Buffer[] = [];
  #openBytes = 0;
  #openCut = false;
  /** When the first bytes of the open line came. */
  #openAt = 0;

  /** @param limitBytes bytes kept in all (`stderrBytes`). */
  constructor(limitBytes: number, clock: Pick<Clock, 'now'>) {
    this.#limit = limitBytes;
    this.#clock = clock;
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
  lines(redactor: Redactor): readonly StderrLine[] {
    const open = this.#openBytes === 0 ? [] : [{ at: this.#openAt, bytes: this.#openLine() }];
    const kept = [...this.#lines, ...open];
    // Redacted as one text: a secret may span lines, and then takes line ends with it.
    const texts = redactor.redact(kept.map(({ bytes }) => bytes.toString('utf8')).join('\n')).split('\n');
    const before = kept.length - texts.length;
    return texts
      .map((text, index) => ({
        at: kept[before > 0 ? index + before : index]?.at ?? this.#openAt,
        text: safeText(text.trimEnd(), LINE_BYTES),
      }))
      .filter(({ text }) => text !== '');
  }

  #extend(part: Buffer): void {
    const room = LINE_BYTES - this.#openBytes;
    if (part.length > room) this.#openCut = true;
    const taken = part.subarray(0, room);
    if (taken.length === 0) return;
    if (this.#openBytes === 0) this.#openAt = this.#clock.now();
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
    this.#lines.push({ at: this.#openAt, bytes: line });
    this.#bytes += line.length + LINE_OVERHEAD;
    while (this.#bytes > this.#limit) this.#bytes -= (this.#lines.shift()?.bytes.length ?? 0) + LINE_OVERHEAD;
  }
}
