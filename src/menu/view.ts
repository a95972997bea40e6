/**
 * A model drawn: head, body, notice, keys. Pure; never wider or higher than the screen, and the cursor stands on what has
 * the focus.
 *
 * @module
 */
import { safeLine } from '../base/safe-text.ts';
import { ownerText, summaryOf } from '../core/summary.ts';
import { harmlessLine } from './paint/harmless.ts';
import type { Frame } from './paint/painter.ts';
import { between, row, span } from './paint/span.ts';
import type { Line } from './paint/span.ts';
import { approvalBody } from './screens/approval.ts';
import type { Body } from './screens/area.ts';
import { confirmBody } from './screens/confirm.ts';
import { keysLine, noticeLines } from './screens/foot.ts';
import { listBody } from './screens/list.ts';
import { serverBody } from './screens/server/page.ts';
import { signInBody } from './screens/sign-in.ts';
import { doctorBody, helpBody, notLoadedBody } from './screens/texts.ts';
import { toolBody, toolsBody } from './screens/tools.ts';
import { topOf } from './state/model.ts';
import type { Model, Screen } from './state/model.ts';
import type { Size } from './terminal/tty.ts';

/** From so many rows on a line parts head and body. */
const RULED_FROM = 12;
/** From so many rows on a notice has two. */
const ROOMY_FROM = 18;

function crumbs(screen: Screen): string {
  const name = 'name' in screen ? ` › ${safeLine(screen.name, 60)}` : '';
  if (screen.kind === 'list' || screen.kind === 'server') return name;
  if (screen.kind === 'tool') return `${name} › tools › ${safeLine(screen.tool, 60)}`;
  return `${name} › ${screen.kind === 'not-loaded' ? 'not loaded' : screen.kind}`;
}

function headLine(model: Model, columns: number): Line {
  const { servers, link } = model;
  const screen = topOf(model);
  const summary = screen.kind === 'list' && servers !== undefined ? `  ${summaryOf(servers)}` : '';
  const owner = link.state === 'live' ? ownerText(link.owner) : link.state === 'lost' ? 'no daemon' : '';
  const left: Line = [span(' Holdfast', 'title'), span(crumbs(screen)), span(summary)];
  return between(left, [span(`${owner} `, 'dim')], columns);
}

/** The body of the screen that is shown. */
export function bodyOf(model: Model, size: Size): Body {
  const screen = topOf(model);
  switch (screen.kind) {
    case 'list':
      return listBody(model, screen, size);
    case 'server':
      return serverBody(model, screen, size);
    case 'tools':
      return toolsBody(model, screen, size);
    case 'tool':
      return toolBody(model, screen, size);
    case 'confirm':
      return confirmBody(model, screen, size);
    case 'approval':
      return approvalBody(model, screen, size);
    case 'sign-in':
      return signInBody(model, screen, size);
    case 'doctor':
      return doctorBody(model, screen, size);
    case 'not-loaded':
      return notLoadedBody(model, screen, size);
    case 'help':
      return helpBody(model, screen, size);
  }
}

/** The part of the screen that the body has. */
export function bodySize({ columns, rows }: Size): Size {
  const others = headRows(rows) + noticeRows(rows) + 1;
  return { columns, rows: Math.max(1, rows - others) };
}

const headRows = (rows: number): number => (rows >= RULED_FROM ? 2 : 1);
const noticeRows = (rows: number): number => (rows >= ROOMY_FROM ? 2 : rows >= RULED_FROM ? 1 : 0);

/** Draws the model on a screen of this size. */
export function view(model: Model, size: Size): Frame {
  const { columns, rows } = size;
  const area = bodySize(size);
  const body = bodyOf(model, area);
  const head = [headLine(model, columns), row('─'.repeat(columns), 'dim')].slice(0, headRows(rows));
  const lines: Line[] = [...head, ...body.lines.slice(0, area.rows)];
  while (lines.length < head.length + area.rows) lines.push([]);
  const { scroll } = body;
  const keys = keysLine(
    model,
    columns,
    scroll === undefined || scroll.total > scroll.height || topOf(model).kind === 'server',
  );
  const forNotice = noticeRows(rows);
  const notice = noticeLines(model, columns, Math.max(1, forNotice));
  for (let at = notice.length; at < forNotice; at += 1) lines.push([]);
  // Where there is no row for it, a notice takes the place of the keys.
  lines.push(...(forNotice > 0 ? [...notice, keys] : [notice[0] ?? keys]));
  const shown = lines.slice(0, rows).map((line) => harmlessLine(line, columns, model.setting.ascii));
  while (shown.length < rows) shown.push([]);
  const cursorRow = Math.min(head.length + Math.min(body.cursor.row, area.rows - 1), rows - 1);
  const column = Math.max(0, Math.min(body.cursor.column, columns - 1));
  return { lines: shown, cursor: { row: Math.max(0, cursorRow), column } };
}
