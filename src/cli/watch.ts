/**
 * The live table: written over on a terminal, repeated on change elsewhere.
 *
 * @module
 */
import { problemsOf } from '../core/config-model.ts';
import type { Owner } from '../core/fleet.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { overTime } from './changes.ts';
import type { Context } from './context.ts';
import type { Io } from './io.ts';
import { statusRecord } from './record.ts';
import { nextSteps } from './render/next.ts';
import { renderingOf } from './render/rendering.ts';
import { statusScreen } from './render/status.ts';
import { liveBlock } from './text/live.ts';

/** What a watch shows and when it ends. */
export interface WatchOptions {
  readonly names: readonly string[];
  /** Ends the watch; default: the command's own signal. */
  readonly signal?: AbortSignal;
  /** Lines below the table. */
  readonly footer?: (snapshots: readonly Snapshot[]) => readonly string[];
  /** What each server shows, in the place of its source. */
  readonly shows?: ReadonlyMap<string, string>;
  /** Whether to say what to type next; default always. */
  readonly advise?: (snapshots: readonly Snapshot[]) => boolean;
}

interface Printer {
  show(snapshots: readonly Snapshot[], problems: readonly string[]): void;
  end(): void;
}

// What a log or NDJSON repeats only when it has changed.
function gist(snapshots: readonly Snapshot[], problems: readonly string[]): string {
  return JSON.stringify([
    snapshots.map(({ name, status, reason, attempt, tools }) => [name, status, reason, attempt, tools]),
    problems,
  ]);
}

function onChange(print: (...shown: [...Parameters<Printer['show']>, boolean]) => void): Printer {
  let last: string | undefined;
  return {
    show(snapshots, problems) {
      const now = gist(snapshots, problems);
      if (now === last) return;
      print(snapshots, problems, last === undefined);
      last = now;
    },
    end: () => undefined,
  };
}

function printerFor(context: Context, io: Io, owner: Owner, options: WatchOptions): Printer {
  if (context.json)
    return onChange((snapshots, problems) => io.out(JSON.stringify(statusRecord(context, owner, snapshots, problems))));
  const screen = (snapshots: readonly Snapshot[], problems: readonly string[]): readonly string[] => {
    const steps = options.advise?.(snapshots) === false ? [] : nextSteps(snapshots, context.typed);
    return [
      ...statusScreen(
        { snapshots, owner, steps, notLoaded: [], problems, shows: options.shows },
        renderingOf(context, io),
      ),
      ...(options.footer?.(snapshots) ?? []),
    ];
  };
  if (!io.isTTY || !io.animate)
    return onChange((snapshots, problems, first) => {
      if (!first) io.out('');
      for (const line of screen(snapshots, problems)) io.out(line);
    });
  const block = liveBlock(io);
  return { show: (snapshots, problems) => block.draw(screen(snapshots, problems)), end: () => block.end() };
}

/** Shows the servers until the signal ends it. Resolves with what was shown last. */
export async function watchStatus(context: Context, io: Io, options: WatchOptions): Promise<readonly Snapshot[]> {
  // Opened before its owner can be told.
  const fleet = await context.fleet();
  const view = await context.view();
  const printer = printerFor(context, io, await context.owner(), options);
  let shown: readonly Snapshot[] = [];
  try {
    for await (const snapshots of overTime(context, options.names, options.signal ?? context.signal)) {
      shown = snapshots;
      const { files } = await fleet.sources(view);
      printer.show(snapshots, problemsOf(files));
    }
  } finally {
    printer.end();
  }
  return shown;
}
