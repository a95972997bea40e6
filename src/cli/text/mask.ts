/**
 * Configuration as it may be shown: no header value, no variable value, no credentials or query of a url, and no
 * argument that looks like a secret.
 *
 * @module
 */
import { safeLine } from '../../base/safe-text.ts';
import type { ServerEntry } from '../../core/entry.ts';

const MASK = '[hidden]';
const SECRET_NAME = /(?:token|secret|passw|passphrase|key|auth|cookie|credential|\bpat\b|dsn|bearer)/i;
const VARIABLE_ONLY = /^\$\{\w+(?::-)?\}$/;

// Long runs of letters and digits mixed are how keys look; words, paths and package names are not.
function looksRandom(word: string): boolean {
  if (/^(?:sk|pk|rk|ghp|gho|ghs|github_pat|glpat|xox[a-z])[_-]./.test(word)) return true;
  const runs = word.match(/[\dA-Za-z+]{16,}/g) ?? [];
  return runs.some((run) => (run.match(/\d/g) ?? []).length >= 2 && /[a-z]/i.test(run));
}

/** The url without credentials, query, fragment and path parts that look like keys. Works on texts that still hold `${VAR}`. */
export function bareUrl(url: string): string {
  const bare = url.replace(/[?#].*$/s, '').replace(/^([a-z][\d+.a-z-]*:\/\/)[^/]*@/i, '$1');
  const defaults = bare.replaceAll(/(\$\{\w+:-)[^}]*\}/g, `$1${MASK}}`);
  const [scheme = '', ...rest] = defaults.split('//');
  if (rest.length === 0) return defaults;
  const [host = '', ...path] = rest.join('//').split('/');
  return [`${scheme}//${host}`, ...path.map((part) => (looksRandom(part) ? MASK : part))].join('/');
}

function maskedValue(value: string): string {
  return VARIABLE_ONLY.test(value) ? value : MASK;
}

function maskedWord(word: string): string {
  const pair = /^(-{0,2}[\w.-]+)=(.*)$/s.exec(word);
  if (pair?.[1] !== undefined && pair[2] !== undefined)
    return SECRET_NAME.test(pair[1]) || looksRandom(pair[2]) ? `${pair[1]}=${maskedValue(pair[2])}` : word;
  if (/^[a-z][\d+.a-z-]*:\/\//i.test(word)) return bareUrl(word);
  if (/^[\w-]+:\s*\S/.test(word) && SECRET_NAME.test(word.slice(0, word.indexOf(':')))) return MASK;
  return looksRandom(word) ? MASK : word;
}

/** Arguments with the suspicious ones hidden: values after `--token`, `KEY=…`, urls, long random words. */
export function maskedArgs(args: readonly string[]): readonly string[] {
  return args.map((word, index) => {
    const before = args[index - 1];
    const named =
      before !== undefined && /^--?[a-z]/i.test(before) && !before.includes('=') && SECRET_NAME.test(before);
    return named && !word.startsWith('-') ? maskedValue(word) : maskedWord(word);
  });
}

/** The first word of a shell command; the rest may hold anything. */
export function commandWord(command: string): string {
  const words = command.trim().split(/\s+/);
  return words.length > 1 ? `${words[0]} …` : (words[0] ?? '');
}

/** Where the server of an entry is, in one line without secrets. */
export function endpointText(entry: ServerEntry): string {
  const { endpoint } = entry;
  if (endpoint.kind !== 'stdio') return safeLine(bareUrl(endpoint.url));
  return safeLine([endpoint.command, ...maskedArgs(endpoint.args)].join(' '));
}
