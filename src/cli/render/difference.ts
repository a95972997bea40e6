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
/** A text in quotes; one that its line does not end, too. */
const QUOTED = /"(?:[^"\\]|\\.)*(?:"|$)|'[^']*(?:'|$)/g;
const IS_KEY = /^\s*[:=]/;
const SECRET_KEY = /^\s*["']?[^"':=]*(?:token|secret|passw|key|auth|cookie|credential)[^"':=]*["']?\s*[:=]/i;

/** The line with every text in quotes that is no key changed. */
function values(text: string, change: (value: string) => string): string {
  return text.replaceAll(QUOTED, (quoted: string, at: number) =>
    IS_KEY.test(text.slice(at + quoted.length)) ? quoted : change(quoted),
  );
}

const hidden = (text: string): string => values(text, () => '"…"');

const LITERALS = String.raw`(?:[\s{}[\],:]|"(?:[^"\\]|\\.)*"|true|false|null|-?\d[\d.]*)*`;
const KEYS = String.raw`[\w."' -]+`;
const HARMLESS = new RegExp(`^(?:${LITERALS}|\\s*\\[+${KEYS}\\]+\\s*|\\s*${KEYS}=${LITERALS})$`);

/** A line that stays, as a place and no more: keys and brackets. What it may say beside them is nobody's business here. */
function bare(text: string): string {
  const [code = ''] = hidden(text).split(/(?=\/\/|\/\*|#)/, 1);
  return HARMLESS.test(code) ? code.trimEnd() : '…';
}

/** Of lines that go only what looks like a secret is hidden: a person wants to see what goes. */
function careful(text: string): string {
  if (SECRET_KEY.test(text)) return hidden(text);
  return values(text, (quoted) => {
    const value = quoted.slice(1, -1);
    const [masked = ''] = maskedArgs([value]);
    return masked === value ? quoted : `"${masked}"`;
  });
}

function shown({ kind, text }: DiffLine): string {
  if (kind === 'added') return text;
  return kind === 'removed' ? careful(text) : bare(text);
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
