/**
 * Events of the daemon for as long as somebody listens, through its restarts: a reader goes on at the number it has.
 *
 * @module
 */
import { HoldfastError } from '../base/errors.ts';
import type { FleetEvent } from '../core/events.ts';
import type { Fleet } from '../core/fleet.ts';
import type { View } from '../core/view.ts';
import type { Context } from './context.ts';

/** From where events are read. */
interface Source {
  readonly fleet: Fleet;
  readonly view: View;
}

const LOOK_MS = 500;

const isGone = (error: unknown): boolean => error instanceof HoldfastError && error.code === 'ERR_DAEMON_UNREACHABLE';

/** The daemon when it answers again; `undefined` at the end of the command. */
async function comeBack(context: Context): Promise<Source | undefined> {
  while (!context.signal.aborted) {
    const joined = await context.ports.daemon.connect().catch(() => undefined);
    if (joined !== undefined) return { fleet: joined.fleet, view: await joined.view(context.files) };
    await context.clock.sleep(LOOK_MS, context.signal).catch(() => undefined);
  }
  return undefined;
}

/** One reading, until it ends or the daemon goes away. */
async function* reading(
  { fleet, view }: Source,
  signal: AbortSignal,
  since: number | undefined,
): AsyncGenerator<FleetEvent> {
  try {
    yield* fleet.events(signal, { view, ...(since === undefined ? {} : { since }) });
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/**
 * Events until the command ends. `gone` is called each time the daemon goes away; its successor tells by an
 * `events.gap` that some may be lost.
 */
export async function* following(
  context: Context,
  begin: { readonly since: number | undefined; readonly gone: () => void },
): AsyncGenerator<FleetEvent> {
  let source: Source | undefined = { fleet: await context.fleet(), view: await context.view() };
  const isDaemon = context.ownership() !== 'in-process';
  let last = begin.since;
  while (source !== undefined) {
    const now: Source = source;
    try {
      for await (const event of reading(now, context.signal, last)) {
        last = event.seq;
        yield event;
      }
    } finally {
      if (now.fleet !== (await context.fleet())) await now.fleet.close();
    }
    if (context.signal.aborted || !isDaemon) return;
    begin.gone();
    source = await comeBack(context);
    // Without an event there is no number yet; whatever the successor keeps is new.
    last ??= 0;
  }
}
