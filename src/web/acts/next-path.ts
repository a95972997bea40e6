/**
 * Where a person goes on after an action.
 *
 * @module
 */
import { serverPath } from '../screens/actions.ts';
import type { Act, Doer } from './acts.ts';

/** The list from which a form was sent, as it says; only an address of the list itself. */
const backOf = ({ form }: Act): string | undefined => /^\/(?:\?[\w%&=+.*-]*)?$/.exec(form.get('back') ?? '')?.[0];

/** Where an action leads; `said` = the id of the note about it. */
export function nextPath({ goesTo }: Doer, words: string, act: Act, said: string | undefined): string {
  const telling = (path: string): string =>
    said === undefined ? path : `${path}${path.includes('?') ? '&' : '?'}said=${said}`;
  const back = backOf(act);
  if (goesTo === 'list') return telling('/');
  if (goesTo === 'stay') return telling(serverPath(act.name, `/${words.split('/')[0] ?? ''}`));
  if (goesTo === undefined && back !== undefined) return `${telling(back)}#server-${encodeURIComponent(act.name)}`;
  return `${telling(serverPath(act.name))}${goesTo === 'sign-in' && said === undefined ? '#sign-in' : ''}`;
}
