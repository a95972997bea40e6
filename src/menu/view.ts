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
import { between, lineWidth, row, span } from './paint/span.ts';
import type { Line } from './paint/span.ts';
import { approvalBody } from './screens/approval.ts';
import type { Body } from './screens/area.ts';
import { confirmBody } from './screens/confirm.ts';
import { listBody } from './screens/list.ts';
import { serverBody } from './screens/server/page.ts';
import { signInBody } from './screens/sign-in.ts';
import { doctorBody, helpBody, notLoadedBody } from './screens/texts.ts';
import { toolBody, toolsBody } from './screens/tools.ts';
import { KEYS, keyName } from './state/keys.ts';
import { topOf } from './state/model.ts';
import type { Model, Screen } from './state/model.ts';
import type { Size } from './terminal/tty.ts';

/** From so many rows on a line parts head and body. */
const RULED_FROM = 12;

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

/** The keys of a screen, as many as there is room for; `?` is always among them. */
function keysLine(model: Model, columns: number): Line {
  const { kind } = topOf(model);
  const rows = KEYS.filter(({ short, on }) => short !== undefined && (on === undefined || on.includes(kind)));
  const ordered = [...rows.filter(({ on }) => on !== undefined), ...rows.filter(({ on }) => on === undefined)];
  const parts = ordered
    .filter(({ intent }) => intent !== 'back' || model.screens.length > 1)
    .map(({ intent, keys, short = '' }): { readonly intent: string; readonly line: Line } => ({
      intent,
      line: [span(' '), span(intent === 'down' ? '↑↓' : keyName(keys[0] ?? ''), 'key'), span(` ${short} `)],
    }));
  const must = new Set(['help', 'back']);
  let room = columns - parts.reduce((sum, { intent, line }) => sum + (must.has(intent) ? lineWidth(line) : 0), 0);
  return parts.flatMap(({ intent, line }) => {
    if (must.has(intent)) return line;
    room -= lineWidth(line);
    return room < 0 ? [] : line;
  });
}

function noticeLine({ notice, link, now }: Model): Line | undefined {
  if (link.state === 'lost') return [span(` ${link.text} `, 'bad'), span('R', 'key'), span(' starts the daemon again')];
  if (notice === undefined || notice.until <= now) return undefined;
  return row(` ${safeLine(notice.text, 400)}`, notice.level);
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
  const others = rows >= RULED_FROM ? 4 : 2;
  return { columns, rows: Math.max(1, rows - others) };
}

/** Draws the model on a screen of this size. */
export function view(model: Model, size: Size): Frame {
  const { columns, rows } = size;
  const area = bodySize(size);
  const body = bodyOf(model, area);
  const ruled = rows >= RULED_FROM;
  const rule = row('─'.repeat(columns), 'dim');
  const notice = noticeLine(model);
  const keys = keysLine(model, columns);
  const head = ruled ? [headLine(model, columns), rule] : [headLine(model, columns)];
  const lines: Line[] = [...head, ...body.lines.slice(0, area.rows)];
  while (lines.length < head.length + area.rows) lines.push([]);
  // Where there is no row for it, a notice takes the place of the keys.
  lines.push(...(ruled ? [notice ?? row(), keys] : [notice ?? keys]));
  const shown = lines.slice(0, rows).map((line) => harmlessLine(line, columns, model.setting.ascii));
  while (shown.length < rows) shown.push([]);
  const cursorRow = Math.min(head.length + Math.min(body.cursor.row, area.rows - 1), rows - 1);
  return {
    lines: shown,
    cursor: { row: Math.max(0, cursorRow), column: Math.max(0, Math.min(body.cursor.column, columns - 1)) },
  };
}
