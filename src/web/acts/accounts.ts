/**
 * Which accounts are signed in for a server, and signing out of one of them.
 *
 * @module
 */
import { HoldfastError } from '../../base/errors.ts';
import { safeLine } from '../../base/safe-text.ts';
import type { CredentialInfo } from '../../core/credential.ts';
import type { PageDeps } from '../deps.ts';
import type { Note } from '../guard/notes.ts';
import type { Accounts } from '../screens/accounts.ts';
import { reportNote } from './outcome.ts';

/** Reads them anew; `undefined` for a server that nobody signs in to. */
export async function accountsOf(deps: PageDeps, name: string): Promise<Accounts | undefined> {
  const place = await deps.loginPlaceOf(name);
  if (place === undefined) return undefined;
  const { url, profile: used, clientId } = place;
  const [{ login: own }, all] = await Promise.all([deps.fleet.snapshot(name, deps.view), deps.fleet.credentials()]);
  const isIts = (login: CredentialInfo): boolean => {
    if (login.id === own?.id) return true;
    // A second login of the same account belongs to another entry with the same address.
    if (login.server !== url || login.profile === own?.profile) return false;
    return clientId === undefined || clientId === login.clientId;
  };
  const rank = ({ profile }: CredentialInfo): string => `${profile === used ? '0' : '1'}${profile}`;
  return { used, logins: all.filter(isIts).toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1)) };
}

/** The login of one account. Errors: `ERR_USAGE` where it is not signed in. */
export async function accountOf(
  deps: PageDeps,
  name: string,
  account: string,
): Promise<{ readonly used: string; readonly login: CredentialInfo }> {
  const { used = '', logins = [] } = (await accountsOf(deps, name)) ?? {};
  const login = logins.find(({ profile }) => profile === account);
  if (login !== undefined) return { used, login };
  throw new HoldfastError('ERR_USAGE', `the account "${safeLine(account, 64)}" is not signed in for ${name}`, {
    hint: 'The page of the server shows those that are.',
  });
}

/** Signs out of one account, as `logout --profile` does. Errors: `ERR_USAGE`, and those of the fleet. */
export async function signOut(deps: PageDeps, name: string, account: string): Promise<Note> {
  const { used } = await accountOf(deps, name, account);
  const report = await deps.fleet.logout(name, {}, account === used ? deps.view : { ...deps.view, profile: account });
  if (account === used) return reportNote(report);
  // The report is about the server as that account would see it, which nobody does here.
  const { lines } = reportNote(report);
  return { tone: 'done', lines: [`Signed out of the account ${account} of ${name}.`, ...lines.slice(1)] };
}
