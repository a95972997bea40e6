/**
 * Adds and edits remote servers: where something is wrong, the form is shown again with what was typed.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { HoldfastError } from '../../base/errors.ts';
import type { RemoteEndpoint } from '../../core/entry.ts';
import type { PageDeps } from '../deps.ts';
import type { Session } from '../guard/sessions.ts';
import { goTo } from '../http/reply.ts';
import type { Reply } from '../http/reply.ts';
import { serverPath } from '../screens/actions.ts';
import { addScreen, editScreen, isForeign } from '../screens/entry-form.ts';
import type { Typed } from '../screens/entry-form.ts';
import type { Frame, Screen } from '../screens/layout.ts';
import { shortPath } from '../screens/words.ts';
import { takeCode } from './acts.ts';
import type { Act, ActWorld } from './acts.ts';
import { entryEdit, newEntry } from './entry.ts';
import type { EntryEdit } from './entry.ts';
import { errorNote } from './outcome.ts';

/** What is never shown again. */
const SECRET = /^(?:csrf|code|header-value|keep-\d+)$/;

const typedOf = (form: URLSearchParams): Typed => Object.fromEntries([...form].filter(([name]) => !SECRET.test(name)));

/** The entry of a remote server as it stands in its file; `undefined` for one that runs a command or is not valid. */
export async function remoteEndpoint({ config, view }: PageDeps, name: string): Promise<RemoteEndpoint | undefined> {
  const { servers } = await config.load(view);
  const endpoint = servers.find((one) => one.name === name)?.entry?.endpoint;
  return endpoint === undefined || endpoint.kind === 'stdio' ? undefined : endpoint;
}

/** Adds. */
export async function addEntry(
  { deps }: ActWorld,
  { form, session }: { readonly form: URLSearchParams; readonly session: Session },
  frame: Frame,
): Promise<Reply | Screen> {
  const { fleet, view } = deps;
  try {
    const entry = newEntry(form);
    const { file, line } = await fleet.add(entry, view);
    const said = session.notes.add({
      tone: 'done',
      lines: [`${entry.name} stands in ${shortPath(file, frame)}, line ${line}, and is being contacted.`],
    });
    return goTo(`${serverPath(entry.name)}?said=${said}`);
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    return addScreen(typedOf(form), errorNote(error).lines.join(' '), frame);
  }
}

const hashOf = (edit: EntryEdit): string => createHash('sha256').update(edit.url).digest('hex').slice(0, 24);

/** Whether the change may be made now; else the code for it is shown in the terminal. Errors: `ERR_BLOCKED`. */
function mayMove(world: ActWorld, act: Act, edit: EntryEdit): boolean {
  if (!edit.movesHeaders) return true;
  const about = { what: `send the headers of ${act.name} to another machine`, server: act.name, hash: hashOf(edit) };
  if (act.form.has('code') && world.codes.isAsked(act.session.id, about)) {
    takeCode(world, act, about);
    return true;
  }
  world.codes.ask(act.session.id, { ...about, lines: [`its new address is ${edit.url}`] });
  return false;
}

/** Edits. */
export async function editEntry(world: ActWorld, act: Act, frame: Frame): Promise<Reply | Screen> {
  const { deps } = world;
  const { fleet, view } = deps;
  const { name, form, session } = act;
  const snapshot = await fleet.snapshot(name, view);
  const endpoint = await remoteEndpoint(deps, name);
  const again = (problem: string | undefined, needsCode: boolean): Screen =>
    editScreen({ snapshot, endpoint, typed: typedOf(form), problem, needsCode }, frame);
  if (endpoint === undefined) return again('This entry is not edited here.', false);
  try {
    if (isForeign(snapshot) && form.get('foreign') !== 'yes')
      return again('The file belongs to somebody else: tick that it is to be changed.', false);
    const edit = entryEdit(form, endpoint);
    if (!mayMove(world, act, edit)) return again(undefined, true);
    const { file, line, action } = await fleet.edit({ name, scope: snapshot.source.scope, change: edit.change }, view);
    const text =
      action === 'unchanged'
        ? 'Nothing had to be changed.'
        : `${shortPath(file, frame)}, line ${line}, was changed; the server is contacted anew.`;
    return goTo(`${serverPath(name)}?said=${session.notes.add({ tone: 'done', lines: [text] })}`);
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    return again(errorNote(error).lines.join(' '), false);
  }
}
