/**
 * A stored login in words. No secret is in it.
 *
 * @module
 */
import { parseIso } from '../../base/clock.ts';
import { safeLine } from '../../base/safe-text.ts';
import type { CredentialInfo } from '../../core/credential.ts';
import { age, until } from '../text/duration.ts';
import { tableLines } from '../text/table.ts';
import { definitions } from '../text/wrap.ts';
import type { Rendering } from './rendering.ts';

const WIDE = 10_000;
const SHORT_ID = 10;

const REGISTRATIONS: Readonly<Record<CredentialInfo['registration'], string>> = {
  configured: 'configured in the entry',
  'metadata-document': 'by its metadata document',
  dynamic: 'registered by Holdfast',
};
const GRANTS: Readonly<Record<CredentialInfo['grant'], string>> = {
  authorization_code: 'by a person, in a browser',
  device_code: 'by a person, with a code',
  client_credentials: 'by the client itself',
  jwt_bearer: 'with an assertion',
  imported: 'imported',
};

/** When the access token ends: `in 42m`, `3m ago`, or that nobody knows. */
export function expiryText({ expiresAt }: Pick<CredentialInfo, 'expiresAt'>, now: number): string {
  if (expiresAt === undefined) return 'not told by the server';
  return parseIso(expiresAt) > now ? `ends ${until(expiresAt, now)}` : `ended ${age(expiresAt, now)} ago`;
}

function agoText(at: string, now: number): string {
  const text = age(at, now);
  return text === 'now' ? 'just now' : `${text} ago`;
}

/** Whether a person will be needed. */
export function renewalText({ renewable, status, refusal }: CredentialInfo): string {
  if (status === 'refused')
    return `refused by the authorization server (${refusal ?? 'no reason given'}): sign in again`;
  return renewable ? 'renewed by itself' : 'cannot be renewed: sign in again when it ends';
}

const scopesText = ({ scopes }: CredentialInfo): string => (scopes.length === 0 ? '–' : scopes.join(' '));

/** A login as a block. */
export function loginLines(login: CredentialInfo, how: Rendering, title = 'Login'): readonly string[] {
  const rows: readonly (readonly [string, string])[] = [
    ['Server', login.server],
    ['Issuer', login.issuer],
    ['Account', login.profile],
    ['Scopes', scopesText(login)],
    ['Access', expiryText(login, how.now)],
    ['Renewal', renewalText(login)],
    ['Client', login.clientId === '' ? 'not named' : `${login.clientId} (${REGISTRATIONS[login.registration]})`],
    ['Made', `${GRANTS[login.grant]}; tokens received ${agoText(login.obtainedAt, how.now)}`],
    ['Id', login.id],
    ...(login.unsaved === true ? [['Note', 'its newest tokens could not be written to disk'] as const] : []),
  ];
  const safe = rows.map(([term, text]) => [term, safeLine(text, 600)] as const);
  return [how.style.bold(title), ...definitions(safe, how.columns ?? WIDE)];
}

function stateCell(login: CredentialInfo, now: number): string {
  if (login.status === 'refused') return 'refused';
  if (login.renewable) return 'renews itself';
  return login.expiresAt === undefined ? 'end not known' : expiryText(login, now);
}

/** All logins as a table. */
export function loginTable(logins: readonly CredentialInfo[], how: Rendering): readonly string[] {
  return tableLines(
    [
      { title: 'ID' },
      { title: 'SERVER', least: 20 },
      { title: 'ACCOUNT' },
      { title: 'STATE' },
      { title: 'SCOPES', least: 10, drop: 2 },
      { title: 'ISSUER', least: 16, drop: 1, paint: (text) => how.style.dim(text) },
    ],
    logins.map((login) => [
      login.id.slice(0, SHORT_ID),
      safeLine(login.server, 200),
      safeLine(login.profile, 64),
      stateCell(login, how.now),
      safeLine(scopesText(login), 200),
      safeLine(login.issuer, 200),
    ]),
    { ...(how.columns === undefined ? {} : { columns: how.columns }), paintTitle: (text) => how.style.dim(text) },
  );
}
