/**
 * The tools of a server, and one of them whole.
 *
 * @module
 */
import { widthOf } from '../../base/cells.ts';
import { safeLine, safeText } from '../../base/safe-text.ts';
import { fitLine, focused, row, span } from '../paint/span.ts';
import type { Line } from '../paint/span.ts';
import { shownTools } from '../state/tools.ts';
import type { Model, ToolScreen, ToolsScreen } from '../state/model.ts';
import type { Size } from '../terminal/tty.ts';
import { listStart, paragraph, windowOf } from './area.ts';
import type { Body } from './area.ts';
import { table } from './table.ts';
import { toolOf } from '../state/tool-facts.ts';

/** Draws the list of tools. */
export function toolsBody(model: Model, screen: ToolsScreen, size: Size): Body {
  const { lists, trouble } = model.facts.get(screen.name) ?? {};
  const tools = shownTools(model, screen);
  const head: readonly Line[] =
    screen.typing || screen.filter !== ''
      ? [[span('  Filter: ', 'dim'), span(safeLine(screen.filter, 80), 'strong')]]
      : [];
  const typing = { row: 0, column: Math.min(size.columns - 1, 10 + widthOf(screen.filter)) };
  if (tools.length === 0) {
    const none = screen.filter === '' ? 'The server has no tools.' : 'No tool has these letters in it.';
    const why = lists === undefined ? (trouble?.lists ?? 'Asking the server …') : none;
    const text = paragraph(safeLine(why, 400), size.columns - 2, 'dim').map((line): Line => [span('  '), ...line]);
    return { lines: [...head, row(), ...text], cursor: screen.typing ? typing : { row: 0, column: 0 } };
  }
  const at = Math.max(0, Math.min(screen.focus, tools.length - 1));
  const { rows } = table(
    [
      { title: '', least: 14, hard: 8 },
      { title: '', drop: 1, least: 12 },
    ],
    tools.map(({ name, description }) => [
      { text: safeLine(name, 120), role: 'strong' },
      { text: safeLine(description, 200), role: 'dim' },
    ]),
    size.columns - 2,
  );
  const height = Math.max(1, size.rows - head.length);
  const from = listStart(at, rows.length, height);
  const lines = rows.slice(from, from + height).map((line, index) => {
    const has = from + index === at;
    const marked = [span(has ? '› ' : '  '), ...line];
    return has ? focused(fitLine(marked, size.columns)) : marked;
  });
  return { lines: [...head, ...lines], cursor: screen.typing ? typing : { row: head.length + at - from, column: 0 } };
}

function toolLines(model: Model, screen: ToolScreen, columns: number): readonly Line[] {
  const found = model.facts.get(screen.name)?.lists?.tools.find((one) => toolOf(one).name === screen.tool);
  if (found === undefined) return [row('The server does not have this tool any more.', 'dim')];
  const tool = toolOf(found);
  const text = (words: string): readonly Line[] =>
    safeText(words)
      .split('\n')
      .flatMap((line) => (line.trim() === '' ? [row()] : paragraph(line, columns)));
  return [
    row(safeLine(tool.name, 200), 'strong'),
    ...(tool.title === '' ? [] : paragraph(safeLine(tool.title, 200), columns)),
    ...(tool.hints.length === 0 ? [] : paragraph(`The server says: ${tool.hints.join(', ')}.`, columns, 'dim')),
    row(),
    ...(tool.description === '' ? [row('No description.', 'dim')] : text(tool.description)),
    row(),
    row(tool.arguments.length === 0 ? 'It takes no arguments.' : 'Arguments', 'strong'),
    ...tool.arguments.flatMap((one) => [
      [
        span(`  ${safeLine(one.name, 80)}`, 'strong'),
        span(`  ${safeLine(one.type, 200)}${one.isRequired ? ', required' : ''}`, 'dim'),
      ],
      ...(one.description === ''
        ? []
        : paragraph(safeLine(one.description, 2_000), columns - 4).map((line): Line => [span('    '), ...line])),
    ]),
    row(),
    row('In a shell:', 'dim'),
    ...paragraph(
      `${model.setting.program} call ${safeLine(screen.name, 80)} ${safeLine(tool.name, 200)} …${model.setting.suffix}`,
      columns,
      'dim',
    ),
  ];
}

/** Draws one tool. */
export function toolBody(model: Model, screen: ToolScreen, size: Size): Body {
  const lines = toolLines(model, screen, size.columns - 2).map((line): Line => [span('  '), ...line]);
  return {
    lines: windowOf(lines, screen.scroll, size.rows),
    cursor: { row: 0, column: 0 },
    scroll: { total: lines.length, height: size.rows },
  };
}
