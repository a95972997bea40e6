/**
 * How a client proves itself at the token endpoint: as the entry says, else as the registration says, else by what the
 * authorization server accepts.
 *
 * @module
 */
import type { Authority, ClientAuthMethod } from '../../core/credential.ts';

const BY_SECRET: ReadonlySet<string> = new Set(['client_secret_basic', 'client_secret_post']);

/** What to ask for when a client is registered: to be public, where the server does not rule that out (RFC 8252 §8.4). */
export function wantedMethod({ tokenAuthMethods }: Authority, pinned?: ClientAuthMethod): ClientAuthMethod {
  if (pinned !== undefined) return pinned;
  if (tokenAuthMethods === undefined || tokenAuthMethods.includes('none')) return 'none';
  if (tokenAuthMethods.includes('client_secret_basic')) return 'client_secret_basic';
  return tokenAuthMethods.includes('client_secret_post') ? 'client_secret_post' : 'none';
}

/** What a registered client uses: what the answer says where that is possible with what it gave. */
export function acceptedMethod(
  { authority, method }: { readonly authority: Authority; readonly method?: ClientAuthMethod },
  answered: string | undefined,
  hasSecret: boolean,
): ClientAuthMethod {
  if (method !== undefined && (hasSecret || !BY_SECRET.has(method))) return method;
  if (answered === 'none') return 'none';
  if (hasSecret && answered !== undefined && BY_SECRET.has(answered)) return answered as ClientAuthMethod;
  return methodBySecret(authority, hasSecret);
}

/** Basic before post where a secret is held (RFC 6749 §2.3.1), `none` without one. */
export function methodBySecret({ tokenAuthMethods = [] }: Authority, hasSecret: boolean): ClientAuthMethod {
  const accepts = (method: ClientAuthMethod): boolean => tokenAuthMethods.includes(method);
  if (!hasSecret) return 'none';
  if (tokenAuthMethods.length === 0 || accepts('client_secret_basic')) return 'client_secret_basic';
  return accepts('none') && !accepts('client_secret_post') ? 'none' : 'client_secret_post';
}
