/**
 * A snapshot in the words of a table cell: every face tells a state in the same ones.
 *
 * @module
 */
import { safeLine } from '../base/safe-text.ts';
import { ACTIONS } from './action-table.ts';
import type { ActionId } from './action-table.ts';
import type { EntrySource } from './entry.ts';
import { REASONS } from './reasons.ts';
import type { Snapshot } from './snapshot.ts';
import { until } from '../base/duration.ts';
import { shortPath } from '../base/short-path.ts';
import type { Place } from '../base/short-path.ts';

const NONE = '–';

/**
 * Words of an action for a server. A process is not contacted again but started again (BEHAVIOUR §9), and nothing but a
 * process writes to stderr.
 */
export function actionLabel(action: ActionId, { signIn }: Pick<Snapshot, 'signIn'>): string {
  const isProcess = signIn === 'stdio';
  if (isProcess && action === 'reconnect') return 'Restart';
  if (isProcess && action === 'retry-now') return 'Restart now';
  return !isProcess && action === 'logs' ? 'Show history' : ACTIONS[action].label;
}

/** The length to which a line of an approval is shown: all of it, since what is agreed to is read whole. */
export const APPROVAL_LINE = 16_000;

/** Whether nothing happens before a person decides. */
export function waitsForPerson(snapshot: Snapshot): boolean {
  return (
    snapshot.status === 'pending' && snapshot.reason !== undefined && REASONS[snapshot.reason].persistence === 'waits'
  );
}

function tries({ attempt, maxAttempts }: Snapshot): string {
  if (attempt === undefined) return '';
  return maxAttempts === undefined ? `try ${attempt}` : `try ${attempt} of ${maxAttempts}`;
}

function withCode(snapshot: Snapshot): string {
  const { reason, httpStatus } = snapshot;
  if (reason === undefined) return '';
  const named = httpStatus !== undefined && reason === `http-${httpStatus}`;
  return httpStatus === undefined || named ? reason : `${reason} (${httpStatus})`;
}

const joined = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join(' · ');

/** The reason in a few words, with tries and the time of the next one. */
export function reasonCell(snapshot: Snapshot, now: number): string {
  const { status, reason, nextRetryAt, stepUp } = snapshot;
  const next = nextRetryAt === undefined ? '' : `next ${until(nextRetryAt, now)}`;
  switch (status) {
    case 'connected':
      return stepUp === undefined ? (reason ?? NONE) : `asks for ${safeLine(stepUp.scopes.join(' '), 80)}`;
    case 'pending':
      if (waitsForPerson(snapshot)) return reason ?? NONE;
      return joined(withCode(snapshot) || 'connecting', tries(snapshot), next);
    case 'failed':
      return joined(withCode(snapshot), next) || NONE;
    case 'needs-auth':
      return withCode(snapshot) || NONE;
    case 'disabled':
      return reason === undefined || reason === 'disabled-by-user' ? NONE : reason;
  }
}

/** The account that everybody has. */
const DEFAULT_ACCOUNT = 'default';

/** How the server signs in; a process does not. A login that has to be made again tells when. */
export function signInCell(snapshot: Snapshot, now: number): string {
  const { signIn, login, offersOAuth } = snapshot;
  if (signIn === 'stdio') return NONE;
  const word = signIn === 'none' && (offersOAuth || login !== undefined) ? 'oauth' : signIn;
  if (login === undefined || word !== 'oauth') return word;
  const account = login.profile === DEFAULT_ACCOUNT ? '' : safeLine(login.profile, 20);
  const isFor = snapshot.status === 'connected' && !login.renewable ? login.expiresAt : undefined;
  const ends = isFor === undefined ? '' : `ends ${until(isFor, now)}`;
  return joined(word, account, ends);
}

/** The number of tools; a star marks a list of an earlier contact. */
export function toolsCell(snapshot: Snapshot): string {
  if (snapshot.tools === undefined) return NONE;
  return `${snapshot.tools}${snapshot.listsLastKnown === true ? '*' : ''}`;
}

/** `~/.claude.json:14 (user)`. */
export function sourceText(source: EntrySource, place: Place): string {
  const line = source.line > 0 ? `:${source.line}` : '';
  const file = source.file === '' ? '' : `${shortPath(source.file, place)}${line} `;
  return safeLine(`${file}(${source.scope})`, 400);
}
