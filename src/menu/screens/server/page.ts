/**
 * One server: what happened, what to do next, its actions, and the parts of its page.
 *
 * @module
 */
import { padTo } from '../../../base/cells.ts';
import { age } from '../../../base/duration.ts';
import type { ActionId } from '../../../core/action-table.ts';
import type { Snapshot } from '../../../core/snapshot.ts';
import { actionLabel } from '../../../core/telling.ts';
import { fitLine, focused, lineWidth, row, span } from '../../paint/span.ts';
import type { Line } from '../../paint/span.ts';
import { letterOf } from '../../state/keys.ts';
import { serverOf } from '../../state/model.ts';
import type { Model, ServerScreen, Tab } from '../../state/model.ts';
import type { Size } from '../../terminal/tty.ts';
import { firstOf, listStart, paragraph, windowOf } from '../area.ts';
import type { Body } from '../area.ts';
import { happened, remedyOf, statusSpan, triesOf } from '../words.ts';
import { sectionLines, tabsOf } from './sections.ts';

/** From so many columns on the actions stand beside the parts. */
const BESIDE_FROM = 84;
const ACTION_COLUMNS = 30;
const LABEL_COLUMNS = 22;
const TITLES: Readonly<Record<Tab, string>> = {
  overview: 'Overview',
  'sign-in': 'Sign-in',
  tools: 'Tools',
  config: 'Config',
  timeline: 'Timeline',
  log: 'Log',
  helper: 'Helper',
};

function headLines(server: Snapshot, model: Model, size: Size): readonly Line[] {
  const { reason, since } = server;
  const tries = triesOf(server, model.now);
  const { next: offered } = server;
  const now = offered.includes('retry-now')
    ? ' · r retries now'
    : offered.includes('reconnect')
      ? ' · r tries now'
      : '';
  const first: Line = [
    statusSpan(server, model.setting.ascii),
    span(reason === undefined ? '' : `  ${reason}`, 'strong'),
    span(`  since ${age(since, model.now)}`, 'dim'),
  ];
  const remedy = remedyOf(server);
  const room = size.rows < 12 ? 1 : 3;
  const text = firstOf(paragraph(happened(server), size.columns - 2), room);
  const next =
    remedy === '' || size.rows < 9 ? [] : firstOf(paragraph(`Next: ${remedy}`, size.columns - 2, 'dim'), room);
  const trying = tries === '' ? [] : [row(`${tries}${now}`, 'pending')];
  return [first, ...[...text, ...next, ...trying].map((line): Line => [span('  '), ...line])];
}

function actionLine(server: Snapshot, at: number, doing: ActionId | undefined): Line {
  const { next } = server;
  const action = next[at] ?? 'details';
  const label = `${actionLabel(action, server)}${doing === action ? ' …' : ''}`;
  return [
    span(`${at < 9 ? at + 1 : ' '} `, 'dim'),
    span(padTo(label, LABEL_COLUMNS)),
    span(letterOf(action, next) ?? ' ', 'key'),
    span(' '),
  ];
}

interface Column {
  readonly lines: readonly Line[];
  readonly focusRow: number;
}

function actionsColumn(server: Snapshot, screen: ServerScreen, model: Model, size: Size): Column {
  const focus = focusedAction(server, screen);
  const all = server.next.map((_, at) => {
    const has = at === focus;
    const line: Line = [span(has ? '› ' : '  '), ...actionLine(server, at, model.busy.get(server.name))];
    return has ? focused(fitLine(line, size.columns)) : line;
  });
  const from = listStart(focus, all.length, size.rows);
  return { lines: all.slice(from, from + size.rows), focusRow: focus - from };
}

/** The place of the action that has the focus. */
export function focusedAction({ next }: Snapshot, { focus }: ServerScreen): number {
  return Math.max(0, Math.min(focus, next.length - 1));
}

function tabLine(server: Snapshot, open: Tab, columns: number): Line {
  const tabs = tabsOf(server);
  const whole = tabs.flatMap((tab): Line =>
    tab === open ? [span('['), span(TITLES[tab], 'strong'), span('] ')] : [span(` ${TITLES[tab]}  `, 'dim')],
  );
  if (lineWidth(whole) <= columns) return whole;
  const at = tabs.indexOf(open) + 1;
  return [span('['), span(TITLES[open], 'strong'), span(`] ${at} of ${tabs.length}, Tab shows the next`, 'dim')];
}

interface Layout {
  readonly head: readonly Line[];
  readonly actions: Size;
  readonly section: Size;
  readonly beside: boolean;
}

function layoutOf(server: Snapshot, model: Model, size: Size): Layout {
  const head = headLines(server, model, size);
  const beside = size.columns >= BESIDE_FROM;
  const gap = size.rows >= 14 ? 1 : 0;
  const rows = Math.max(2, size.rows - head.length - gap);
  const heads = gap === 0 ? head : [...head, row()];
  if (beside)
    return {
      head: heads,
      beside,
      actions: { columns: ACTION_COLUMNS, rows },
      section: { columns: size.columns - ACTION_COLUMNS - 3, rows: rows - 1 },
    };
  const least = Math.min(server.next.length, 2);
  const actionRows = Math.max(1, Math.min(server.next.length, Math.max(least, rows - 8)));
  return {
    head: heads,
    beside,
    actions: { columns: size.columns, rows: Math.min(actionRows, rows) },
    section: { columns: size.columns - 2, rows: Math.max(0, rows - actionRows - 1) },
  };
}

/** Where the server is gone from the configuration. */
function goneBody(name: string): Body {
  return { lines: [row(), row(`  ${name} is not configured any more. Esc goes back.`)], cursor: { row: 1, column: 2 } };
}

/** Draws the page. */
export function serverBody(model: Model, screen: ServerScreen, size: Size): Body {
  const server = serverOf(model, screen.name);
  if (server === undefined) return goneBody(screen.name);
  const { head, actions, section, beside } = layoutOf(server, model, size);
  const left = actionsColumn(server, screen, model, actions);
  const tab = tabsOf(server).includes(screen.tab) ? screen.tab : 'overview';
  const text = sectionLines(tab, server, model, section.columns);
  const right = [tabLine(server, tab, section.columns), ...windowOf(text, screen.scroll, section.rows)];
  const cursor = { row: head.length + left.focusRow, column: 0 };
  const scroll = { total: text.length, height: section.rows };
  if (!beside)
    return { lines: [...head, ...left.lines, ...right.map((line) => [span('  '), ...line])], cursor, scroll };
  const height = Math.max(left.lines.length, right.length);
  const lines = Array.from({ length: height }, (_, at): Line => [
    ...fitLine(left.lines[at] ?? [], actions.columns),
    span(' │ ', 'dim'),
    ...(right[at] ?? []),
  ]);
  return { lines: [...head, ...lines], cursor, scroll };
}
