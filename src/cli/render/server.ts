/**
 * One server on a screen: entry, state, helper, history.
 *
 * @module
 */
import { safeLine } from '../../base/safe-text.ts';
import type { HelperRun } from '../../core/ports.ts';
import { REASONS } from '../../core/reasons.ts';
import type { Snapshot, TimelineEntry } from '../../core/snapshot.ts';
import { sentenceOf } from '../errors.ts';
import { age, shortDuration, until } from '../text/duration.ts';
import { statusPaint } from '../text/style.ts';
import { definitions } from '../text/wrap.ts';
import type { PublicServer } from './configured.ts';
import type { Rendering } from './rendering.ts';
import { sourceText } from './words.ts';

type Rows = readonly (readonly [string, string])[];

const WIDE = 10_000;
const HISTORY = 20;

const rowsOf = (rows: readonly (readonly [string, string | undefined])[]): Rows =>
  rows.flatMap(([term, text]) => (text === undefined || text === '' ? [] : [[term, safeLine(text, 600)] as const]));

function block(title: string, rows: Rows, how: Rendering): readonly string[] {
  return rows.length === 0 ? [] : [how.style.bold(title), ...definitions(rows, how.columns ?? WIDE)];
}

const names = (list: readonly string[] | undefined): string | undefined =>
  list === undefined || list.length === 0 ? undefined : `${list.join(', ')} (values are not shown)`;

function approvalText({ approval: { state, hash } }: PublicServer): string | undefined {
  if (state === 'not-needed') return undefined;
  return hash === undefined ? state : `${state}, hash ${hash}`;
}

/** Settings with their values; texts that are secrets are masked already. */
function oauthText(oauth: PublicServer['oauth']): string | undefined {
  if (oauth === undefined) return undefined;
  const said = Object.entries(oauth).map(
    ([key, value]) => `${key} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return said.length === 0 ? 'by OAuth' : said.join(', ');
}

/** What the files say. */
export function entryLines(
  server: PublicServer,
  set: (variable: string) => boolean,
  how: Rendering,
): readonly string[] {
  const rows = rowsOf([
    ['Source', `${sourceText(server.source, how.place)} ${server.source.pointer}`],
    ['State', server.state],
    ['Problem', server.problem],
    ['Type', server.transport === 'auto' ? 'http, or sse where that is refused' : server.transport],
    ['Endpoint', server.endpoint],
    ['Folder', server.cwd],
    ['Headers', names(server.headerNames)],
    ['Helper', server.helper],
    ['Environment', names(server.envNames)],
    ['Account', server.profile],
    ['OAuth', oauthText(server.oauth)],
    ['Variables', server.variables.map((name) => `${name} ${set(name) ? 'is set' : 'is not set'}`).join(', ')],
    ['Approval', approvalText(server)],
    ['Hides', server.shadows.map((source) => sourceText(source, how.place)).join(', ')],
  ]);
  return block('Entry', rows, how);
}

const counted = (count: number | undefined, what: string): string | undefined =>
  count === undefined ? undefined : `${count} ${what}`;

function listsText(snapshot: Snapshot): string {
  const counts = [
    counted(snapshot.tools, 'tools'),
    counted(snapshot.prompts, 'prompts'),
    counted(snapshot.resources, 'resources'),
  ].filter((text) => text !== undefined);
  return `${counts.join(', ')}${snapshot.listsLastKnown === true ? ' (last known)' : ''}`;
}

function triesText({ attempt, maxAttempts, phase, nextRetryAt }: Snapshot, now: number): string | undefined {
  if (attempt === undefined && nextRetryAt === undefined) return undefined;
  const count = attempt === undefined ? '' : `${attempt}${maxAttempts === undefined ? '' : ` of ${maxAttempts}`}`;
  const next = nextRetryAt === undefined ? '' : `next ${until(nextRetryAt, now)}`;
  return [count, phase ?? '', next].filter((part) => part !== '').join(', ');
}

function protocolText({ era, protocolVersion, serverInfo }: Snapshot): string {
  const named = serverInfo === undefined ? '' : `${serverInfo.name} ${serverInfo.version}`;
  return [protocolVersion ?? '', era ?? '', named].filter((part) => part !== '').join(', ');
}

function signInText({ signIn, offersOAuth }: Snapshot): string | undefined {
  if (signIn === 'stdio') return undefined;
  return offersOAuth ? `${signIn}; the server offers OAuth` : signIn;
}

function signingInText({ signingIn }: Snapshot, now: number): string | undefined {
  return signingIn === undefined ? undefined : `waits for a person, ends ${until(signingIn.expiresAt, now)}`;
}

/** What the owner of the connection knows. */
export function stateLines(snapshot: Snapshot, how: Rendering): readonly string[] {
  const { status, reason } = snapshot;
  const word = statusPaint(how.style, status)(status);
  const rows = rowsOf([
    ['Reason', reason],
    ['Meaning', reason === undefined ? undefined : sentenceOf(snapshot)],
    ['Remedy', reason === undefined ? undefined : REASONS[reason].remedy],
    ['Detail', snapshot.detail],
    ['Since', age(snapshot.since, how.now)],
    ['Tries', triesText(snapshot, how.now)],
    ['HTTP status', snapshot.httpStatus?.toString()],
    ['Exit', snapshot.exitSignal ?? snapshot.exitCode?.toString()],
    ['Redirects to', snapshot.redirectTo],
    ['Sign-in', signInText(snapshot)],
    ['Asks for', snapshot.stepUp?.scopes.join(' ')],
    ['Signing in', signingInText(snapshot, how.now)],
    ['Protocol', protocolText(snapshot)],
    ['Lists', listsText(snapshot)],
  ]);
  return [`${how.style.bold('State')}  ${word}`, ...definitions(rows, how.columns ?? WIDE)];
}

/** The last run of the command that makes headers: names, never values. */
export function helperLines(run: HelperRun, how: Rendering): readonly string[] {
  const rows = rowsOf([
    ['Outcome', run.outcome],
    ['Ran', `${shortDuration(how.now - run.at)} ago, for ${shortDuration(run.durationMs)}`],
    ['Exit code', run.exitCode?.toString() ?? 'none'],
    ['Headers', names(run.headerNames)],
    ['stderr', run.stderr.join(' / ')],
  ]);
  return block('Helper run', rows, how);
}

const clockText = (at: string): string => `${at.slice(0, 19).replace('T', ' ')}Z`;

/** The last 20 lines of the history. */
export function historyLines(timeline: readonly TimelineEntry[], how: Rendering): readonly string[] {
  const rows = timeline.slice(-HISTORY).map(({ at, text, durationMs, httpStatus }) => {
    // Where the text has them already they are not told twice.
    const facts = [
      httpStatus === undefined || text.includes(String(httpStatus)) ? '' : `HTTP ${httpStatus}`,
      durationMs === undefined || /\d ?m?s\b/.test(text) ? '' : shortDuration(durationMs),
    ].filter((fact) => fact !== '');
    const more = facts.length === 0 ? '' : ` (${facts.join(', ')})`;
    return [clockText(at), safeLine(`${text}${more}`, 400)] as const;
  });
  return block('History', rows, how);
}
