/**
 * The folder of a person's session, also where its variable is missing: many clients start their servers with a handful
 * of variables, and a program that then looked elsewhere would be a second one beside the first.
 *
 * @module
 */
import { posix } from 'node:path';

/** What is known of a folder. */
export interface SessionFacts {
  readonly isDirectory: () => boolean;
  readonly uid: number;
  readonly mode: number;
}

/** What decides. */
export interface SessionAsk {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `undefined` where users have no numbers. */
  readonly uid: number | undefined;
  /** Of the environment. */
  readonly home: string;
  /** Of the user's account: with another home it is a world of its own. */
  readonly ownHome: () => string;
  /** Facts of a folder, links not followed; `undefined` where there is none. */
  readonly look: (path: string) => SessionFacts | undefined;
}

const OTHERS = 0o077;

/** `XDG_RUNTIME_DIR`; where it is not set, `/run/user/UID` as systemd makes it, if it is this user's alone. */
export function sessionFolder({ platform, env, uid, home, ownHome, look }: SessionAsk): string | undefined {
  const named = env['XDG_RUNTIME_DIR'];
  // Set but empty: somebody does not want one.
  if (named !== undefined) return posix.isAbsolute(named) ? named : undefined;
  if (platform !== 'linux' || uid === undefined) return undefined;
  const path = `/run/user/${uid}`;
  const facts = look(path);
  const isOurs = facts?.isDirectory() === true && facts.uid === uid && (facts.mode & OTHERS) === 0;
  return isOurs && home === ownHome() ? path : undefined;
}
