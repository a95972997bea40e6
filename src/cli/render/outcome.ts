/**
 * What a command did to one server, and how the server is now.
 *
 * @module
 */
import { safeLine } from '../../base/safe-text.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { sentenceOf } from '../errors.ts';
import { statusPaint } from '../text/style.ts';
import { widthOf } from '../text/width.ts';
import { wrap } from '../text/wrap.ts';
import { commandsFor, wantsAttention } from './next.ts';
import type { Rendering } from './rendering.ts';
import { reasonCell } from './words.ts';

function stateText(snapshot: Snapshot, how: Rendering): string {
  const word = statusPaint(how.style, snapshot.status)(snapshot.status);
  const reason = reasonCell(snapshot, how.now);
  const tools = snapshot.status === 'connected' && snapshot.tools !== undefined ? ` · ${snapshot.tools} tools` : '';
  return `${word}${reason === '–' ? '' : ` · ${reason}`}${tools}`;
}

/** Commands side by side as far as the line goes; none is broken. */
function packed(title: string, commands: readonly string[], cells: number): readonly string[] {
  const lines: string[] = [];
  for (const command of commands) {
    const last = lines.at(-1);
    const longer = last === undefined ? `${title}${command}` : `${last}  ·  ${command}`;
    if (last !== undefined && widthOf(longer) > cells) lines.push(`${' '.repeat(title.length)}${command}`);
    else lines.splice(-1, 1, longer);
  }
  return lines;
}

/** `name: what was done`, the state, its sentence and detail, and what to type next. */
export function outcomeLines(
  outcome: { readonly snapshot: Snapshot; readonly did: readonly string[] },
  typed: (words: string) => string,
  how: Rendering,
): readonly string[] {
  const { snapshot, did } = outcome;
  const folded = (text: string): readonly string[] =>
    how.columns === undefined ? [`  ${text}`] : wrap(text, how.columns, '  ');
  const lines = [`${how.style.bold(safeLine(snapshot.name, 80))}: ${stateText(snapshot, how)}`];
  if (did.length > 0) lines.push(...folded(safeLine(did.join(' · '), 600)).map((line) => how.style.dim(line)));
  if (!wantsAttention(snapshot)) return lines;
  const sentence = sentenceOf(snapshot);
  if (sentence !== '') lines.push(...folded(sentence));
  // Some sentences end with the detail.
  if (snapshot.detail !== undefined && !sentence.includes(snapshot.detail))
    lines.push(...folded(safeLine(snapshot.detail, 400)));
  const next = commandsFor(snapshot, typed).slice(0, 3);
  return next.length === 0 ? lines : [...lines, ...packed('  Next: ', next, how.columns ?? Infinity)];
}
