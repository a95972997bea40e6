/**
 * Waiting for servers: at most as long as was asked for, by default only while they have just been started.
 *
 * @module
 */
import { parseIso } from '../base/clock.ts';
import { numbersFromEnv, resolveNumbers } from '../core/numbers.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { Context } from './context.ts';
import { unknownServer } from './errors.ts';
import type { Io } from './io.ts';
import { waitsForPerson } from './render/words.ts';

/** The start wait of a run without `--wait` (BEHAVIOUR §4). */
export function startWaitMs(context: Context): number {
  return resolveNumbers(numbersFromEnv(context.ports.env)).startWaitMs;
}

/** The snapshots of the names, in the order of the names; all of them without names. Errors: `ERR_SERVER_UNKNOWN`. */
export function chosen(all: readonly Snapshot[], names: readonly string[]): readonly Snapshot[] {
  if (names.length === 0) return all;
  return [...new Set(names)].map((name) => {
    const found = all.find((one) => one.name === name);
    if (found !== undefined) return found;
    throw unknownServer(
      name,
      all.map((one) => one.name),
    );
  });
}

// A daemon that has just met these servers has nothing to tell yet but "pending": give it the rest of its start wait.
function restOfStart(snapshots: readonly Snapshot[], context: Context): number {
  const limit = startWaitMs(context);
  const now = context.clock.now();
  const left = snapshots
    .filter((one) => one.status === 'pending' && one.phase === 'startup' && !waitsForPerson(one))
    .map(({ since }) => limit - (now - parseIso(since)));
  return Math.min(limit, Math.max(0, ...left));
}

/** A line of talk on a terminal, written over when it is done. */
export async function withNotice<T>(io: Io, notice: string, work: () => Promise<T>): Promise<T> {
  if (!io.errIsTTY || !io.animate) return work();
  io.errRaw(notice);
  try {
    return await work();
  } finally {
    io.errRaw('\r\u001B[2K');
  }
}

/**
 * The servers of the verb after waiting: `waitMs` when it was given, else the start wait in a process or daemon that has
 * just been started. Errors: `ERR_SERVER_UNKNOWN`.
 */
export async function settle(
  context: Context,
  io: Io,
  ask: { readonly names: readonly string[]; readonly waitMs?: number | undefined },
): Promise<readonly Snapshot[]> {
  const fleet = await context.fleet();
  const view = await context.view();
  const before = await fleet.snapshots(view);
  const wanted = chosen(before, ask.names);
  const fresh = context.ownership() === 'daemon' ? restOfStart(wanted, context) : startWaitMs(context);
  const timeoutMs = ask.waitMs ?? fresh;
  const waiting = wanted.some((one) => one.status === 'pending' && !waitsForPerson(one));
  if (timeoutMs <= 0 || !waiting) return wanted;
  const count = wanted.length === 1 ? (wanted[0]?.name ?? '') : `${wanted.length} servers`;
  await withNotice(io, `contacting ${count} …`, () =>
    fleet.settled({
      timeoutMs,
      view,
      signal: context.signal,
      ...(ask.names.length === 0 ? {} : { names: [...new Set(ask.names)] }),
    }),
  );
  return chosen(await fleet.snapshots(view), ask.names);
}
