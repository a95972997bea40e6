/**
 * The question before something that the next key cannot take back.
 *
 * @module
 */
import { safeLine } from '../../base/safe-text.ts';
import { ACTIONS } from '../../core/action-table.ts';
import type { ActionId } from '../../core/action-table.ts';
import { row, span } from '../paint/span.ts';
import type { Line } from '../paint/span.ts';
import type { ConfirmScreen, Model } from '../state/model.ts';
import type { Size } from '../terminal/tty.ts';
import { paragraph } from './area.ts';
import type { Body } from './area.ts';

const indent = (line: Line): Line => [span('  '), ...line];

/** The question, and what the action takes away. An action that is not here is done at once. */
export const ASKS: Readonly<Partial<Record<ActionId, readonly [string, string]>>> = {
  disable: ['Disable NAME?', 'Its connection ends, and calls under way with it. Enable brings it back.'],
  reset: [
    'Reset NAME?',
    'Its connection is dropped, and all that was derived is forgotten: discovery, protocol era, session, cached lists. The login is kept.',
  ],
  'clear-authentication': [
    'Clear the authentication of NAME?',
    'The login is revoked at the authorization server where it offers that, and forgotten here. You will have to sign in again.',
  ],
  reject: ['Reject NAME?', 'The entry will not be used until somebody approves it.'],
};

/** Two or three words of which one has the focus. */
export function buttons(all: readonly (readonly [string, boolean])[]): {
  readonly line: Line;
  readonly column: number;
} {
  const line: Line[number][] = [span('  ')];
  let column = 0;
  let width = 2;
  for (const [text, has] of all) {
    const shown = has ? `› ${text} ` : `  ${text} `;
    if (has) column = width;
    line.push(has ? { text: shown, role: 'strong', focus: true } : span(shown), span('  '));
    width += shown.length + 2;
  }
  return { line, column };
}

/** Draws the question. */
export function confirmBody(_: Model, { name, action, yes }: ConfirmScreen, size: Size): Body {
  const room = size.columns - 4;
  const [question, what] = ASKS[action] ?? [`${ACTIONS[action].label} NAME?`, ''];
  const text = [
    ...paragraph(
      question.replace('NAME', () => safeLine(name, 80)),
      room,
      'strong',
    ).map(indent),
    ...paragraph(what, room).map(indent),
  ];
  const { line, column } = buttons([
    [`Yes (y): ${ACTIONS[action].label.toLowerCase()}`, yes],
    ['No (n)', !yes],
  ]);
  const shown = text.slice(0, Math.max(1, size.rows - 3));
  const lines = [row(), ...shown, row(), line];
  return { lines, cursor: { row: lines.length - 1, column } };
}
