/**
 * The command of a local server as the page shows it: whole, and without the values of options that name a secret.
 *
 * @module
 */
import { shownCommand } from './config/shown.ts';

const SECRET_NAME = /(?:token|secret|passw|passphrase|key|auth|cookie|credential|dsn|bearer)/i;
const HIDDEN = '[hidden]';

/** `--token abc` and `token=abc` lose their values; what else looks like a key is cut. */
export function pageCommand(words: readonly string[]): string {
  const bare = words.map((word, at) => {
    const before = words[at - 1] ?? '';
    const [, name = ''] = /^(-{0,2}[\w.-]+)=/.exec(word) ?? [];
    if (name !== '' && SECRET_NAME.test(name)) return `${name}=${HIDDEN}`;
    return /^--?[\w-]+$/.test(before) && SECRET_NAME.test(before) && !word.startsWith('-') ? HIDDEN : word;
  });
  return shownCommand(bare).replaceAll(`"${HIDDEN}"`, HIDDEN);
}
