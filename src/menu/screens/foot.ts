/**
 * The foot of every screen: what the last command did, and the keys.
 *
 * @module
 */
import { safeLine } from '../../base/safe-text.ts';
import { lineWidth, span } from '../paint/span.ts';
import type { Line } from '../paint/span.ts';
import { KEYS, keyName } from '../state/keys.ts';
import type { Intent, KeyRow } from '../state/keys.ts';
import { topOf } from '../state/model.ts';
import type { Model, Screen, ScreenKind } from '../state/model.ts';
import { paragraph } from './area.ts';

/** Keys that are told together. */
const PAIRS: Readonly<Partial<Record<Intent, string>>> = { down: '↑↓', 'other-button': '←→' };

const LATE: ReadonlySet<ScreenKind> = new Set<ScreenKind>(['sign-in', 'approval']);

const told = (key: string, short: string): Line => [span(' '), span(key, 'key'), span(` ${short} `)];

function isTyping(screen: Screen): boolean {
  return screen.kind === 'sign-in' ? screen.typed !== undefined : 'typing' in screen && screen.typing;
}

/** The keys of a screen, as many as there is room for; those for help and back are always among them. */
export function keysLine(model: Model, columns: number, moves: boolean): Line {
  const screen = topOf(model);
  if (isTyping(screen))
    return [
      ...told('Enter', screen.kind === 'sign-in' ? 'send' : 'keep'),
      ...told('Esc', 'leave'),
      ...told('Ctrl-U', 'empty'),
    ];
  const { kind } = screen;
  const rows = KEYS.filter(({ short, on }) => short !== undefined && (on === undefined || on.includes(kind)));
  // What a screen is for goes before what is everywhere; scrolling goes last where the keys are more than the text.
  const late = ({ on, intent }: KeyRow): number => (on === undefined ? 2 : intent === 'down' && LATE.has(kind) ? 1 : 0);
  const ordered = rows.toSorted((a, b) => late(a) - late(b));
  const parts = ordered
    .filter(({ intent }) => (intent !== 'back' || model.screens.length > 1) && (intent !== 'down' || moves))
    .map(({ intent, keys, short = '' }): { readonly intent: Intent; readonly line: Line } => ({
      intent,
      line: told(PAIRS[intent] ?? keyName(keys[0] ?? ''), short),
    }));
  const must = new Set<Intent>(['help', 'back']);
  let room = columns - parts.reduce((sum, { intent, line }) => sum + (must.has(intent) ? lineWidth(line) : 0), 0);
  return parts.flatMap(({ intent, line }) => {
    if (must.has(intent)) return line;
    room -= lineWidth(line);
    return room < 0 ? [] : line;
  });
}

const cutMark = (line: Line): readonly Line[] => [[...line, span(' …', 'dim')]];

/** What the last command did, or that the daemon is gone. */
export function noticeLines({ notice, link, now }: Model, columns: number, rows: number): readonly Line[] {
  if (link.state === 'lost')
    return [[span(` ${safeLine(link.text, 200)} `, 'bad'), span('R', 'key'), span(' starts the daemon again')]];
  if (notice === undefined || notice.until <= now) return [];
  const lines = paragraph(safeLine(notice.text, 400), columns - 2, notice.level).map((line): Line => [
    span(' '),
    ...line,
  ]);
  const [first = [], ...rest] = lines;
  // What there is no row for is told to be missing.
  return lines.length <= rows
    ? lines
    : [...lines.slice(0, rows - 1), ...cutMark(rows === 1 ? first : (rest[rows - 2] ?? []))];
}
