/**
 * Which addresses an entry may name.
 *
 * @module
 */

const LOOPBACK = /^(?:localhost|(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** What is wrong with an address whose variables are expanded, or `undefined`. */
export function urlIssue(text: string): string | undefined {
  if (text.trim() === '') return 'is empty';
  if (!URL.canParse(text)) return 'is not a url; write it whole, for example https://host/mcp';
  const { protocol } = new URL(text);
  return ['http:', 'https:'].includes(protocol) ? undefined : `has ${protocol} where http or https is needed`;
}

/** The same for addresses of a sign-in: https, or http on this machine; no user, no fragment. */
export function secureUrlIssue(text: string): string | undefined {
  const issue = urlIssue(text);
  if (issue !== undefined) return issue;
  const { protocol, hostname, username, password, hash } = new URL(text);
  if (protocol !== 'https:' && !LOOPBACK.test(hostname)) return 'must be https; http is for this machine only';
  if (username !== '' || password !== '') return 'must not hold a user or a password';
  return hash === '' ? undefined : 'must not hold a fragment';
}
