/**
 * The list of all servers: who needs a person stands first.
 *
 * @module
 */
import { widthOf } from '../../base/cells.ts';
import { age } from '../../base/duration.ts';
import { safeLine } from '../../base/safe-text.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { actionLabel, reasonCell, signInCell, sourceText, toolsCell } from '../../core/telling.ts';
import { fitLine, focused, row, span } from '../paint/span.ts';
import type { Line } from '../paint/span.ts';
import { QUICK, letterOf } from '../state/keys.ts';
import { NOT_LOADED, focusOf, shownServers } from '../state/listed.ts';
import type { ListScreen, Model } from '../state/model.ts';
import type { Size } from '../terminal/tty.ts';
import { firstOf, listStart, paragraph } from './area.ts';
import type { Body } from './area.ts';
import { table } from './table.ts';
import type { Column, TableCell } from './table.ts';
import { happened, remedyOf, statusSpan } from './words.ts';

const COLUMNS: readonly Column[] = [
  { title: 'NAME', least: 12, hard: 10 },
  { title: 'STATUS' },
  { title: 'REASON', least: 24, hard: 6 },
  { title: 'SIGN-IN', drop: 3 },
  { title: 'TOOLS', drop: 2 },
  { title: 'SINCE', drop: 1 },
  { title: 'SOURCE', keep: 'end', least: 22, drop: 4 },
];
/** Rows from which on the server with the focus is told in sentences below the table. */
const TELLS_FROM = 12;
const MARK = '› ';

function cellsOf(one: Snapshot, { setting, now, busy }: Model): readonly TableCell[] {
  const doing = busy.get(one.name);
  const { text, role = 'plain' } = statusSpan(one, setting.ascii);
  return [
    { text: safeLine(one.name, 80), role: 'strong' },
    { text, role },
    { text: doing === undefined ? reasonCell(one, now) : `${actionLabel(doing, one)} …` },
    { text: signInCell(one, now) },
    { text: toolsCell(one) },
    { text: age(one.since, now) },
    { text: sourceText(one.source, setting.place), role: 'dim' },
  ];
}

/** The first letters that do something with this server. */
function offers(one: Snapshot): Line {
  const { next } = one;
  const own = next.filter((id) => id !== 'logs' && id !== 'disable' && letterOf(id, next) !== undefined);
  return own
    .slice(0, 4)
    .flatMap((action) => [span(QUICK[action] ?? '', 'key'), span(` ${actionLabel(action, one)}   `)]);
}

function told(one: Snapshot, columns: number): readonly Line[] {
  const remedy = remedyOf(one);
  const text = [
    ...paragraph(happened(one), columns - 2),
    ...(remedy === '' ? [] : paragraph(remedy, columns - 2, 'dim')),
  ];
  return [row(), ...firstOf(text, 3).map((line) => [span('  '), ...line]), [span('  '), ...offers(one)]];
}

function emptyLines({ servers, setting, link }: Model, screen: ListScreen): readonly Line[] {
  if (servers === undefined)
    return [row(), row(link.state === 'lost' ? '  Nothing is known of the servers.' : '  Asking the daemon …', 'dim')];
  if (screen.filter !== '')
    return [row(), row(`  No server has “${safeLine(screen.filter, 40)}” in it. Esc shows all.`)];
  const typed = (words: string): string => `    ${setting.program} ${words}`;
  return [
    row(),
    row('  No server is configured for this folder.'),
    row(),
    row('  Type in a shell:', 'dim'),
    row(typed('add NAME URL        one that is reached over HTTP')),
    row(typed('add NAME -- COMMAND a process on this machine')),
    row(typed('demo                a fleet to try things on')),
    row(typed('sources             the files that were looked at')),
  ];
}

function notLoadedLine({ notLoaded }: Model): Line {
  return [
    span(`Not loaded (${notLoaded.length}): `, 'dim'),
    span(notLoaded.map(({ name }) => safeLine(name, 40)).join(', '), 'dim'),
  ];
}

/** Draws the list. */
export function listBody(model: Model, screen: ListScreen, size: Size): Body {
  const servers = shownServers(model, screen);
  const focus = focusOf(model, screen);
  const { title, rows } = table(
    COLUMNS,
    servers.map((one) => cellsOf(one, model)),
    size.columns - 2,
  );
  const items = [...rows, ...(model.notLoaded.length > 0 && screen.filter === '' ? [notLoadedLine(model)] : [])];
  const names = [...servers.map(({ name }) => name), NOT_LOADED];
  const at = Math.max(0, names.indexOf(focus ?? ''));
  const head: readonly Line[] = [
    ...(screen.typing || screen.filter !== ''
      ? [[span('  Filter: ', 'dim'), span(safeLine(screen.filter, 80), 'strong')]]
      : []),
    ...(servers.length > 0 && size.rows >= 6 ? [[span('  '), ...title]] : []),
  ];
  const server = servers.find(({ name }) => name === focus);
  const foot = server === undefined || size.rows < TELLS_FROM ? [] : told(server, size.columns);
  const none = servers.length === 0 ? emptyLines(model, screen) : [];
  const height = Math.max(1, size.rows - head.length - foot.length - none.length);
  const from = listStart(at, items.length, height);
  const seen = items.slice(from, from + height).map((line, index) => {
    const has = from + index === at;
    const marked = [span(has ? MARK : '  '), ...line];
    return has ? focused(fitLine(marked, size.columns)) : marked;
  });
  const lines = [...head, ...none, ...seen, ...foot];
  const typingColumn = Math.min(size.columns - 1, 10 + widthOf(screen.filter));
  const cursor = screen.typing
    ? { row: 0, column: typingColumn }
    : { row: head.length + none.length + at - from, column: 0 };
  return { lines, cursor };
}
