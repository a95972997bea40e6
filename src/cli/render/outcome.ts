/**
 * What a command did to one server, and how the server is now.
 *
 * @module
 */
import { safeLine } from '../../base/safe-text.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { sentenceOf } from '../errors.ts';
import { statusPaint } from '../text/style.ts';
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
  if (snapshot.detail !== undefined) lines.push(...folded(safeLine(snapshot.detail, 400)));
  const next = commandsFor(snapshot, typed).slice(0, 3);
  return next.length === 0 ? lines : [...lines, `  Next: ${next.join('  ·  ')}`];
}
