/**
 * What to type next: the actions that the owner offers for a state, as commands of this program.
 *
 * @module
 */
import { safeLine } from '../../base/safe-text.ts';
import { ACTIONS } from '../../core/action-table.ts';
import type { ActionId } from '../../core/action-table.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { sentenceOf } from '../errors.ts';
import { shellWord } from '../text/shell.ts';
import { isBuilt } from '../verbs.ts';
import { waitsForPerson } from './words.ts';

/** One thing to type, and why. */
export interface NextStep {
  readonly server: string;
  readonly command: string;
  readonly why: string;
}

const EVERYWHERE: ReadonlySet<ActionId> = new Set<ActionId>(['details', 'logs', 'disable']);

function built(action: ActionId): boolean {
  return isBuilt(ACTIONS[action].verb.split(' ', 1)[0] ?? '');
}

/** `edit` writes into the file of another program only where its scope is named. */
function editOf({ name, source: { scope }, reason, redirectTo }: Snapshot): string {
  const url =
    reason === 'redirected' && redirectTo !== undefined ? ` ${shellWord(`url=${safeLine(redirectTo, 400)}`)}` : '';
  const named = scope === 'own' || scope === 'file' || scope === 'library' ? '' : ` --scope ${scope}`;
  return `edit ${shellWord(name)}${url}${named}`;
}

function commandOf(action: ActionId, snapshot: Snapshot): string {
  return action === 'edit' ? editOf(snapshot) : ACTIONS[action].verb.replace('NAME', shellWord(snapshot.name));
}

/** The commands for a server in its state, the best first; those that this version does not have are left out. */
export function commandsFor(snapshot: Snapshot, typed: (words: string) => string): readonly string[] {
  const own = snapshot.next.filter((action, index) => index === 0 || !EVERYWHERE.has(action));
  const commands = own.filter((action) => built(action)).map((action) => typed(commandOf(action, snapshot)));
  return [...new Set(commands)];
}

/** Whether a person is needed, or something is worth saying. */
export function wantsAttention(snapshot: Snapshot): boolean {
  const { status, reason, stepUp } = snapshot;
  if (status === 'connected') return reason !== undefined || stepUp !== undefined;
  return status === 'needs-auth' || status === 'failed' || waitsForPerson(snapshot);
}

/** One step for each server that wants attention: its default action, or the first one that this version has. */
export function nextSteps(snapshots: readonly Snapshot[], typed: (words: string) => string): readonly NextStep[] {
  return snapshots.filter(wantsAttention).flatMap((snapshot) => {
    const command = commandsFor(snapshot, typed)[0];
    if (command === undefined) return [];
    return [{ server: snapshot.name, command, why: sentenceOf(snapshot) }];
  });
}
