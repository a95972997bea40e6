/**
 * What a person types, and which line of which file it is about, after an error that says that a server's state refuses
 * what was asked.
 *
 * @module
 */
import { HoldfastError } from '../base/errors.ts';
import { safeLine } from '../base/safe-text.ts';
import { REASONS } from '../core/reasons.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { Context } from './context.ts';
import { commandsFor } from './render/next.ts';

/** Where the entry stands, unless the error says so. */
function placeOf({ source: { file, line } }: Snapshot, { message, hint = '' }: HoldfastError): string | undefined {
  if (file === '' || message.includes(file) || hint.includes(file)) return undefined;
  return safeLine(`${file}${line > 0 ? `:${line}` : ''}`, 400);
}

/** The command that helps; not the one that has just failed, and none where the state mends itself. */
function commandAfter(snapshot: Snapshot, { typed, verb, ports }: Context): string | undefined {
  const { status, reason } = snapshot;
  if (status === 'pending' && (reason === undefined || REASONS[reason].status !== 'pending')) return undefined;
  return commandsFor(snapshot, typed).find((command) => !command.startsWith(`${ports.program} ${verb} `));
}

/** The error, with the place of the entry and the command in its hint and the command in `data.command`; others as they are. */
export async function withRemedy(thrown: unknown, context: Context): Promise<unknown> {
  if (!(thrown instanceof HoldfastError)) return thrown;
  const { server, status } = thrown.data;
  if (typeof server !== 'string' || typeof status !== 'string') return thrown;
  const fleet = await context.fleet();
  const snapshot = await fleet.snapshot(server, await context.view()).catch(() => undefined);
  if (snapshot === undefined) return thrown;
  const place = placeOf(snapshot, thrown);
  const command = commandAfter(snapshot, context);
  const hint = [thrown.hint, place && `The entry: ${place}`, command && `Run: ${command}`].filter(Boolean).join('\n');
  return new HoldfastError(thrown.code, thrown.message, {
    ...(hint === '' ? {} : { hint }),
    data: { ...thrown.data, ...(command === undefined ? {} : { command }) },
    cause: thrown,
  });
}
