/**
 * Parts of an entry as a person may see them: nothing that may be a secret, nothing that a terminal would obey.
 *
 * @module
 */
import { safeLine } from '../base/safe-text.ts';

const SECRET_NAME = /(?:token|secret|passw|passphrase|key|auth|cookie|credential|(?:^|_)pat(?:$|_)|dsn)/i;
const KNOWN_KEY = /^(?:sk|pk|rk|ghp|gho|ghs|github_pat|glpat|xox[a-z])[_-]\w/;
/** Enough to see any honest command whole; the length of what is cut is told, so that nothing hides behind it. */
const LONGEST = 12_000;
const LONGEST_URL = 2_000;

function bounded(text: string, limit = LONGEST): string {
  const line = safeLine(text, limit);
  return line.length < limit ? line : `${line} (${text.length} characters)`;
}

/** The address without credentials, query and fragment. Works on texts that still hold variables. */
export function shownUrl(text: string): string {
  const bare = text.replace(/[?#].*$/s, '?…').replace(/^([a-z][\d+.a-z-]*:\/\/)[^/]*@/i, '$1');
  return bounded(bare, LONGEST_URL);
}

// Paths and sentences are never hidden: what runs must be seen. Only what looks like nothing but a key is cut.
function shownWord(word: string): string {
  const isMixed = /\d/.test(word) && /[a-z]/.test(word) && /[A-Z]/.test(word);
  const isKey = KNOWN_KEY.test(word) || (isMixed && /^[\w+-]{20,}$/.test(word));
  if (isKey) return `${word.slice(0, 4)}…`;
  if (/^https?:\/\//i.test(word)) return shownUrl(word);
  return /^[\w./:@%+,=~${}-]+$/.test(word) ? word : JSON.stringify(word);
}

/** A command line. */
export function shownCommand(words: readonly string[]): string {
  return bounded(words.map(shownWord).join(' '));
}

/** One text, words that look like keys cut. */
export function shownText(text: string): string {
  return bounded(
    text
      .split(/(\s+)/)
      .map((word) => (word.trim() === '' ? word : shownTextWord(word)))
      .join(''),
  );
}

function shownTextWord(word: string): string {
  const cut = shownWord(word);
  return cut.endsWith('…') ? cut : word;
}

/** The value of an environment variable, unless its name or its look says that it is a secret. */
export function shownValue(name: string, value: string): string {
  if (/^\$\{\w+(?::-)?\}$/.test(value)) return value;
  if (SECRET_NAME.test(name)) return '(hidden)';
  return shownCommand([value]);
}
