/**
 * The table of `status`, and what stands below it.
 *
 * @module
 */
import { safeLine } from '../../base/safe-text.ts';
import type { NotLoaded } from '../../core/config-model.ts';
import type { Owner } from '../../core/fleet.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { age } from '../text/duration.ts';
import { statusPaint } from '../text/style.ts';
import { tableLines } from '../text/table.ts';
import type { Column } from '../text/table.ts';
import { cutTo, padTo, widthOf } from '../text/width.ts';
import { wrap } from '../text/wrap.ts';
import type { NextStep } from './next.ts';
import type { Rendering } from './rendering.ts';
import { ownerText, summaryOf } from './summary.ts';
import { reasonCell, signInCell, sourceText, toolsCell } from './words.ts';

/** The table: name, status, reason, sign-in, tools, since, source; `shows` takes the place of the source. */
export function statusTable(
  snapshots: readonly Snapshot[],
  how: Rendering,
  shows?: ReadonlyMap<string, string>,
): readonly string[] {
  const columns: readonly Column[] = [
    { title: 'NAME', least: 12 },
    {
      title: 'STATUS',
      paint: (text, row) => statusPaint(how.style, snapshots[row]?.status ?? 'pending')(text),
    },
    { title: 'REASON', least: 16 },
    { title: 'SIGN-IN', drop: 3 },
    { title: 'TOOLS', drop: 2 },
    { title: 'SINCE', drop: 1 },
    {
      // A sentence that is cut to a few words says nothing.
      ...(shows === undefined ? { title: 'SOURCE', keep: 'end' as const, least: 16 } : { title: 'SHOWS', least: 32 }),
      drop: 4,
      paint: (text) => how.style.dim(text),
    },
  ];
  const rows = snapshots.map((one) => [
    safeLine(one.name, 80),
    one.status,
    reasonCell(one, how.now),
    signInCell(one, how.now),
    toolsCell(one),
    age(one.since, how.now),
    shows === undefined ? sourceText(one.source, how.place) : safeLine(shows.get(one.name) ?? ''),
  ]);
  return tableLines(columns, rows, {
    ...(how.columns === undefined ? {} : { columns: how.columns }),
    paintTitle: (text) => how.style.dim(text),
  });
}

/** `Next:` and a command a line, each with its reason. */
export function nextLines(steps: readonly NextStep[], how: Rendering): readonly string[] {
  if (steps.length === 0) return [];
  const width = Math.max(...steps.map(({ command }) => widthOf(command)));
  return [
    'Next:',
    ...steps.map(({ server, command, why }) => {
      const room = how.columns === undefined ? undefined : how.columns - width - 4;
      const text = safeLine(`${server}: ${why}`, 400);
      if (room !== undefined && room < 20) return `  ${command}`;
      const shown = room === undefined ? text : cutTo(text, room);
      return `  ${how.style.bold(padTo(command, width))}  ${how.style.dim(shown)}`;
    }),
  ];
}

/** Files that could not be read, and where in them. */
export function problemLines(problems: readonly string[], how: Rendering): readonly string[] {
  return problems.map((text) => how.style.red(`Not readable: ${safeLine(text, 400)}`));
}

/** Entries that are not servers, and why. */
export function notLoadedLines(entries: readonly NotLoaded[], how: Rendering): readonly string[] {
  if (entries.length === 0) return [];
  return [
    `Not loaded (${entries.length}):`,
    ...entries.map((one) => {
      const text = `  ${safeLine(one.name, 80)}  ${safeLine(one.text, 400)}  ${sourceText(one.source, how.place)}`;
      return how.columns === undefined ? text : cutTo(text, how.columns);
    }),
  ];
}

function summaryLines(snapshots: readonly Snapshot[], owner: Owner, how: Rendering): readonly string[] {
  const summary = `${summaryOf(snapshots)}.`;
  const speaker = `(${ownerText(owner)})`;
  const cells = how.columns ?? Infinity;
  if (widthOf(summary) + 1 + widthOf(speaker) <= cells) return [`${summary} ${how.style.dim(speaker)}`];
  return [...wrap(summary, cells), how.style.dim(speaker)];
}

/** The whole screen of `status`. */
export function statusScreen(
  shown: {
    readonly snapshots: readonly Snapshot[];
    readonly owner: Owner;
    readonly steps: readonly NextStep[];
    readonly notLoaded: readonly NotLoaded[];
    readonly problems?: readonly string[];
    readonly shows?: ReadonlyMap<string, string> | undefined;
  },
  how: Rendering,
): readonly string[] {
  const { snapshots } = shown;
  const stale = snapshots.some(({ listsLastKnown }) => listsLastKnown === true);
  const blocks: readonly (readonly string[])[] = [
    [...statusTable(snapshots, how, shown.shows), ...(stale ? [how.style.dim('* last known list')] : [])],
    summaryLines(snapshots, shown.owner, how),
    problemLines(shown.problems ?? [], how),
    notLoadedLines(shown.notLoaded, how),
    nextLines(shown.steps, how),
  ];
  return blocks.filter((block) => block.length > 0).flatMap((block, at) => (at === 0 ? block : ['', ...block]));
}
