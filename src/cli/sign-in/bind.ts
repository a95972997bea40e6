/**
 * After a sign-in with `--profile`: the server uses that account here from now on.
 *
 * @module
 */
import { messageOf } from '../../base/errors.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import type { Context } from '../context.ts';

/** The account that a server has when nobody binds it to one. */
const DEFAULT = 'default';

/** Binds the server of a login to the account it was made for; says what was done. Never throws: the login is made. */
export async function bindProfile({ name }: Snapshot, context: Context): Promise<readonly string[]> {
  const { profile } = context;
  if (profile === undefined) return [];
  try {
    const fleet = await context.fleet();
    const { profile: _, ...view } = await context.view();
    const { did } = await fleet.setProfile(name, profile === DEFAULT ? undefined : profile, view);
    return did;
  } catch (error) {
    return [`signed in, but the account could not be made the one of this folder: ${messageOf(error)}`];
  }
}
