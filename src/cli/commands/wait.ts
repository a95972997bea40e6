/**
 * `wait`: until the servers are in the state asked for, or the limit.
 *
 * @module
 */
import type { Snapshot } from '../../core/snapshot.ts';
import { limited, overTime } from '../changes.ts';
import type { Command } from '../command.ts';
import { tellStates } from '../errors.ts';
import { EXIT, exitOfSnapshot, worstExit } from '../exit.ts';
import { outJson, statusRecord } from '../record.ts';
import { outcomeLines } from '../render/outcome.ts';
import { renderingOf } from '../render/rendering.ts';
import { waitsForPerson } from '../render/words.ts';
import { withNotice } from '../settle.ts';

const LIMIT_MS = 30_000;

function isReached(snapshot: Snapshot, wanted: string): boolean {
  if (wanted === 'settled') return snapshot.status !== 'pending' || waitsForPerson(snapshot);
  return snapshot.status === wanted;
}

export const wait: Command = async (args, context, io) => {
  const wanted = args.text('for') ?? 'connected';
  const limit = limited(context, args.number('timeout') ?? LIMIT_MS);
  let last: readonly Snapshot[] = [];
  const reached = (): boolean => last.every((one) => isReached(one, wanted));
  await withNotice(io, `waiting for ${wanted} …`, async () => {
    for await (const snapshots of overTime(context, args.words, limit.signal)) {
      const all = args.words.length === 0 && wanted !== 'disabled';
      last = all ? snapshots.filter(({ status }) => status !== 'disabled') : snapshots;
      if (reached()) break;
    }
  }).finally(() => limit.end());
  if (context.signal.aborted) return EXIT.interrupted;
  const missing = last.filter((one) => !isReached(one, wanted));
  // A state that is well in itself but not the one waited for is still to come.
  const exit = worstExit(missing.map((one) => (exitOfSnapshot(one) === EXIT.ok ? EXIT.pending : exitOfSnapshot(one))));
  if (context.json) {
    outJson(statusRecord(context, await context.owner(), last), io);
    tellStates(missing, exit, io);
  } else {
    const how = renderingOf(context, io);
    for (const snapshot of last)
      for (const line of outcomeLines({ snapshot, did: [] }, context.typed, how)) io.out(line);
    if (missing.length > 0) io.err(`${missing.length} of ${last.length} not ${wanted} when the time was over.`);
  }
  return exit;
};
