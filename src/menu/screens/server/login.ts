/**
 * A held login in terms. No secret is in it.
 *
 * @module
 */
import { age } from '../../../base/duration.ts';
import { safeLine } from '../../../base/safe-text.ts';
import type { CredentialInfo } from '../../../core/credential.ts';
import { endOf } from '../words.ts';

function renewal({ status, refusal, renewable }: CredentialInfo): string {
  if (status === 'refused')
    return `refused by the authorization server (${safeLine(refusal ?? 'no reason given', 120)}): sign in again`;
  return renewable ? 'renewed by itself' : 'cannot be renewed: sign in again when it ends';
}

const REGISTRATIONS: Readonly<Record<CredentialInfo['registration'], string>> = {
  configured: 'configured in the entry',
  'metadata-document': 'by its metadata document',
  dynamic: 'registered by Holdfast',
};

/** Issuer, scopes, end, renewal, client, age. */
export function loginTerms(login: CredentialInfo, now: number): readonly (readonly [string, string])[] {
  return [
    ['Issuer', safeLine(login.issuer, 300)],
    ['Account', safeLine(login.profile, 64)],
    ['Scopes', login.scopes.length === 0 ? 'not told' : safeLine(login.scopes.join(' '), 600)],
    ['Access', endOf(login.expiresAt, now)],
    ['Renewal', renewal(login)],
    ['Client', `${safeLine(login.clientId, 120)} (${REGISTRATIONS[login.registration]})`],
    ['Signed in', `${login.grant.replaceAll('_', ' ')}, tokens ${age(login.obtainedAt, now)} old`],
    ...(login.unsaved === true ? [['Note', 'its newest tokens could not be written to disk'] as const] : []),
  ];
}
