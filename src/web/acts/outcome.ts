/**
 * How an action went, in sentences; one that takes long goes on while the page is shown again.
 *
 * @module
 */
import type { Clock } from '../../base/clock.ts';
import { HoldfastError } from '../../base/errors.ts';
import { safeLine } from '../../base/safe-text.ts';
import type { ActionReport } from '../../core/fleet.ts';
import type { Note } from '../guard/notes.ts';
import type { Session } from '../guard/sessions.ts';
import { sentenceOf } from '../screens/words.ts';

/** How long a form waits for its outcome before the page is shown again. */
const PATIENCE_MS = 1_500;
const LINE = 400;

const sentence = (text: string): string => {
  const clean = safeLine(text, LINE);
  // What begins with the name of a server keeps it as it is.
  const first = /^[^\s:]+: /.test(clean) ? clean.charAt(0) : clean.charAt(0).toUpperCase();
  return `${first}${clean.slice(1)}${/[.!?…]$/.test(clean) ? '' : '.'}`;
};

/** What was done, and how the server is now. */
export function reportNote({ did, snapshot }: ActionReport): Note {
  const { name, status } = snapshot;
  const isBad = status === 'failed' || status === 'needs-auth';
  return {
    tone: isBad ? 'problem' : 'done',
    lines: [`${name} is ${status}. ${sentenceOf(snapshot)}`, ...did.map(sentence)],
  };
}

/** Why it was not done, and what to do. */
export function errorNote(error: unknown): Note {
  if (!(error instanceof HoldfastError))
    return { tone: 'problem', lines: ['Something unexpected happened; look whether it was done.'] };
  const hint = error.hint === undefined ? [] : [sentence(error.hint)];
  return { tone: 'problem', lines: [sentence(error.message), ...hint] };
}

/** Something to wait for, told in a note of the session; gives the id of the note. */
export async function noted(
  work: Promise<Note>,
  about: { readonly session: Session; readonly clock: Clock; readonly meanwhile: string },
): Promise<string> {
  const { session, clock, meanwhile } = about;
  const settled = work.catch(errorNote);
  const late = new AbortController();
  const first = await Promise.race([
    settled,
    clock.sleep(PATIENCE_MS, late.signal).then(
      () => undefined,
      () => undefined,
    ),
  ]);
  late.abort();
  if (first !== undefined) return session.notes.add(first);
  const id = session.notes.add({ tone: 'working', lines: [meanwhile] });
  void settled.then((note) => session.notes.replace(id, note));
  return id;
}
