/**
 * The difference of a client's file on a screen. What others wrote into it is not repeated: their values may be secrets.
 *
 * @module
 */
import { safeLine } from '../../base/safe-text.ts';
import { diffLines } from '../text/diff.ts';
import type { DiffLine } from '../text/diff.ts';
import { maskedArgs } from '../text/mask.ts';
import type { Style } from '../text/style.ts';

const LONGEST = 400;
/** A text in quotes that is a value and not a key. */
const VALUE = /"(?:[^"\\]|\\.)*"(?!\s*[:=])|'[^']*'(?!\s*=)/g;
const SECRET_KEY = /^\s*["']?[^"':=]*(?:token|secret|passw|key|auth|cookie|credential)[^"':=]*["']?\s*[:=]/i;

const hidden = (text: string): string => text.replaceAll(VALUE, '"…"');

/** Of lines that go only what looks like a secret is hidden: a person wants to see what goes. */
function careful(text: string): string {
  if (SECRET_KEY.test(text)) return hidden(text);
  return text.replaceAll(VALUE, (quoted) => {
    const value = quoted.slice(1, -1);
    const [masked = ''] = maskedArgs([value]);
    return masked === value ? quoted : `"${masked}"`;
  });
}

function shown({ kind, text }: DiffLine): string {
  if (kind === 'added') return text;
  return kind === 'removed' ? careful(text) : hidden(text);
}

/** The lines: `+` comes, `-` goes. */
export function differenceLines(before: string, after: string, style: Style): readonly string[] {
  const lines: string[] = [];
  let last = 0;
  for (const one of diffLines(before, after)) {
    if (one.kind === 'same' && last > 0 && one.line > last + 1) lines.push(style.dim('  …'));
    last = one.kind === 'removed' ? last : one.line;
    const indent = /^[ \t]*/.exec(one.text)?.[0].replaceAll('\t', '  ') ?? '';
    const text = indent + safeLine(shown(one), LONGEST);
    if (one.kind === 'same') lines.push(style.dim(`    ${text}`));
    else lines.push(one.kind === 'added' ? style.green(`  + ${text}`) : style.red(`  - ${text}`));
  }
  return lines;
}
