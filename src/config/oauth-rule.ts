/**
 * What is wrong with the sign-in settings of an entry beyond the types of their fields.
 *
 * @module
 */
import type { OAuthSettings } from '../core/entry.ts';
import type { Issue } from './entry-check.ts';
import { secureUrlIssue } from './url-rule.ts';
import { namesOf } from './variables.ts';

type Judge = (text: string) => string | undefined;

/** Client ID Metadata Documents §3: the URL is the client id, so it needs a path of its own. */
function documentIssue(text: string): string | undefined {
  const issue = secureUrlIssue(text);
  if (issue !== undefined) return issue;
  const { protocol, pathname } = new URL(text);
  if (protocol !== 'https:') return 'must be https';
  return pathname === '/' ? 'needs a path, for example https://host/client.json' : undefined;
}

function keyIssue(text: string): string | undefined {
  return text.includes('-----BEGIN PRIVATE KEY-----')
    ? undefined
    : 'must be a PKCS #8 key in PEM form ("-----BEGIN PRIVATE KEY-----")';
}

/** The texts that must look like something. */
function judged(oauth: OAuthSettings): readonly (readonly [readonly string[], string | undefined, Judge])[] {
  const provider = oauth.identityProvider;
  return [
    [['authServerMetadataUrl'], oauth.authServerMetadataUrl, secureUrlIssue],
    [['issuer'], oauth.issuer, secureUrlIssue],
    [['clientMetadataUrl'], oauth.clientMetadataUrl, documentIssue],
    [['privateKey'], oauth.privateKey, keyIssue],
    [['identityProvider', 'issuer'], provider?.issuer, secureUrlIssue],
    [['identityProvider', 'tokenEndpoint'], provider?.tokenEndpoint, secureUrlIssue],
    [['identityProvider', 'clientId'], provider?.clientId, filledIssue],
    [['identityProvider', 'idToken'], provider?.idToken, filledIssue],
  ];
}

const filledIssue: Judge = (text) => (text.trim() === '' ? 'is empty' : undefined);

/** What one field needs beside it. */
function missingBeside(oauth: OAuthSettings): readonly Issue[] {
  const found: Issue[] = [];
  const need = (field: string, text: string): number => found.push({ field: ['oauth', field], text });
  const { clientId, clientSecret, clientMetadataUrl, privateKey, tokenEndpointAuthMethod: method, grant } = oauth;
  if (clientSecret !== undefined && clientId === undefined) need('clientSecret', 'needs "clientId" beside it');
  if (privateKey !== undefined && clientId === undefined && clientMetadataUrl === undefined)
    need('privateKey', 'needs "clientId" or "clientMetadataUrl" beside it');
  if (method === 'private_key_jwt' && privateKey === undefined)
    need('tokenEndpointAuthMethod', 'private_key_jwt needs "privateKey" beside it');
  if (method?.startsWith('client_secret') === true && clientId !== undefined && clientSecret === undefined)
    need('tokenEndpointAuthMethod', `${method} needs "clientSecret" beside it`);
  if (grant === 'jwt_bearer' && oauth.assertion === undefined && oauth.identityProvider === undefined)
    need('grant', 'jwt_bearer needs "assertion" or "identityProvider" beside it');
  return found;
}

/** The settings without texts that are empty: `${NAME:-}` is how an optional setting is written. */
export function withoutEmpty(oauth: OAuthSettings): OAuthSettings {
  return Object.fromEntries(Object.entries(oauth).filter(([, value]) => value !== ''));
}

/**
 * Everything that is wrong with the settings; texts that still hold variables are judged after they are expanded. The
 * texts of the result hold no values.
 */
export function oauthIssues(oauth: OAuthSettings): readonly Issue[] {
  const wrong = judged(oauth).flatMap(([field, text, judge]) => {
    const issue = text === undefined || namesOf(text).length > 0 ? undefined : judge(text);
    return issue === undefined ? [] : [{ field: ['oauth', ...field], text: issue }];
  });
  return [...wrong, ...missingBeside(oauth)];
}
