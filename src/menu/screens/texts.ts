/**
 * Screens that are a text: what doctor found, entries that are not loaded, the help.
 *
 * @module
 */
import { safeLine } from '../../base/safe-text.ts';
import { ACTIONS } from '../../core/action-table.ts';
import type { ActionId } from '../../core/action-table.ts';
import { sourceText } from '../../core/telling.ts';
import type { Finding } from '../../core/fleet.ts';
import { row, span } from '../paint/span.ts';
import type { Line, Role } from '../paint/span.ts';
import { KEYS, QUICK, keyName } from '../state/keys.ts';
import type { FindingsScreen, HelpScreen, Model, NotLoadedScreen } from '../state/model.ts';
import type { Size } from '../terminal/tty.ts';
import { paragraph, terms, windowOf } from './area.ts';
import type { Body } from './area.ts';

const LEVELS: Readonly<Record<Finding['level'], Role>> = {
  ok: 'good',
  note: 'plain',
  warning: 'warning',
  problem: 'bad',
};

function textBody(lines: readonly Line[], wanted: number, size: Size): Body {
  const indented = lines.map((line): Line => [span('  '), ...line]);
  return {
    lines: windowOf(indented, wanted, size.rows),
    cursor: { row: 0, column: 0 },
    scroll: { total: lines.length, height: size.rows },
  };
}

/** What doctor found about a server. */
export function doctorBody(_: Model, { found, scroll }: FindingsScreen, size: Size): Body {
  const columns = size.columns - 4;
  if (found === undefined) return textBody([row('Looking …', 'dim')], 0, size);
  if (found.length === 0) return textBody([row('Nothing is wrong.', 'good')], 0, size);
  const lines = found.flatMap(({ level, text, hint }): readonly Line[] => [
    ...paragraph(`${level}: ${safeLine(text, 2_000)}`, columns, LEVELS[level]),
    ...(hint === undefined
      ? []
      : paragraph(safeLine(hint, 2_000), columns - 2, 'dim').map((line): Line => [span('  '), ...line])),
  ]);
  return textBody(lines, scroll, size);
}

/** Entries of the files that are no servers here, and why. */
export function notLoadedBody({ notLoaded, setting }: Model, { scroll }: NotLoadedScreen, size: Size): Body {
  const columns = size.columns - 4;
  if (notLoaded.length === 0) return textBody([row('Every entry is loaded.', 'dim')], 0, size);
  const lines = notLoaded.flatMap(({ name, text, reason, source, approval }): readonly Line[] => [
    [span(safeLine(name, 80), 'strong'), span(`  ${reason}`)],
    ...paragraph(safeLine(text, 600), columns - 2).map((line): Line => [span('  '), ...line]),
    ...paragraph(sourceText(source, setting.place), columns - 2, 'dim').map((line): Line => [span('  '), ...line]),
    ...(approval?.state === 'awaiting' || approval?.state === 'changed'
      ? [row(`  In a shell: ${setting.program} approve ${safeLine(name, 80)}${setting.suffix}`)]
      : []),
    row(),
  ]);
  return textBody(lines, scroll, size);
}

const HELP_GROUPS: readonly (readonly [string, (on: readonly string[] | undefined) => boolean])[] = [
  ['Everywhere', (on) => on === undefined],
  ['Moving', (on) => on !== undefined && on.length > 5],
  ['In the list', (on) => on !== undefined && on.length <= 5 && on.includes('list')],
  [
    'On the page of a server',
    (on) => on !== undefined && on.length <= 5 && on.includes('server') && !on.includes('list'),
  ],
  ['While a sign-in waits', (on) => on !== undefined && on.length === 1 && on[0] === 'sign-in'],
  ['Before an approval', (on) => on !== undefined && on.length === 1 && on[0] === 'approval'],
  ['In a question', (on) => on !== undefined && on.length <= 2 && on.includes('confirm')],
];

/** Letters and the actions that they do. */
export function quickRows(): readonly (readonly [string, string])[] {
  const letters = [...new Set(Object.values(QUICK))];
  return letters.map((letter) => {
    const actions = (Object.keys(QUICK) as ActionId[]).filter((action) => QUICK[action] === letter);
    const always = actions.includes('reset') ? ' (every server, in every state)' : '';
    return [letter, `${actions.map((action) => ACTIONS[action].label).join(', or ')}${always}`];
  });
}

/** Rows of keys under headings; the documentation prints the same. */
export function helpGroups(): readonly {
  readonly title: string;
  readonly rows: readonly (readonly [string, string])[];
}[] {
  const groups = HELP_GROUPS.map(([title, isIn]) => ({
    title,
    rows: KEYS.filter(({ on, intent }) => intent !== 'quick' && isIn(on)).map(
      ({ keys, help }) => [keys.map(keyName).join(' '), help] as const,
    ),
  }));
  return [...groups, { title: 'Actions, where the server has them', rows: quickRows() }];
}

/** The help. */
export function helpBody(_: Model, { scroll }: HelpScreen, size: Size): Body {
  const columns = size.columns - 4;
  const lines = helpGroups().flatMap(({ title, rows }): readonly Line[] => [
    row(title, 'strong'),
    ...terms(rows, { columns }),
    row(),
  ]);
  const signs = paragraph(
    'Status is one of five words: needs-auth wants you, failed could not be reached, pending is being connected, connected works, disabled is off. Colours and signs only repeat the word.',
    columns,
    'dim',
  );
  return textBody([...lines, ...signs], scroll, size);
}
