/**
 * What an entry of a project file would run or contact, whole, before a person agrees to it.
 *
 * @module
 */
import { safeLine } from '../../base/safe-text.ts';
import type { ApprovalView } from '../../core/fleet.ts';
import { APPROVAL_LINE, sourceText } from '../../core/telling.ts';
import { row, span } from '../paint/span.ts';
import type { Line } from '../paint/span.ts';
import { serverOf } from '../state/model.ts';
import type { ApprovalScreen, Model } from '../state/model.ts';
import type { Size } from '../terminal/tty.ts';
import { broken, paragraph, scrolled, windowOf } from './area.ts';
import type { Body } from './area.ts';
import { buttons } from './confirm.ts';

/** A line of the summary, broken and never cut: what is hidden cannot be agreed to. */
function whole(text: string, columns: number, mark: string): readonly Line[] {
  const pieces = broken(safeLine(text, APPROVAL_LINE), Math.max(8, columns - 4));
  return pieces.map((piece, at): Line => [span(at === 0 ? mark : '    ', 'dim'), span(piece)]);
}

const STATES: Readonly<Record<ApprovalView['state'], string>> = {
  awaiting: 'waits for your approval',
  changed: 'has changed since it was approved',
  rejected: 'was rejected',
  approved: 'is approved',
  'not-needed': 'needs no approval',
};

function textLines(model: Model, { name, about }: ApprovalScreen, columns: number): readonly Line[] {
  if (about === undefined) return [row('  Asking what it would do …', 'dim')];
  const server = serverOf(model, name);
  const from = server === undefined ? '' : ` It stands in ${sourceText(server.source, model.setting.place)}.`;
  return [
    ...paragraph(`The entry ${safeLine(name, 80)} ${STATES[about.state]}.${from}`, columns - 2).map((line): Line => [
      span('  '),
      ...line,
    ]),
    row(),
    row('  It would:', 'strong'),
    ...about.summary.flatMap((text) => whole(text, columns, '  · ')),
    ...(about.difference.length === 0 ? [] : [row(), row('  What differs from what was approved:', 'strong')]),
    ...about.difference.flatMap((text) => whole(text, columns, '  ~ ')),
    ...(about.hash === undefined ? [] : [row(), ...whole(`hash ${about.hash}`, columns, '  ')]),
  ];
}

function layout(
  model: Model,
  screen: ApprovalScreen,
  size: Size,
): { readonly lines: readonly Line[]; readonly height: number } {
  return { lines: textLines(model, screen, size.columns), height: Math.max(1, size.rows - 2) };
}

/** Draws the entry and the buttons. */
export function approvalBody(model: Model, screen: ApprovalScreen, size: Size): Body {
  const { lines, height } = layout(model, screen, size);
  const { line, column } = buttons([
    ['Approve (a)', screen.focus === 'approve'],
    ['Reject (x)', screen.focus === 'reject'],
    ['Back', screen.focus === 'back'],
  ]);
  const seen = windowOf(lines, screen.scroll, height);
  return {
    lines: [...seen, row(), line],
    cursor: { row: seen.length + 1, column },
    scroll: { total: lines.length, height },
  };
}

/** Whether the end of the text has been on the screen. */
export function isReadToEnd(
  { scroll }: ApprovalScreen,
  area: { readonly total: number; readonly height: number },
): boolean {
  return scrolled(scroll, area) >= area.total - area.height;
}
