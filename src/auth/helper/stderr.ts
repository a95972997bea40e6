/**
 * The last words of a headersHelper, fit to be shown.
 *
 * @module
 */
import { safeLine } from '../../base/safe-text.ts';
import { Redactor } from '../../base/secret.ts';

const LINES = 20;
const KEPT_CHARS = 16_384;
const LINE_CHARS = 300;
/** Words of stdout that are masked: with `set -x` a script shows on stderr what it prints. */
const MOST_WORDS = 256;
const SHORTEST_WORD = 8;
/** `Authorization: …` and `Cookie: …` to the end of the line, `token=…` and the like, `Bearer …` anywhere. */
const CREDENTIAL = new RegExp(
  [
    String.raw`((?:authorization|cookie)["']?\s*[:=]\s*["']?)[^"'\r\n]+`,
    String.raw`((?:token|secret|password|passwd|api[-_]?key)["']?\s*[:=]\s*["']?)[^\s"']+`,
    String.raw`\b((?:bearer|basic|dpop)\s+)[\w.~+/=-]{6,}`,
  ].join('|'),
  'gi',
);

/** Keeps the end of a text that may be endless. */
export class Tail {
  #text = '';
  #cut = false;
  readonly #decoder = new TextDecoder();

  push(chunk: Uint8Array): void {
    this.#text += this.#decoder.decode(chunk, { stream: true });
    if (this.#text.length <= KEPT_CHARS * 2) return;
    this.#text = this.#text.slice(-KEPT_CHARS);
    this.#cut = true;
  }

  /** The kept text from the beginning of a line: half a line may be half a secret, which nothing recognises. */
  get text(): string {
    return this.#cut ? this.#text.slice(this.#text.indexOf('\n') + 1 || this.#text.length) : this.#text;
  }
}

/** What stderr may have repeated. */
export interface Repeated {
  readonly redactor: Redactor;
  readonly stdout: string;
  /** Values of the environment that look like secrets. */
  readonly secrets: readonly string[];
}

/** The last 20 lines without known secrets, words of stdout, and what stands behind `Bearer`, `token=` and the like. */
export function lastLines(text: string, { redactor, stdout, secrets }: Repeated): readonly string[] {
  const own = new Redactor();
  own.add(...secrets, ...wordsOf(stdout));
  return own
    .redact(redactor.redact(text))
    .replaceAll(CREDENTIAL, '$1$2$3[secret]')
    .split('\n')
    .map((line) => safeLine(line, LINE_CHARS))
    .filter((line) => line !== '')
    .slice(-LINES);
}

function wordsOf(stdout: string): readonly string[] {
  const words = new Set(stdout.split(/[\s"',:{}[\]]+/).filter((word) => word.length >= SHORTEST_WORD));
  return [...words].slice(0, MOST_WORDS);
}
