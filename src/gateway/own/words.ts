/**
 * What a person can do about a server, in the words that every text of the gateway uses: which entry it is about, and
 * what to type.
 *
 * @module
 */
import { safeLine } from '../../base/safe-text.ts';
import { ACTIONS } from '../../core/action-table.ts';
import type { EntrySource } from '../../core/entry.ts';
import { REASONS } from '../../core/reasons.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { authenticateTool, wantsSignIn } from './sign-in-tools.ts';

/** Texts one after the other, each a sentence with its end. */
export function sentences(...parts: readonly (string | undefined)[]): string {
  return parts
    .map((part) => part?.trim() ?? '')
    .filter((part) => part !== '')
    .map((part) => (/[.!?…]["”]?$/.test(part) ? part : `${part}.`))
    .join(' ');
}

/** `/home/ada/servers.json:3`: where an entry stands. `undefined` for one that stands in no file. */
export function placeOf(source: EntrySource | undefined): string | undefined {
  if (source === undefined || source.file === '') return undefined;
  return safeLine(`${source.file}${source.line > 0 ? `:${source.line}` : ''}`, 400);
}

const word = (name: string): string =>
  /^[\w.:-]+$/.test(name) ? name : `'${name.replaceAll("'", String.raw`'\\''`)}'`;

/** What is typed for the first action that is offered; an entry is edited where it stands. */
function typed(snapshot: Snapshot): string | undefined {
  const { name, next, source } = snapshot;
  const action = next[0];
  if (action === undefined || action === 'edit') return undefined;
  const command = `"holdfast ${ACTIONS[action].verb.replace('NAME', word(safeLine(name, 100)))}"`;
  const where = source.scope === 'project' || source.scope === 'local' ? ' in the folder of that project' : '';
  const tool = wantsSignIn(snapshot) ? `, or call the tool ${authenticateTool(name)}` : '';
  return `Run ${command}${where}${tool}`;
}

/** The state mends itself: nobody has to type anything, which would only be impatience. */
const isMending = ({ status, reason }: Snapshot): boolean =>
  status === 'pending' && (reason === undefined || REASONS[reason].status !== 'pending');

/** Where the entry stands, unless `told` says so already, and what to type. Empty where there is nothing to say. */
export function stepOf(snapshot: Snapshot, told = ''): string {
  const { reason, stepUp, source } = snapshot;
  if (reason === undefined && stepUp === undefined) return '';
  const place = source.file !== '' && told.includes(source.file) ? undefined : placeOf(source);
  const step = isMending(snapshot) ? undefined : typed(snapshot);
  return sentences(place === undefined ? undefined : `The entry: ${place}`, step);
}
