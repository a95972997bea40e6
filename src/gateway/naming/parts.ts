/**
 * One part of a name, fit for every client: kept as it is where that is safe, else readable and with a hash of the whole.
 *
 * @module
 */
import { createHash } from 'node:crypto';

const HASH_LENGTH = 8;
/** What a hashed part ends with. A part that looks so by itself is hashed too: no two parts ever become one. */
const LOOKS_HASHED = new RegExp(`-[0-9a-f]{${HASH_LENGTH}}$`);

/** What a part may look like. */
export interface PartRule {
  /** Matches a part that may stay as it is. */
  readonly clean: RegExp;
  /** Characters that are replaced by `-` in a part that may not. */
  readonly foreign: RegExp;
  readonly longest: number;
}

/** The part under a rule: always the same for the same text, and for no other text. */
export function partOf(text: string, rule: PartRule): string {
  if (text.length <= rule.longest && rule.clean.test(text) && !LOOKS_HASHED.test(text)) return text;
  const hash = createHash('sha256').update(text).digest('hex').slice(0, HASH_LENGTH);
  const readable = text
    .replaceAll(rule.foreign, '-')
    .replaceAll(/[-_]{2,}/g, '-')
    .replace(/^[-_]+/, '')
    .slice(0, Math.max(0, rule.longest - HASH_LENGTH - 1))
    .replace(/[-_]+$/, '');
  return `${readable === '' ? 'x' : readable}-${hash}`;
}
